"""The stand-in itself: find the disk, do what is asked, print, and exit as smartctl 7.3 does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.lab.fault_client import FaultClient, OrderRefused
from tests.lab.smartctl import selftest
from tests.lab.smartctl.options import Options, UsageError, parse
from tests.lab.smartctl.report import CANNOT_OPEN, CANNOT_PARSE, Report, now_in_words
from tests.lab.smartctl.sections import Known, answer
from tests.lab.smartctl.state import SmartState, State


def answered(argv: list[str], states: Path) -> tuple[int, str]:
    """Answer one call: exit status and text. `states` is the directory of the disks' state files."""
    report = Report(argv)
    try:
        options = parse(argv[1:])
    except UsageError as problem:
        report.fail(str(problem), CANNOT_PARSE)
        options = Options(json="j" if any(word.startswith(("-j", "--json")) for word in argv) else "")
    else:
        _run(report, options, states)
    return report.exit_status, report.printed(options.json)


def _run(report: Report, options: Options, states: Path) -> None:
    if options.version:
        return
    disks = list(_disks(states))
    if options.scan or options.scan_open:
        _scan(report, options, [state for _, state in disks])
        return
    if not options.device:
        report.fail("ERROR: smartctl requires a device name as the final command-line argument.", CANNOT_PARSE)
        return
    device = str(Path(options.device).resolve())
    found = next((disk for disk, state in disks if state["device"] == device), None)
    if not found and Path(device).exists():
        report.fail(f"{options.device}: Unable to detect device type", CANNOT_PARSE)
        return
    with suppress(FileNotFoundError):  # it may be removed this moment
        if found:
            _ask(report, options, found)
            return
    report.fail(f"Smartctl open device: {options.device} failed: No such device", CANNOT_OPEN)


def _disks(states: Path) -> Iterator[tuple[SmartState, State]]:
    """The disks, and their states now. One may be removed while it is looked at."""
    for path in sorted(states.glob("*.json")):
        disk = SmartState(path)
        with suppress(FileNotFoundError):
            yield disk, disk.read()


def _scan(report: Report, options: Options, disks: list[State]) -> None:
    """Name the disks. Only --scan-open asks each, and so tells SATA from SCSI."""
    rows = []
    for state in disks:
        if state["device"] and not state["gone"]:
            asks = options.scan_open and state["protocol"] == "ATA"
            rows.append(_named(state["device"], "ATA" if asks else "SCSI"))
    report.put(devices=rows)
    report.listing = [f"{r['name']} -d {r['type']} # {r['info_name']}, {r['protocol']} device" for r in rows]


def _ask(report: Report, options: Options, disk: SmartState) -> None:
    time.sleep(disk.read()["delay_s"])
    now = time.time()
    with disk.changing() as state:
        as_ata = state["protocol"] == "ATA" and options.kind != "scsi"
        report.put(
            local_time={"time_t": int(now), "asctime": now_in_words(now)},
            device=_named(options.device, "ATA" if as_ata else "SCSI"),
        )
        stats = {} if state["gone"] else _stats(state)
        if not stats:
            report.fail(f"Smartctl open device: {options.device} failed: INQUIRY failed", CANNOT_OPEN)
            return
        selftest.settle(state, now, stats)
        if options.spare_standby and state["standby"]:
            report.say("Device is in STANDBY mode, exit(2)")
            report.exit_status |= CANNOT_OPEN
            return
        answer(report, options, Known(state, stats, now), as_ata=as_ata)
        report.exit_status |= state["exit_bits"]


def _stats(state: State) -> dict[str, Any]:
    """What the file system counted; nothing when it does not answer, as a drive that is not there."""
    try:
        return FaultClient(Path(state["control"])).tell(op="stats", disk=state["disk"])
    except (OSError, OrderRefused):
        return {}


def _named(name: str, protocol: str) -> dict[str, str]:
    is_ata = protocol == "ATA"
    return {
        "name": name,
        "info_name": f"{name} [SAT]" if is_ata else name,
        "type": "sat" if is_ata else "scsi",
        "protocol": protocol,
    }
