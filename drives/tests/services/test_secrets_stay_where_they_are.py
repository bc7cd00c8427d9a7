"""A stored secret goes where it was entered for: whoever moves a host enters its secrets again."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from audit.models import AuditEvent
from burnin_site.tests import people
from drives import services
from drives.models import Host
from drives.services.host_values import InvalidHost, SecretNeeded

pytestmark = pytest.mark.django_db
STORED = {"ssh_password": "hunter2", "api_key": "1-TOPSECRETKEY"}
KEY = "-----BEGIN OPENSSH PRIVATE KEY-----"


@pytest.fixture
def nas(db: None) -> Host:
    """Return a host with a password and an API key."""
    return Host.objects.create(
        name="nas-2",
        kind="truenas",
        api_url="https://nas.lan",
        ssh_host="10.0.0.5",
        host_key="ssh-ed25519 AAAA",
        verify_tls=True,
        **STORED,
    )


MOVES: list[tuple[dict[str, Any], str]] = [
    ({"ssh_host": "10.0.0.66"}, "ssh_password"),
    ({"ssh_host": "nas.lan"}, "ssh_password"),
    ({"ssh_port": 2222}, "ssh_password"),
    ({"ssh_user": "burnin"}, "ssh_password"),
    ({"api_url": "http://nas.lan"}, "api_key"),
    ({"api_url": "https://evil.example"}, "api_key"),
    ({"api_url": "https://nas.lan:8443"}, "api_key"),
    ({"api_url": "https://nas.lan/elsewhere"}, "api_key"),
    ({"verify_tls": False}, "api_key"),
]


@pytest.mark.parametrize(("change", "secret"), MOVES)
@pytest.mark.parametrize("blank", [False, True])
def test_another_place_asks_for_the_secret_again(
    nas: Host, alice: User, change: dict[str, Any], secret: str, *, blank: bool
) -> None:
    values = {**change, **(dict.fromkeys(STORED, "") if blank else {})}
    with pytest.raises(SecretNeeded) as refusal:
        services.change_host(host=nas, values=values, actor=alice)
    assert set(refusal.value.detail["fields"]) == {secret}
    assert "again" in str(refusal.value)
    stored = Host.objects.get()
    assert (stored.ssh_host, stored.api_url, stored.verify_tls) == ("10.0.0.5", "https://nas.lan", True)
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(("change", "secret"), MOVES)
@pytest.mark.parametrize("given", ["the old one", "a new one", "none"])
def test_with_the_secret_it_moves(nas: Host, alice: User, change: dict[str, Any], secret: str, given: str) -> None:
    value = {"the old one": STORED[secret], "a new one": "1-NEW", "none": None}[given]
    services.change_host(host=nas, values={**change, secret: value}, actor=alice)
    assert getattr(Host.objects.get(), secret) == (value or "")


@pytest.mark.parametrize(
    "change",
    [
        {"name": "nas-9"},
        {"armed": True},
        {"max_parallel": 2},
        {"api_url": "https://NAS.lan:443/"},
        {"api_url": "https://nas.lan/ui"},
        {"ssh_host": " 10.0.0.5 "},
        {"ssh_host": ""},
        {"kind": "ssh"},
    ],
)
def test_what_sends_the_secret_nowhere_else_asks_for_none(nas: Host, alice: User, change: dict[str, Any]) -> None:
    services.change_host(host=nas, values=change, actor=alice)
    assert Host.objects.get().ssh_password == STORED["ssh_password"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("https://nas.lan:0", "https://nas.lan"),
        ("https://nas.lan:0", "https://nas.lan:443"),
        ("nas.lan:0", "https://nas.lan"),
        ("http://nas.lan:0", "http://nas.lan:80"),
        ("http://nas.lan:00/ui", "http://nas.lan"),
    ],
)
def test_port_0_of_an_old_host_is_another_place_than_the_usual_port(
    nas: Host, alice: User, before: str, after: str
) -> None:
    Host.objects.update(api_url=before)
    nas.refresh_from_db()
    with pytest.raises(SecretNeeded):
        services.change_host(host=nas, values={"api_url": after}, actor=alice)


def test_every_stored_secret_of_the_place_is_asked_for(nas: Host, alice: User) -> None:
    Host.objects.update(ssh_key=KEY)
    with pytest.raises(SecretNeeded) as refusal:
        services.change_host(host=nas, values={"ssh_host": "10.0.0.66", "ssh_password": "new"}, actor=alice)
    assert set(refusal.value.detail["fields"]) == {"ssh_key"}


def test_a_place_that_was_taken_away_and_another_put_there_asks_too(nas: Host, alice: User) -> None:
    services.change_host(host=nas, values={"ssh_host": ""}, actor=alice)
    with pytest.raises(SecretNeeded):
        services.change_host(host=nas, values={"ssh_host": "10.0.0.66"}, actor=alice)


def test_the_api_refuses_at_the_field_and_null_removes_a_secret(nas: Host, sign_in: Any) -> None:
    client, path = sign_in(people.make_superadmin()), f"/api/v1/hosts/{nas.pk}"

    def patch(body: dict[str, Any]) -> Any:
        return client.patch(path, body, content_type="application/json")

    answer = patch({"ssh_host": "10.0.0.66"})
    assert (answer.status_code, answer.json()["code"]) == (422, "secret_needed")
    assert "enter the password again" in answer.json()["detail"]["fields"]["ssh_password"][0]
    assert "hunter2" not in answer.content.decode()
    assert patch({"ssh_host": "10.0.0.66", "ssh_password": None}).status_code == 200
    assert Host.objects.get().ssh_password == ""


def test_the_admin_refuses_at_the_field(nas: Host, sign_in: Any) -> None:
    typed = {"name": "nas-2", "kind": "truenas", "api_url": "http://nas.lan", "verify_tls": "on"}
    typed |= {"ssh_host": "10.0.0.5", "ssh_port": "22", "ssh_user": "root"}
    answer = sign_in(people.make_superadmin()).post(f"/admin/drives/host/{nas.pk}/change/", typed)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors.keys() == {"api_key"}
    assert Host.objects.get().api_url == "https://nas.lan"


@pytest.mark.parametrize("key", ["1-KEY\r\nX-Evil: 1", "1-KEY two", "1-KEY\x00", "1-KEY\u200b", "1-KÉY", "1-KEY\x1b"])
def test_an_api_key_that_cannot_be_a_header_is_refused_and_not_repeated(nas: Host, alice: User, key: str) -> None:
    with pytest.raises(InvalidHost) as refusal:
        services.change_host(host=nas, values={"api_key": key}, actor=alice)
    assert "api_key" in refusal.value.detail["fields"]
    assert "Evil" not in str(refusal.value)
