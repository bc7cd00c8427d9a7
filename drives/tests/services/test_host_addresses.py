"""Addresses and user names that cannot be are refused, with the field and a sentence."""

import pytest
from django.contrib.auth.models import User

from drives import services
from drives.models import Host
from drives.services.host_values import InvalidHost

GOOD = {"name": "nas-2", "kind": "ssh", "ssh_host": "10.0.0.5", "ssh_user": "root"}
HOSTS = ["nas", "nas.lan", "nas-1.example.org.", "mock_truenas", "10.0.0.5", "::1", "fe80::1%eth0", "3com.lan"]
NO_HOSTS = ["-oProxyCommand=x; rm", "root@nas", "nas lan", "nas:22", "[::1]", "10.0.0.999", "a..b", "fe80::1%;rm"]
NO_HOSTS += ["a" * 64, "nas\nlan", "nas-", "näs", ".", "127.1"]
USERS = ["root", "burn-in", "j.doe", "_svc", "0x"]
NO_USERS = ["root;id", "-oProxyCommand=x", "a b", ".", "root\nid", "$(id)", "ü", "a/b"]
URLS = ["https://nas.lan", "http://10.0.0.5:8080/", "https://[fe80::1]:444/truenas"]
NO_URLS = ["nas.lan", "ftp://nas.lan", "http://", "javascript:alert(1)", "http://nas lan", "http://nas:99999"]
NO_URLS += ["http://[x", "http:///x", "https://nas:0", "https://nas:000/", "http://10.0.0.5:0/ui", "https://[::1]:0"]
NO_URLS += ["http://user:secret@host", "http://secret@host", "https://nas/?api_key=1", "https://nas/#x", "http://-x/"]


def fields_refused(alice: User, **values: object) -> set[str]:
    with pytest.raises(InvalidHost) as refusal:
        services.add_host(values={**GOOD, **values}, actor=alice)
    assert refusal.value.status == 422
    assert not Host.objects.filter(name="nas-2").exists()
    return set(refusal.value.detail["fields"])


@pytest.mark.parametrize("address", HOSTS)
def test_a_plain_ssh_address_is_taken(alice: User, address: str) -> None:
    assert services.add_host(values={**GOOD, "ssh_host": address}, actor=alice).ssh_host == address


@pytest.mark.parametrize("address", NO_HOSTS)
def test_what_is_no_ssh_address_is_refused(alice: User, address: str) -> None:
    assert fields_refused(alice, ssh_host=address) == {"ssh_host"}


@pytest.mark.parametrize("name", USERS)
def test_a_plain_user_name_is_taken(alice: User, name: str) -> None:
    assert services.add_host(values={**GOOD, "ssh_user": name}, actor=alice).ssh_user == name


@pytest.mark.parametrize("name", NO_USERS)
def test_what_is_no_user_name_is_refused(alice: User, name: str) -> None:
    assert fields_refused(alice, ssh_user=name) == {"ssh_user"}


@pytest.mark.parametrize("address", URLS)
def test_a_web_address_is_taken(alice: User, address: str) -> None:
    assert services.add_host(values={**GOOD, "api_url": address}, actor=alice).api_url == address


@pytest.mark.parametrize("address", NO_URLS)
def test_what_is_no_web_address_or_holds_a_secret_is_refused(alice: User, address: str) -> None:
    assert fields_refused(alice, api_url=address) == {"api_url"}


@pytest.mark.parametrize("port", [0, -1, 65536, 2**40, "0"])
def test_what_is_no_port_is_refused(alice: User, port: object) -> None:
    assert fields_refused(alice, ssh_port=port) == {"ssh_port"}


def test_a_host_without_any_way_to_it_is_refused(alice: User) -> None:
    assert fields_refused(alice, ssh_host="") == {"ssh_host"}
    assert fields_refused(alice, kind="truenas", ssh_host="") == {"api_url"}


def test_one_way_to_a_truenas_is_enough(alice: User) -> None:
    services.add_host(values={**GOOD, "kind": "truenas"}, actor=alice)
    by_rest = {"name": "nas-3", "kind": "truenas", "api_url": "https://nas.lan"}
    assert services.add_host(values=by_rest, actor=alice).ssh_host == ""


def test_the_last_way_to_a_host_is_not_taken_away(host: Host, alice: User) -> None:
    with pytest.raises(InvalidHost, match="ssh_host"):
        services.change_host(host=host, values={"ssh_host": ""}, actor=alice)


def test_a_host_from_before_these_rules_may_still_be_renamed(alice: User) -> None:
    old = Host.objects.create(name="old", ssh_host="", ssh_user="a b", api_url="http://user:secret@host")
    services.change_host(host=old, values={"name": "older", "armed": False}, actor=alice)
    assert Host.objects.get().name == "older"
