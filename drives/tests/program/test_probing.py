"""One answer about everything on a host."""

import time

from drives.tests.program.simulated_host import SimulatedHost


def test_a_run_that_was_never_launched_is_absent(host: SimulatedHost) -> None:
    run = host.run("never")

    assert (run["run_id"], run["state"], run["keeper_alive"]) == ("never", "absent", False)
    assert run["exit_code"] is run["pid"] is run["progress"] is run["device"] is run["reason"] is None


def test_all_runs_are_answered_at_once(host: SimulatedHost) -> None:
    host.tool("badblocks", "exit 0")
    host.launch("one")
    host.wait_for("exited", "one")

    answer = host.call("probe", runs=["one", "two"])

    assert {name: run["state"] for name, run in answer["runs"].items()} == {"one": "exited", "two": "absent"}
    assert answer["boot_id"] == "boot-one"


def test_a_probe_may_wait_for_the_end_of_a_run(host: SimulatedHost) -> None:
    host.tool("badblocks", "sleep 0.3")
    host.launch("one")

    answer = host.call("probe", runs=["one"], wait_ms=5000)

    assert answer["runs"]["one"]["state"] == "exited"


def test_a_probe_waits_for_no_run_when_another_is_over(host: SimulatedHost) -> None:
    host.tool("badblocks", "sleep 60")
    host.launch("one")
    before = time.monotonic()

    answer = host.call("probe", runs=["one", "never"], wait_ms=5000)

    assert time.monotonic() - before < 5
    assert {run["state"] for run in answer["runs"].values()} == {"running", "absent"}
    host.call("signal", run_id="one", action="terminate")


def test_a_probe_waits_no_longer_than_asked(host: SimulatedHost) -> None:
    host.tool("badblocks", "sleep 60")
    host.launch("one")

    assert host.call("probe", runs=["one"], wait_ms=100)["runs"]["one"]["state"] == "running"
    assert host.call("probe", runs=["one"], wait_ms=5001)["error"]["code"] == "bad_request"
    host.call("signal", run_id="one", action="terminate")


def test_every_field_of_the_contract_is_there(host: SimulatedHost) -> None:
    wanted = """run_id state exit_code signal keeper_alive pid paused stopped_by_request started_at
        finished_at boot_id device guard_checked progress output_bytes reason"""

    assert set(wanted.split()) <= set(host.run())


def test_temperatures_come_with_the_same_answer(host: SimulatedHost) -> None:
    host.tell("sda", serial_number="SERIAL-A", temperature={"current": 44})
    drives = [
        {"serial": "SERIAL-A", "devname": "sda"},
        {"serial": "SERIAL-B", "devname": "sdb"},
        {"serial": "SERIAL-X", "devname": "sda"},
    ]

    answer = host.call("probe", temperatures=drives)

    assert answer["temperatures"] == {"SERIAL-A": 44, "SERIAL-B": None, "SERIAL-X": None}


def test_the_temperature_is_never_that_of_another_drive(host: SimulatedHost) -> None:
    host.tell("sda", serial_number="SERIAL-A", temperature={"current": 44})
    host.tell("sdb", serial_number="SERIAL-B", temperature={"current": 31})

    answer = host.call("probe", temperatures=[{"serial": "SERIAL-B", "devname": "sda"}])

    assert answer["temperatures"] == {"SERIAL-B": 31}


def test_smart_reports_come_with_the_same_answer(host: SimulatedHost) -> None:
    answer = host.call("probe", smart=[{"serial": "SERIAL-A", "devname": "sda"}, {"serial": "SERIAL-X"}])

    assert answer["smart"]["SERIAL-A"]["json"]["serial_number"] == "SERIAL-A"
    assert answer["smart"]["SERIAL-X"]["error"]["code"] == "drive_absent"


def test_the_inventory_comes_with_the_same_answer(host: SimulatedHost) -> None:
    answer = host.call("probe", inventory=True)

    assert [disk["devname"] for disk in answer["inventory"]["disks"]] == ["sda", "sdb"]


def test_nothing_is_asked_of_a_drive_without_need(host: SimulatedHost) -> None:
    host.call("probe", runs=["one"])

    assert host.asked("sda") == []
