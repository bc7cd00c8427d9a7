"""SMART actions find their drive by serial number, whatever its name is now."""

from drives.tests.program.simulated_host import SimulatedHost


def test_it_reads_the_report(host: SimulatedHost) -> None:
    answer = host.call("smart", serial="SERIAL-B", devname="sdb", action="read")

    assert answer["ok"] is True
    assert answer["devname"] == "sdb"
    assert answer["exit_code"] == 0
    assert answer["json"]["serial_number"] == "SERIAL-B"
    assert host.asked("sdb") == ["--json=co -x /dev/sdb"]


def test_a_report_with_warning_bits_is_a_report(host: SimulatedHost) -> None:
    (host.answers / "sda.exit").write_text("64")

    assert host.call("smart", serial="SERIAL-A", devname="sda", action="read")["exit_code"] == 64


def test_it_finds_a_drive_that_has_another_name_now(host: SimulatedHost) -> None:
    answer = host.call("smart", serial="SERIAL-B", devname="sda", action="read")

    assert answer["devname"] == "sdb"
    assert answer["json"]["serial_number"] == "SERIAL-B"


def test_it_starts_a_self_test_only_on_the_right_drive(host: SimulatedHost) -> None:
    answer = host.call("smart", serial="SERIAL-B", devname="sda", action="start", kind="long")

    assert answer["devname"] == "sdb"
    assert "--json=co -i -t long /dev/sdb" in host.asked("sdb")
    assert not any("-t" in line for line in host.asked("sda"))


def test_it_aborts_a_self_test(host: SimulatedHost) -> None:
    host.call("smart", serial="SERIAL-A", devname="sda", action="abort")

    assert "--json=co -i -X /dev/sda" in host.asked("sda")


def test_an_absent_drive_is_an_error(host: SimulatedHost) -> None:
    answer = host.call("smart", serial="SERIAL-X", devname="sda", action="start", kind="short")

    assert (answer["ok"], answer["error"]["code"]) == (False, "drive_absent")


def test_a_serial_number_of_two_drives_is_an_error(host: SimulatedHost) -> None:
    host.tell("sdb", serial_number="SERIAL-A")

    assert host.call("smart", serial="SERIAL-A", action="read")["error"]["code"] == "duplicate_serial"


def test_a_drive_that_changes_under_the_action_is_the_wrong_drive(host: SimulatedHost) -> None:
    host.tool(
        "smartctl",
        f"""
case "$*" in *--scan*) echo '{{"devices": []}}'; exit 0;; esac
case "$*" in *-t*) echo '{{"serial_number": "SOMEBODY-ELSE"}}'; exit 0;; esac
for last; do :; done
cat {host.answers}/$(basename "$last").json""",
    )

    answer = host.call("smart", serial="SERIAL-A", devname="sda", action="start", kind="short")

    assert answer["error"]["code"] == "wrong_drive"


def test_an_unknown_self_test_is_refused(host: SimulatedHost) -> None:
    answer = host.call("smart", serial="SERIAL-A", action="start", kind="-s on")

    assert answer["error"]["code"] == "bad_request"
    assert host.asked("sda") == []


def test_a_device_name_cannot_lead_elsewhere(host: SimulatedHost) -> None:
    answer = host.call("smart", serial="SERIAL-A", devname="../../etc/shadow", action="read")

    assert answer["devname"] == "sda"
