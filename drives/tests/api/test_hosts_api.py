"""Hosts by API: added, changed, removed; their secrets go in and never come out."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit import actions
from audit.models import AuditEvent
from drives.models import Drive, Host

pytestmark = pytest.mark.django_db

SECRETS = {"api_key": "1-TOPSECRETKEY", "ssh_password": " pass word "}
HOST = {"name": "nas-1", "kind": "ssh", "ssh_host": "10.0.0.5", "ssh_user": "root", **SECRETS}
FIELDS = {
    "id",
    "name",
    "kind",
    "api_url",
    "verify_tls",
    "ssh_host",
    "ssh_port",
    "ssh_user",
    "armed",
    "max_parallel",
    "simulated",
    "reachable",
    "last_polled_at",
    "error",
}


@pytest.fixture
def client(alice: User, sign_in: Any) -> Client:
    """Return Alice's client."""
    found: Client = sign_in(alice)
    return found


def send(client: Client, method: str, path: str, body: dict[str, Any]) -> Any:
    return getattr(client, method)(path, data=body, content_type="application/json")


def add(client: Client, **more: Any) -> Any:
    return send(client, "post", "/api/v1/hosts", {**HOST, **more})


def change(client: Client, host: Host, **body: Any) -> Any:
    return send(client, "patch", f"/api/v1/hosts/{host.pk}", body)


def make_host(**more: Any) -> Host:
    return Host.objects.create(**{**HOST, **more})


def test_a_host_is_added_disarmed_and_shown_without_secrets(client: Client) -> None:
    answer = add(client)
    assert answer.status_code == 201
    assert set(answer.json()) == FIELDS
    assert answer.json()["armed"] is False
    assert Host.objects.get().ssh_password == " pass word "


def test_a_host_that_is_added_armed_is_audited_as_armed(client: Client, alice: User) -> None:
    assert add(client, armed=True).json()["armed"] is True
    assert AuditEvent.objects.get(event_type=actions.HOST_ARMED).operator == alice


def test_secrets_are_in_no_answer_and_not_in_the_audit(client: Client) -> None:
    host = Host.objects.get(pk=add(client).json()["id"])
    answers = [
        client.get("/api/v1/hosts"),
        client.get(f"/api/v1/hosts/{host.pk}"),
        change(client, host, ssh_password="another secret", name="nas-2"),
        change(client, host, ssh_password=["not a text"]),
    ]
    told = " ".join([answer.content.decode() for answer in answers])
    told += str(list(AuditEvent.objects.values())) + repr(host) + str(host)
    for secret in (*SECRETS.values(), "another secret"):
        assert secret.strip() not in told
    assert AuditEvent.objects.get(event_type=actions.HOST_CHANGED).data["ssh_password"] == "changed"


def test_an_empty_secret_is_left_as_it_was(client: Client) -> None:
    host = make_host()
    assert change(client, host, ssh_password="", name="nas-9").status_code == 200
    host.refresh_from_db()
    assert (host.ssh_password, host.name) == (SECRETS["ssh_password"], "nas-9")


def test_arming_is_audited_with_the_person(client: Client, alice: User) -> None:
    host = make_host()
    assert change(client, host, armed=True).json()["armed"] is True
    event = AuditEvent.objects.get(event_type=actions.HOST_ARMED)
    assert (event.operator, event.host_name) == (alice, "nas-1")


@pytest.mark.parametrize("moved", [{"ssh_host": "10.0.0.6"}, {"ssh_port": 2222}])
def test_another_address_forgets_the_pinned_key_and_says_so(client: Client, moved: dict[str, Any]) -> None:
    host = make_host(host_key="ssh-ed25519 AAAA")
    assert change(client, host, ssh_password="the same or another", **moved).status_code == 200
    host.refresh_from_db()
    assert host.host_key == ""
    assert AuditEvent.objects.filter(event_type=actions.HOST_KEY_FORGOTTEN, host_name="nas-1").exists()


def test_another_name_keeps_the_pinned_key(client: Client) -> None:
    host = make_host(host_key="ssh-ed25519 AAAA")
    change(client, host, name="nas-2")
    host.refresh_from_db()
    assert host.host_key == "ssh-ed25519 AAAA"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "windows"}, "kind"),
        ({"ssh_port": 0}, "ssh_port"),
        ({"ssh_port": 65536}, "ssh_port"),
        ({"api_url": "nas.local"}, "api_url"),
        ({"max_parallel": 0}, "max_parallel"),
        ({"verify_tsl": False}, "verify_tsl"),
    ],
)
def test_a_wrong_value_is_refused_with_its_field(client: Client, wrong: dict[str, Any], field: str) -> None:
    answer = add(client, **wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert field in answer.json()["detail"]["fields"]
    assert not Host.objects.exists()


def test_a_name_that_is_taken_is_refused(client: Client) -> None:
    make_host()
    answer = add(client)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["detail"]["fields"]["name"] == ["Another host has this name. Choose another one."]


def test_a_host_cannot_take_the_name_of_another(client: Client) -> None:
    make_host()
    answer = change(client, Host.objects.create(name="nas-2"), name="nas-1")
    assert "Another host has this name. Choose another one." in answer.json()["error"]


FOUND_OUT = {"reachable": True, "error": "", "last_polled_at": None}


def test_what_was_read_and_is_not_found_out_by_the_product_may_be_sent_back(client: Client) -> None:
    host = make_host()
    shown = client.get(f"/api/v1/hosts/{host.pk}").json()
    assert change(client, host, **{name: shown[name] for name in shown if name not in FOUND_OUT}).status_code == 200


@pytest.mark.parametrize("name", FOUND_OUT)
def test_what_the_product_finds_out_is_not_for_people_to_set(client: Client, name: str) -> None:
    answer = change(client, make_host(), **{"name": "nas-2", name: FOUND_OUT[name]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["detail"]["fields"] == {name: ["This is read-only. Leave it out."]}
    assert Host.objects.get().name == "nas-1"


def test_a_login_inside_the_address_is_refused_and_not_repeated(client: Client) -> None:
    answer = add(client, api_url="http://user:hush@nas.lan")
    assert answer.status_code == 422
    assert "Put the key into api_key." in answer.json()["error"]
    assert "hush" not in answer.content.decode()
    host = make_host()
    assert change(client, host, api_url="https://hush@nas.lan").status_code == 422
    assert "hush" not in str(list(AuditEvent.objects.values()))


def test_a_key_that_is_none_is_a_wrong_value(client: Client) -> None:
    answer = add(client, ssh_key="this is no key")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_credentials")
    assert "ssh_key" in answer.json()["detail"]["fields"]


def test_a_host_without_burn_ins_is_removed_with_its_drives(client: Client) -> None:
    host = make_host()
    Drive.objects.create(host=host, serial="ZA1", size_bytes=10)
    assert client.delete(f"/api/v1/hosts/{host.pk}").status_code == 204
    assert not Drive.objects.exists()
    assert AuditEvent.objects.filter(event_type=actions.HOST_REMOVED, host_name="nas-1").exists()


def test_a_refresh_is_only_asked_for(client: Client) -> None:
    """The server process itself talks to no host here: the scheduler will."""
    host = make_host()
    answer = send(client, "post", f"/api/v1/hosts/{host.pk}/refresh", {})
    assert (answer.status_code, answer.json()) == (202, {"queued": True})
    host.refresh_from_db()
    assert host.refresh_requested_at is not None


def test_a_host_that_cannot_be_reached_is_an_answer_not_an_error(client: Client) -> None:
    host = make_host(ssh_host="127.0.0.1", ssh_port=1)
    answer = send(client, "post", f"/api/v1/hosts/{host.pk}/test-ssh", {})
    assert answer.status_code == 200
    assert set(answer.json()) == {"ok", "error", "host_key_fingerprint", "trusted", "tools"}
    assert answer.json()["ok"] is False
    assert answer.json()["error"]


def test_the_key_of_a_host_that_cannot_be_reached_is_not_trusted(client: Client) -> None:
    host = make_host(ssh_host="127.0.0.1", ssh_port=1)
    answer = send(client, "post", f"/api/v1/hosts/{host.pk}/trust-host-key", {"fingerprint": "SHA256:x"})
    assert answer.status_code in (409, 502, 503)
    assert set(answer.json()) == {"error", "code", "detail"}
    host.refresh_from_db()
    assert host.host_key == ""
