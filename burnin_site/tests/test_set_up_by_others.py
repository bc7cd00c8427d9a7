"""The first account is made by somebody who calls this machine by its own name, and not by a web site that lets a
name of its own point here."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from burnin_site.tests.people import PASSWORD

pytestmark = pytest.mark.django_db
TYPED = {"username": "eve", "password": PASSWORD, "password_again": PASSWORD}
FOREIGN = [
    "evil.example",
    "evil.example:8080",
    "192.168.1.10.nip.io",
    "localhost.evil.example",
    "evil-localhost",
    "machine.evil.example",
    "machine.com",
    "127.0.0.1.evil.example",
    "0x7f000001",
    "2130706433",
]
OWN = [
    "localhost",
    "localhost:8080",
    "127.0.0.1:8080",
    "192.168.1.10:8080",
    "[::1]:8080",
    "[fd00::10]",
    "machine",
    "MACHINE:8080",
    "machine.local",
    "machine.lan:8080",
    "bench.example",
    "proxy.example",
]


@pytest.fixture(autouse=True)
def anybody_s_name(settings: Settings) -> None:
    """Listen to any name, as it comes out of the box."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.MACHINE_NAME = "machine"


def set_up(client: Client, host: str) -> Any:
    origin = {"Origin": f"http://{host}", "Host": host}
    page = client.get("/setup", headers=origin)
    if page.status_code != 200:
        return client.post("/setup", TYPED, headers=origin)
    token = page.context["csrf_token"]
    return client.post("/setup", {**TYPED, "csrfmiddlewaretoken": str(token)}, headers=origin)


@pytest.mark.parametrize("host", FOREIGN)
def test_a_site_that_lets_its_name_point_here_does_not_become_the_admin(host: str) -> None:
    answer = set_up(Client(), host)
    assert answer.status_code == 403
    assert "ALLOWED_HOSTS" in answer.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("listed", [["*"], ["*", "bench.example"]])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:28622", "Evil.Example:80", "a-b.example:8443"])
def test_what_is_said_to_be_set_lets_it_in_and_shuts_nobody_out(
    host: str, listed: list[str], settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = listed
    page = Client().get("/setup", headers={"Host": host}).text
    said = re.search("ALLOWED_HOSTS=([^<]*)<", page)
    assert said
    assert ":" not in said[1]
    settings.ALLOWED_HOSTS = said[1].split(",")
    for name in (host, "localhost:8080", "192.168.1.10", "machine", *(name for name in listed if name != "*")):
        assert Client().get("/setup", headers={"Host": name}).status_code == 200, name


@pytest.mark.parametrize(
    ("port", "shown"), [("28622", "localhost:28622"), ("8080", "localhost:8080"), ("", "localhost ")]
)
def test_the_example_has_the_port_of_the_request(port: str, shown: str) -> None:
    page = Client().get("/setup", headers={"Host": f"evil.example:{port}" if port else "evil.example"}).text
    assert f"http://{shown}" in page


@pytest.mark.parametrize("host", OWN)
def test_whoever_calls_the_machine_by_its_own_name_does(host: str, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*", "bench.example"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://proxy.example"]
    assert set_up(Client(enforce_csrf_checks=True), host).status_code == 302
    assert User.objects.get().username == "eve"


@pytest.mark.parametrize("path", ["/", "/login", "/setup", "/admin/", "/burnin/start", "/api", "//evil.example/admin"])
@pytest.mark.parametrize("somebody", [True, False])
def test_a_redirect_never_leads_to_the_name_that_was_sent(path: str, *, somebody: bool) -> None:
    if somebody:
        User.objects.create_user("ada", password=PASSWORD)
    answer = Client().get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    place = answer.headers.get("Location", "/")
    assert place.startswith("/")
    assert not place.startswith("//")


def test_a_sign_in_leads_nowhere_else(settings: Settings) -> None:
    User.objects.create_user("ada", password=PASSWORD)
    for place in ("http://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        answer = Client().post("/login", {"username": "ada", "password": PASSWORD, "next": place})
        assert answer["Location"] == "/"
