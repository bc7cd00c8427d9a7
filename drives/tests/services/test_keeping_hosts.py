"""Adding, changing and removing hosts."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from audit import actions
from audit.models import AuditEvent
from drives import services
from drives.models import Drive, Host
from drives.services.host_values import InvalidHost, UnusableKey
from drives.tests.sshd import make_key

PINNED = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ"


def events(action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(event_type=action))


def test_a_new_host_is_disarmed_and_audited_without_its_secrets(alice: User) -> None:
    values = {"name": " nas-1 ", "ssh_host": "10.0.0.5", "ssh_password": "hunter2"}
    host = services.add_host(values=values, actor=alice)
    stored = Host.objects.get(pk=host.pk)
    assert (stored.name, stored.ssh_password, stored.armed) == ("nas-1", "hunter2", False)
    assert stored.live_version > 0
    (event,) = events(actions.HOST_ADDED)
    assert (event.operator_name, event.host_name) == ("alice", "nas-1")
    assert "hunter2" not in str(event.data)
    assert event.data["ssh_password"] == "changed"
    assert not events(actions.HOST_ARMED)


def test_a_host_that_is_added_armed_is_audited_as_armed(alice: User) -> None:
    services.add_host(values={"name": "nas-1", "ssh_host": "10.0.0.5", "armed": True}, actor=alice)
    assert [event.operator_name for event in events(actions.HOST_ARMED)] == ["alice"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "nas-1"}, "name"),
        ({"name": "x", "ssh_port": 70000}, "ssh_port"),
        ({"name": "x", "kind": "windows"}, "kind"),
        ({"name": "x", "base_dir": "/"}, "base_dir"),
        ({"name": "x", "base_dir": "/var"}, "base_dir"),
        ({"name": "x", "base_dir": "/root/../../etc"}, "base_dir"),
        ({"name": "x", "base_dir": "/root/a b;c"}, "base_dir"),
        ({"name": "x", "base_dir": "/var/tmp/burnin-bench"}, "base_dir"),
        ({"name": "x", "base_dir": "/tmp/bench"}, "base_dir"),
        ({"name": "x", "base_dir": "/var/tmp/deep/down/bench"}, "base_dir"),
        ({"name": "x", "base_dir": "/dev/shm/bench"}, "base_dir"),
        ({"name": "x", "base_dir": "/run/lock/bench"}, "base_dir"),
    ],
)
def test_values_that_cannot_be_are_refused(host: Host, alice: User, values: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidHost) as refusal:
        services.add_host(values=values, actor=alice)
    assert field in refusal.value.detail["fields"]
    assert Host.objects.count() == 1
    assert not events(actions.HOST_ADDED)


def test_a_shared_working_folder_of_before_stands_in_no_changes_way(host: Host, alice: User) -> None:
    Host.objects.update(base_dir="/var/tmp/burnin-bench")
    changed = services.change_host(host=Host.objects.get(), values={"name": "nas-9"}, actor=alice)
    assert (changed.name, changed.base_dir) == ("nas-9", "/var/tmp/burnin-bench")


def test_nobody_sets_what_only_the_product_knows(host: Host, alice: User) -> None:
    with pytest.raises(InvalidHost, match="host_key"):
        services.change_host(host=host, values={"host_key": PINNED}, actor=alice)


def test_a_key_that_cannot_be_read_is_refused_at_once(alice: User, tmp_path: Path) -> None:
    locked = make_key(tmp_path / "key", passphrase="sesame")
    values = {"name": "nas-2", "ssh_host": "10.0.0.5", "ssh_key": locked}
    with pytest.raises(UnusableKey, match="nas-2 has a passphrase"):
        services.add_host(values=values, actor=alice)
    services.add_host(values={**values, "ssh_key_passphrase": "sesame"}, actor=alice)


def test_a_blank_secret_stays_as_it_was_and_none_removes_it(host: Host, alice: User) -> None:
    services.change_host(host=host, values={"ssh_password": "", "max_parallel": 3}, actor=alice)
    host.refresh_from_db()
    assert (host.ssh_password, host.max_parallel) == ("hunter2", 3)
    services.change_host(host=host, values={"ssh_password": None}, actor=alice)
    host.refresh_from_db()
    assert host.ssh_password == ""


@pytest.mark.parametrize("change", [{"ssh_host": "10.0.0.9"}, {"ssh_port": 2222}])
def test_another_address_forgets_the_accepted_key_and_nothing_else(
    host: Host, alice: User, change: dict[str, object]
) -> None:
    Host.objects.update(host_key=PINNED, armed=True)
    changed = services.change_host(host=host, values={**change, "ssh_password": "hunter2"}, actor=alice)
    host.refresh_from_db()
    assert (host.host_key, host.armed, host.ssh_password) == ("", True, "hunter2")
    assert changed.host_key == ""
    assert len(events(actions.HOST_KEY_FORGOTTEN)) == 1


def test_the_same_address_again_keeps_the_accepted_key(host: Host, alice: User) -> None:
    Host.objects.update(host_key=PINNED)
    services.change_host(host=host, values={"ssh_host": " 127.0.0.1 ", "name": "nas-2"}, actor=alice)
    host.refresh_from_db()
    assert (host.host_key, host.name) == (PINNED, "nas-2")


def test_another_login_lets_stopped_work_go_on(host: Host, alice: User) -> None:
    Host.objects.update(stopped=True, error="nas-1 did not accept the password.", error_code="login_refused")
    services.change_host(host=host, values={"max_parallel": 3}, actor=alice)
    host.refresh_from_db()
    assert host.stopped
    services.change_host(host=host, values={"ssh_password": "correct"}, actor=alice)
    host.refresh_from_db()
    assert (host.stopped, host.error, host.error_code) == (False, "", "")


def test_arming_is_an_event_of_its_own(host: Host, alice: User) -> None:
    services.change_host(host=host, values={"armed": True}, actor=alice)
    services.change_host(host=host, values={"armed": True}, actor=alice)
    services.change_host(host=host, values={"armed": False}, actor=alice)
    kinds = list(AuditEvent.objects.order_by("id").values_list("event_type", flat=True))
    assert kinds == [actions.HOST_ARMED, actions.HOST_DISARMED]


def test_a_host_with_drives_stays_real_or_simulated(host: Host, alice: User) -> None:
    services.change_host(host=host, values={"simulated": True}, actor=alice)
    Drive.objects.create(host=host, serial="A")
    with pytest.raises(InvalidHost, match="nas-1 already has drives, so it stays simulated"):
        services.change_host(host=host, values={"simulated": False}, actor=alice)
    host.refresh_from_db()
    assert host.simulated


def test_a_change_is_seen_by_live_tables(host: Host, alice: User) -> None:
    services.change_host(host=host, values={"name": "nas-9"}, actor=alice)
    first = Host.objects.get(pk=host.pk).live_version
    services.change_host(host=host, values={"name": "nas-9"}, actor=alice)
    assert Host.objects.get(pk=host.pk).live_version == first > host.live_version


def test_a_removed_host_takes_its_drives_along(host: Host, alice: User) -> None:
    Drive.objects.create(host=host, serial="A")
    services.remove_host(host=host, actor=alice)
    assert not Host.objects.exists()
    assert not Drive.objects.exists()
    assert [event.host_name for event in events(actions.HOST_REMOVED)] == ["nas-1"]


def test_a_refresh_is_asked_for(host: Host, alice: User) -> None:
    services.request_refresh(host=host, actor=alice)
    host.refresh_from_db()
    assert host.refresh_requested_at is not None


def test_notes_about_a_drive_are_audited(host: Host, alice: User) -> None:
    drive = Drive.objects.create(host=host, serial="A", location="shelf")
    services.change_drive(drive=drive, location="bay 3", actor=alice)
    services.change_drive(drive=drive, location="bay 3", actor=alice)
    drive.refresh_from_db()
    assert (drive.location, drive.live_version > 0) == ("bay 3", True)
    (event,) = events(actions.DRIVE_CHANGED)
    assert event.data == {"location": {"from": "shelf", "to": "bay 3"}}
