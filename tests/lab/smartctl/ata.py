"""What an ATA disk tells about itself: who it is, whether it fails, what it can do."""

from __future__ import annotations

from typing import Any

from tests.lab.smartctl import selftest
from tests.lab.smartctl.report import DISK_FAILING, Report, now_in_words, rounded_bytes, with_commas
from tests.lab.smartctl.state import State

SPEED = {"string": "6.0 Gb/s", "units_per_second": 60, "bits_per_unit": 100000000}


def info(report: Report, state: State, now: float) -> None:
    """Say who it is."""
    wwn, size = state["wwn"], state["size_bytes"]
    report.say(
        "=== START OF INFORMATION SECTION ===",
        "Model Family:     Western Digital Red",
        f"Device Model:     {state['model']}",
        f"Serial Number:    {state['serial']}",
        f"LU WWN Device Id: {wwn[0]} {wwn[1:7]} {wwn[7:]}",
        f"Firmware Version: {state['firmware']}",
        f"User Capacity:    {with_commas(size)} bytes [{rounded_bytes(size)}]",
        _sectors(state),
        _rotation(state),
        "Device is:        In smartctl database 7.3/5319",
        "ATA Version is:   ACS-3 T13/2161-D revision 5",
        "SATA Version is:  SATA 3.1, 6.0 Gb/s (current: 6.0 Gb/s)",
        f"Local Time is:    {now_in_words(now)}",
    )
    report.put(**_identity(state), smart_support=support(state))
    say_support(report, state)
    report.say("")


def say_support(report: Report, state: State) -> None:
    """Say whether there is SMART."""
    if not state["smart_supported"]:
        report.say("SMART support is: Unavailable - device lacks SMART capability.")
        return
    enabled = "Enabled" if state["smart_enabled"] else "Disabled"
    report.say("SMART support is: Available - device has SMART capability.", f"SMART support is: {enabled}")


def support(state: State) -> dict[str, bool]:
    """Whether there is SMART, as JSON."""
    if not state["smart_supported"]:
        return {"available": False}
    return {"available": True, "enabled": state["smart_enabled"]}


def health(report: Report, state: State) -> None:
    """Say whether it fails."""
    report.put(smart_status={"passed": state["health"]})
    word = "PASSED" if state["health"] else "FAILED!"
    report.say(f"SMART overall-health self-assessment test result: {word}")
    if not state["health"]:
        report.exit_status |= DISK_FAILING
        report.say("Drive failure expected in less than 24 hours. SAVE ALL DATA.")
    report.say("")


def capabilities(report: Report, state: State, now: float) -> None:
    """Say what it can do, and how far a self-test is."""
    status = self_test_status(state, now)
    report.put(
        ata_smart_data={
            "offline_data_collection": {
                "status": {"value": 0, "string": "was never started"},
                "completion_seconds": 44280,
            },
            "self_test": {"status": status, "polling_minutes": state["minutes"]},
            "capabilities": {
                "values": [123, 3],
                "exec_offline_immediate_supported": True,
                "offline_is_aborted_upon_new_cmd": False,
                "offline_surface_scan_supported": True,
                "self_tests_supported": True,
                "conveyance_self_test_supported": True,
                "selective_self_test_supported": True,
                "attribute_autosave_enabled": True,
                "error_logging_supported": True,
                "gp_logging_supported": True,
            },
        }
    )
    _say_capabilities(report, state, status)


def temperature(report: Report, state: State, now: float) -> None:
    """Put what the attributes also tell where it is easy to find."""
    report.put(
        power_on_time={"hours": selftest.hours(state, now)},
        power_cycle_count=state["power_cycles"],
        temperature={"current": state["temperature"]},
    )


def self_test_status(state: State, now: float) -> dict[str, Any]:
    """The status byte: the result in the high nibble, the tens that remain in the low one."""
    if state["running"]:
        left = selftest.remaining(selftest.percent(state, now))
        return {
            "value": 0xF0 + left // 10,
            "string": f"in progress, {left}% remaining",
            "remaining_percent": left,
        }
    if not state["log"]:
        return {"value": 0, "string": "completed without error", "passed": True}
    last = state["log"][0]
    ending = selftest.ENDINGS[last["result"]]
    status = {"value": (ending.ata << 4) + last["remaining"] // 10, "string": ending.ata_status}
    return status if ending.passed is None else {**status, "passed": ending.passed}


def _identity(state: State) -> dict[str, Any]:
    wwn, logical = state["wwn"], state["logical_block"]
    return {
        "model_family": "Western Digital Red",
        "model_name": state["model"],
        "serial_number": state["serial"],
        "wwn": {"naa": int(wwn[0], 16), "oui": int(wwn[1:7], 16), "id": int(wwn[7:], 16)},
        "firmware_version": state["firmware"],
        "user_capacity": {"blocks": state["size_bytes"] // logical, "bytes": state["size_bytes"]},
        "logical_block_size": logical,
        "physical_block_size": state["physical_block"],
        "rotation_rate": state["rotation_rate"],
        "trim": {"supported": state["rotation_rate"] == 0},
        "in_smartctl_database": True,
        "ata_version": {"string": "ACS-3 T13/2161-D revision 5", "major_value": 2046, "minor_value": 109},
        "sata_version": {"string": "SATA 3.1", "value": 127},
        "interface_speed": {"max": {"sata_value": 14, **SPEED}, "current": {"sata_value": 3, **SPEED}},
    }


def _sectors(state: State) -> str:
    logical, physical = state["logical_block"], state["physical_block"]
    if logical == physical:
        return f"Sector Size:      {logical} bytes logical/physical"
    return f"Sector Sizes:     {logical} bytes logical, {physical} bytes physical"


def _rotation(state: State) -> str:
    rate = state["rotation_rate"]
    return f"Rotation Rate:    {f'{rate} rpm' if rate else 'Solid State Device'}"


def _say_capabilities(report: Report, state: State, status: dict[str, Any]) -> None:
    if "remaining_percent" in status:
        words = ("Self-test routine in progress...", f"{status['remaining_percent']}% of test remaining.")
    else:
        words = ("The previous self-test routine", f"{status['string']}.")
    minutes = state["minutes"]
    report.say(
        "General SMART Values:",
        "Offline data collection status:  (0x00)\tOffline data collection activity",
        "\t\t\t\t\twas never started.",
        "\t\t\t\t\tAuto Offline Data Collection: Disabled.",
        f"Self-test execution status:      ({status['value']:4d})\t{words[0]}",
        f"\t\t\t\t\t{words[1]}",
        "Total time to complete Offline ",
        "data collection: \t\t(44280) seconds.",
        "Short self-test routine ",
        f"recommended polling time: \t ({minutes['short']:4d}) minutes.",
        "Extended self-test routine",
        f"recommended polling time: \t ({minutes['extended']:4d}) minutes.",
        "Conveyance self-test routine",
        f"recommended polling time: \t ({minutes['conveyance']:4d}) minutes.",
        "",
    )
