"""Accepting the key of a host, and testing its login, against a real sshd."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from audit import actions
from audit.models import AuditEvent
from drives import services
from drives.hosts import pool
from drives.hosts.connect import HostStopped, open_inventory, open_program, open_shell
from drives.hosts.errors import HostUnreachable
from drives.models import Host
from drives.services.host_keys import FingerprintDiffers
from drives.tests.sshd import Sshd, make_key, require_sshd


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    require_sshd()
    server = Sshd(tmp_path, ("ed25519",))
    yield server
    pool.close_all()
    server.stop()


@pytest.fixture
def host(db: None, sshd: Sshd) -> Host:
    return Host.objects.create(
        name="nas-1",
        ssh_host="127.0.0.1",
        ssh_port=sshd.port,
        ssh_user=sshd.user,
        ssh_key=sshd.authorize().reveal(),
        base_dir=str(sshd.folder / "base"),
    )


def trust(host: Host, sshd: Sshd, actor: User | None = None) -> Host:
    services.trust_host_key(host=host, fingerprint=sshd.fingerprint(), actor=actor)
    host.refresh_from_db()
    return host


def test_the_key_that_was_seen_is_pinned_and_lets_work_go_on(host: Host, sshd: Sshd, alice: User) -> None:
    Host.objects.update(stopped=True, error="Nobody has accepted the key.", host_key_offered="SHA256:x")
    trust(host, sshd, alice)
    assert (host.host_key, host.stopped, host.error) == (sshd.host_key(), False, "")
    (event,) = AuditEvent.objects.filter(event_type=actions.HOST_KEY_TRUSTED)
    assert (event.operator_name, event.data["fingerprint"]) == ("alice", sshd.fingerprint())


def test_a_key_other_than_the_one_that_was_seen_is_not_pinned(host: Host, sshd: Sshd, alice: User) -> None:
    with pytest.raises(FingerprintDiffers, match="nas-1 now shows the key SHA256:"):
        services.trust_host_key(host=host, fingerprint="SHA256:AAAA", actor=alice)
    host.refresh_from_db()
    assert host.host_key == ""
    assert not AuditEvent.objects.filter(event_type=actions.HOST_KEY_TRUSTED).exists()


def test_a_host_that_moved_meanwhile_is_not_trusted(host: Host, sshd: Sshd, alice: User) -> None:
    Host.objects.update(ssh_host="10.0.0.9")
    with pytest.raises(FingerprintDiffers, match="address of nas-1 was changed"):
        services.trust_host_key(host=host, fingerprint=sshd.fingerprint(), actor=alice)


def test_a_new_host_shows_its_fingerprint_and_is_not_logged_in_to(host: Host, sshd: Sshd) -> None:
    test = services.test_ssh(host=host)
    assert (test.ok, test.trusted, test.host_key_fingerprint) == (False, False, sshd.fingerprint())
    assert "Nobody has accepted the key of nas-1" in test.error
    assert "userauth-request" not in sshd.log


def test_a_good_login_names_the_tools(host: Host, sshd: Sshd) -> None:
    test = services.test_ssh(host=trust(host, sshd))
    host.refresh_from_db()
    assert (test.trusted, test.host_key_fingerprint) == (True, sshd.fingerprint())
    assert {"smartctl", "badblocks"} <= test.tools.keys()
    assert test.ok == (not test.error)
    assert host.tools == test.tools


def test_a_changed_key_is_named(host: Host, sshd: Sshd) -> None:
    make_key(sshd.folder / "other")
    Host.objects.update(host_key=" ".join((sshd.folder / "other.pub").read_text().split()[:2]))
    host.refresh_from_db()
    test = services.test_ssh(host=host)
    assert (test.ok, test.trusted) == (False, False)
    assert "nas-1 shows another key" in test.error


def test_a_refused_key_is_named(host: Host, sshd: Sshd) -> None:
    Host.objects.update(ssh_key=make_key(sshd.folder / "stranger"))
    test = services.test_ssh(host=trust(host, sshd))
    assert (test.ok, test.trusted) == (False, True)
    assert "nas-1 did not accept the key" in test.error


def test_a_host_that_is_not_what_it_is_marked_is_named(host: Host, sshd: Sshd) -> None:
    Host.objects.update(simulated=True)
    test = services.test_ssh(host=trust(host, sshd))
    assert not test.ok
    assert "nas-1 is a real host but is marked as simulated" in test.error


def test_a_closed_port_and_a_missing_address_are_named(host: Host, sshd: Sshd) -> None:
    sshd.stop()
    assert "nas-1 refuses connections" in services.test_ssh(host=host).error
    assert "nas-1 has no SSH address" in services.test_ssh(host=Host(name="nas-1")).error


@pytest.mark.parametrize(
    ("tools", "sentence"),
    [
        ({"smartctl": None, "badblocks": {}}, "badblocks was not found on nas-1"),
        (
            {"smartctl": None, "badblocks": {"path": "x"}},
            "smartctl was not found on nas-1. Install the package smartmontools.",
        ),
    ],
)
def test_missing_tools_are_named(
    host: Host, sshd: Sshd, monkeypatch: pytest.MonkeyPatch, tools: dict[str, object], sentence: str
) -> None:
    monkeypatch.setattr("drives.hosts.program_client.HostProgram.hello", lambda _: {"ok": True, "tools": tools})
    test = services.test_ssh(host=trust(host, sshd))
    assert not test.ok
    assert sentence in test.error


def test_the_doors_of_a_stopped_host_stay_shut_without_a_packet(host: Host, sshd: Sshd) -> None:
    trust(host, sshd).stopped = True
    connections = sshd.log.count("Connection from")
    for door in (open_shell, open_program, open_inventory):
        with pytest.raises(HostStopped, match="Work on nas-1 is stopped"):
            door(host)
    assert sshd.log.count("Connection from") == connections


def test_commands_share_one_connection_until_the_login_changes(host: Host, sshd: Sshd) -> None:
    trust(host, sshd)
    for _ in range(3):
        assert open_program(host).hello()["ok"]
    assert sshd.log.count("Accepted publickey") == 1
    host.ssh_key = sshd.authorize("another").reveal()
    assert open_program(host).hello()["ok"]
    assert sshd.log.count("Accepted publickey") == 2


def test_the_disks_of_a_plain_host_are_read_and_stored(host: Host, sshd: Sshd) -> None:
    report = services.read_inventory(host=trust(host, sshd), smart=True)
    assert report.boot_id
    assert not report.simulated


def test_a_lost_host_does_not_spoil_the_pool(host: Host, sshd: Sshd) -> None:
    trust(host, sshd)
    assert open_program(host).hello()["ok"]
    sshd.stop()
    with pytest.raises(HostUnreachable):
        open_program(host).hello()
    sshd.start()
    assert open_program(host).hello()["ok"]
