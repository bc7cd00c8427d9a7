"""Hosts and drives in the admin: through the services, without showing a secret."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit import actions
from audit.models import AuditEvent
from drives.models import Drive, Host

pytestmark = pytest.mark.django_db
HOSTS = "/admin/drives/host/"
SECRETS = {"ssh_password": "s3cr3t-pass", "api_key": "s3cr3t-key", "ssh_key_passphrase": "s3cr3t-phrase"}
TYPED = {
    "name": "nas-1",
    "kind": "ssh",
    "api_url": "",
    "verify_tls": "on",
    "ssh_host": "10.0.0.5",
    "ssh_port": "22",
    "ssh_user": "root",
    "max_parallel": "",
    "api_key": "",
    "ssh_password": "",
    "ssh_key": "",
    "ssh_key_passphrase": "",
}


@pytest.fixture
def client(alice: User, sign_in: Any) -> Client:
    """Return Alice's client."""
    found: Client = sign_in(alice)
    return found


@pytest.fixture
def host() -> Host:
    """Return a host with secrets and a pinned key."""
    return Host.objects.create(name="nas-1", ssh_host="10.0.0.5", host_key="ssh-ed25519 AAAA", **SECRETS)


def page_of(host: Host) -> str:
    return f"{HOSTS}{host.pk}/change/"


def test_an_admin_adds_a_host_and_it_is_disarmed(client: Client, alice: User) -> None:
    answer = client.post(f"{HOSTS}add/", {**TYPED, "ssh_password": "s3cr3t", "armed": "on"})
    assert answer.status_code == 302
    host = Host.objects.get()
    assert (host.name, host.ssh_password, host.armed, host.verify_tls) == ("nas-1", "s3cr3t", False, True)
    assert AuditEvent.objects.get(event_type=actions.HOST_ADDED).operator == alice


def test_no_page_shows_a_secret(client: Client, host: Host) -> None:
    Host.objects.update(ssh_key="s3cr3t-pem")
    refused = client.post(page_of(host), {**TYPED, "ssh_port": "0", "ssh_password": "s3cr3t-new"})
    assert refused.status_code == 200
    for answer in (client.get(page_of(host)), client.get(HOSTS), client.get(f"{HOSTS}{host.pk}/history/"), refused):
        assert "s3cr3t" not in answer.content.decode()
    assert "Set. Leave empty to keep it." in client.get(page_of(host)).content.decode()


def test_an_empty_secret_is_kept_and_a_new_one_replaces_it(client: Client, host: Host) -> None:
    client.post(page_of(host), {**TYPED, "name": "nas-2", "ssh_password": "s3cr3t-new"})
    host.refresh_from_db()
    assert (host.name, host.api_key, host.ssh_password) == ("nas-2", "s3cr3t-key", "s3cr3t-new")
    assert "s3cr3t" not in str(list(AuditEvent.objects.values()))


def test_arming_and_moving_a_host_go_through_the_service(client: Client, host: Host) -> None:
    client.post(page_of(host), {**TYPED, "armed": "on", "ssh_port": "2222", "ssh_password": "s3cr3t-pass"})
    host.refresh_from_db()
    assert (host.armed, host.host_key) == (True, "")
    written = set(AuditEvent.objects.values_list("event_type", flat=True))
    assert {actions.HOST_ARMED, actions.HOST_KEY_FORGOTTEN} <= written


def test_a_refusal_of_the_service_is_a_sentence(client: Client, host: Host) -> None:
    answer = client.post(page_of(host), {**TYPED, "ssh_key": "this is no key"}, follow=True)
    assert answer.status_code == 200
    assert "key" in answer.content.decode()
    host.refresh_from_db()
    assert host.ssh_key == ""


def test_a_host_without_burn_ins_goes_with_its_drives(client: Client, host: Host) -> None:
    Drive.objects.create(host=host, serial="ZA1", size_bytes=10)
    assert client.post(f"{HOSTS}{host.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Host.objects.exists()
    assert AuditEvent.objects.filter(event_type=actions.HOST_REMOVED).exists()


def test_of_a_drive_only_the_labels_can_be_changed(client: Client, host: Host) -> None:
    drive = Drive.objects.create(host=host, serial="ZA1", size_bytes=10)
    path = f"/admin/drives/drive/{drive.pk}/change/"
    assert client.post(path, {"location": "Shelf 3", "notes": "", "serial": "X", "present": ""}).status_code == 302
    drive.refresh_from_db()
    assert (drive.location, drive.serial, drive.present) == ("Shelf 3", "ZA1", True)
    assert AuditEvent.objects.get(event_type=actions.DRIVE_CHANGED).drive_serial == "ZA1"


def test_the_admin_has_the_product_s_name(client: Client) -> None:
    assert "Burn-In Bench" in client.get("/admin/").content.decode()
    assert client.get("/admin/audit/auditevent/").status_code == 200
