"""Drive rows keep in step with what hosts report."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from drives import services
from drives.hosts.edge import limits
from drives.hosts.ports import DiskInfo, InUse, InventoryReport
from drives.models import Drive, Host

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
A = DiskInfo("sda", "A", 4_000_000, wwn="0x5000a", model="Model A", protocol="ATA", rotational=True, temperature_c=30)
B = DiskInfo("sdb", "B", 8_000_000, wwn="0x5000b", temperature_c=31, smart_health="PASSED")


def store(host: Host, *disks: DiskInfo, now: datetime = NOW, errors: tuple[str, ...] = ()) -> list[int]:
    report = InventoryReport(disks=disks, system="Linux", boot_id="boot-1", errors=errors)
    return services.store_inventory(host_id=host.pk, report=report, now=now)


def drive(serial: str) -> Drive:
    return Drive.objects.get(serial=serial)


def test_new_disks_become_drives(host: Host) -> None:
    changed = store(host, A, B)
    assert set(changed) == {drive("A").pk, drive("B").pk}
    a = drive("A")
    assert (a.devname, a.size_bytes, a.wwn, a.model, a.present) == ("sda", 4_000_000, "0x5000a", "Model A", True)
    assert (a.temperature_c, a.last_polled_at) == (30, NOW)
    host.refresh_from_db()
    assert (host.system, host.boot_id, host.last_polled_at) == ("Linux", "boot-1", NOW)


def test_the_same_report_again_changes_nothing_that_is_shown(host: Host) -> None:
    store(host, A, B)
    version = drive("A").live_version
    assert store(host, A, B, now=LATER) == []
    assert (drive("A").live_version, drive("A").last_polled_at) == (version, LATER)


def test_only_the_drive_that_changed_gets_a_new_version(host: Host) -> None:
    store(host, A, B)
    before = drive("A").live_version
    assert store(host, replace(A, temperature_c=44), B) == [drive("A").pk]
    assert drive("A").live_version > before == drive("B").live_version
    assert drive("A").temperature_c == 44


def test_two_drives_that_swap_names_keep_their_rows(host: Host) -> None:
    store(host, A, B)
    rows = {"A": drive("A").pk, "B": drive("B").pk}
    store(host, replace(A, devname="sdb"), replace(B, devname="sda"))
    assert {"A": drive("A").pk, "B": drive("B").pk} == rows
    assert (drive("A").devname, drive("B").devname) == ("sdb", "sda")


def test_a_drive_that_is_taken_out_keeps_its_row_and_comes_back_to_it(host: Host) -> None:
    store(host, A, B)
    row = drive("A").pk
    assert store(host, B) == [row]
    assert not drive("A").present
    assert store(host, B) == []
    assert store(host, B, replace(A, devname="sdc", temperature_c=None)) == [row]
    assert (drive("A").present, drive("A").devname, drive("A").temperature_c) == (True, "sdc", None)


def test_a_report_that_could_not_list_the_disks_takes_no_drive_out(host: Host) -> None:
    store(host, A, B)
    store(host, now=LATER, errors=("The disks could not be listed: no /sys.",))
    assert (drive("A").present, drive("B").present) == (True, True)


def test_a_quick_look_does_not_erase_what_a_full_one_read(host: Host) -> None:
    store(host, A, B)
    quick = replace(B, temperature_c=None, smart_health="", model="", wwn="", truenas_disk_id="")
    assert store(host, A, quick) == []
    assert (drive("B").temperature_c, drive("B").smart_health, drive("B").wwn) == (31, "PASSED", "0x5000b")


def test_a_wwn_that_becomes_known_is_filled_in(host: Host) -> None:
    store(host, replace(A, wwn=""))
    row = drive("A").pk
    store(host, A)
    assert (drive("A").pk, drive("A").wwn) == (row, "0x5000a")


@pytest.mark.parametrize("other", [replace(A, wwn="0x5000f"), replace(A, size_bytes=1)])
def test_another_wwn_or_size_is_another_drive(host: Host, other: DiskInfo) -> None:
    store(host, A)
    store(host, other)
    assert Drive.objects.filter(serial="A").count() == 2
    assert Drive.objects.filter(serial="A", present=True).count() == 1


def test_what_is_in_use_is_always_as_reported(host: Host) -> None:
    store(host, replace(A, in_use=(InUse("mounted", "Mounted at /mnt."),)))
    assert drive("A").in_use == [{"code": "mounted", "message": "Mounted at /mnt."}]
    assert store(host, A) == [drive("A").pk]
    assert drive("A").in_use == []


def test_a_serial_number_that_two_disks_share_blocks_both(host: Host) -> None:
    store(host, A, replace(A, devname="sdc", wwn="0x5000c"))
    codes = [[use["code"] for use in row.in_use] for row in Drive.objects.filter(serial="A")]
    assert codes == [["duplicate_serial"], ["duplicate_serial"]]


def test_one_identity_on_two_names_is_one_blocked_drive(host: Host) -> None:
    store(host, A, replace(A, devname="sdc"))
    assert [use["code"] for use in drive("A").in_use] == ["duplicate_serial"]


def test_hosts_do_not_share_drives(host: Host) -> None:
    other = Host.objects.create(name="nas-2")
    store(host, A)
    store(other, A)
    assert Drive.objects.filter(serial="A").count() == 2
    store(other)
    assert Drive.objects.get(host=host).present


def test_a_disk_without_a_serial_number_is_named_but_not_listed(host: Host) -> None:
    store(host, A, replace(B, serial=""))
    host.refresh_from_db()
    assert Drive.objects.count() == 1
    assert "sdb shows no serial number" in host.error


def test_a_disk_without_a_serial_number_that_the_system_lives_on_is_not_missed(host: Host) -> None:
    store(host, replace(B, serial="", in_use=(InUse("root_disk", "The system runs from it."),)))
    host.refresh_from_db()
    assert host.error == ""


def test_what_could_not_be_read_is_said_until_it_can(host: Host) -> None:
    store(host, A, errors=("zpool did not answer.",))
    services.note_host_reached(host_id=host.pk, now=NOW)
    host.refresh_from_db()
    assert host.error == "zpool did not answer."
    store(host, A)
    host.refresh_from_db()
    assert (host.error, host.error_code) == ("", "")


def test_a_host_that_was_removed_meanwhile_does_no_harm(host: Host) -> None:
    assert services.store_inventory(host_id=host.pk + 99, report=InventoryReport((A,)), now=NOW) == []


def test_a_thousand_drives_take_a_handful_of_queries(host: Host, django_assert_max_num_queries: object) -> None:
    many = [replace(A, serial=f"S{index}", devname=f"sd{index}", wwn=f"0x{index:08x}") for index in range(1000)]
    store(host, *many)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        store(host, *many, now=LATER)


def test_a_host_that_always_shows_other_drives_does_not_fill_the_table(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ROWS", 5)
    for round_number in range(3):
        store(host, A, *(replace(B, serial=f"R{round_number}-{number}") for number in range(4)))
    assert Drive.objects.filter(host=host).count() == 5
    assert drive("A").present
    host.refresh_from_db()
    assert host.error.startswith("It has shown more than 5 different drives by now, so 4 new ones are not listed.")


@pytest.mark.parametrize("count", [10, 500])
def test_what_changes_is_written_without_what_does_not(host: Host, count: int) -> None:
    many = [replace(A, serial=f"S{index}", devname=f"sd{index}", wwn=f"0x{index:08x}") for index in range(count)]
    store(host, *many)
    Drive.objects.update(location="shelf 3", notes="mine")
    changed = store(host, *(replace(disk, temperature_c=41) for disk in many), now=LATER)
    assert len(changed) == count
    assert set(Drive.objects.values_list("temperature_c", "location", "notes")) == {(41, "shelf 3", "mine")}
