"""smartctl: reads drives and starts their self-tests. The exit status is the bit mask of the real one."""

import json
import sys
import time
from typing import Any

from mock_truenas.tools import devices, smart_ata, smart_sas, smart_tests
from mock_truenas.tools.smart_parts import BANNER, SECTIONS_OF, VERSION, Reading
from mock_truenas.tools.words import BadUsage, Words, take_apart
from mock_truenas.world import drive_state
from mock_truenas.world.catalog import Drive
from mock_truenas.world.place import Place

LONG_VALUED = "--test --log --device --nocheck --smart --tolerance --quietmode --format"
BAD_COMMAND_LINE = 1
OPEN_FAILED = 2


def run(place: Place, _name: str, words: list[str]) -> int:
    """Do what the command line asks and print it as text or JSON."""
    try:
        given = take_apart(words, flags="iaxHAcXjVCh", valued="dltnqTsvfrPoSFBgb", long_valued=LONG_VALUED)  # fmt: skip
    except BadUsage as problem:
        sys.stdout.write(f"{BANNER}\n=======> {problem}\n")
        return BAD_COMMAND_LINE
    if given.has("-V", "--version"):
        sys.stdout.write(f"{BANNER}\nsmartmontools release 7.3 dated 2022-02-28\n")
        return 0
    reading = _read(place, given)
    _print(reading, given, words)
    return reading.exit_status


def _read(place: Place, given: Words) -> Reading:
    if given.has("--scan", "--scan-open"):
        return _scan(place, opened=given.has("--scan-open"))
    if len(given.operands) != 1:
        text = "ERROR: smartctl requires a device name as the final command-line argument.\n"
        return Reading(text=text, exit_status=BAD_COMMAND_LINE, messages=[text.strip()])
    path = given.operands[0]
    drive = devices.find(place, path)
    if drive is None:
        text = f"Smartctl open device: {path} failed: No such device"
        return Reading(text=text + "\n", exit_status=OPEN_FAILED, messages=[text])
    return _drive(place, drive, path, given)


def _drive(place: Place, drive: Drive, path: str, given: Words) -> Reading:
    reading = Reading(document={"local_time": _local_time(), "device": _device(drive, path)})
    sections = _sections(given)
    module = smart_sas if drive.is_sas else smart_ata
    if sections:
        module.read(place, drive_state.look(place, drive.name), sections, reading)
    kind = given.last("-t", "--test")
    if given.has("-X", "--abort"):
        smart_tests.abort(place, drive, reading)
    elif kind:
        smart_tests.start(place, drive, kind, reading)
    return reading


def _sections(given: Words) -> set[str]:
    sections: set[str] = set()
    for name, value in given.options:
        sections |= SECTIONS_OF.get(f"{name} {value}", SECTIONS_OF.get(name, set()))
    return sections


def _scan(place: Place, *, opened: bool) -> Reading:
    reading = Reading(document={"devices": []})
    for drive in devices.plugged_in(place):
        sat = opened and not drive.is_sas
        name = f"/dev/{drive.name}"
        entry = _device(drive, name) if opened else {
            "name": name, "info_name": name, "type": "scsi", "protocol": "SCSI",
        }  # fmt: skip
        reading.document["devices"].append(entry)
        kind = "ATA device" if sat else "SCSI device"
        reading.text += f"{name} -d {entry['type']} # {entry['info_name']}, {kind}\n"
    return reading


def _device(drive: Drive, path: str) -> dict[str, Any]:
    if drive.is_sas:
        return {"name": path, "info_name": path, "type": "scsi", "protocol": "SCSI"}
    return {"name": path, "info_name": f"{path} [SAT]", "type": "sat", "protocol": "ATA"}


def _local_time() -> dict[str, Any]:
    now = int(time.time())
    return {"time_t": now, "asctime": time.strftime("%a %b %e %H:%M:%S %Y UTC", time.gmtime(now))}


def _json_mode(given: Words) -> str | None:
    """Give the letters of --json=…, "" for plain JSON, None for text."""
    if not given.has("-j", "--json"):
        return None
    return given.last("--json", default="")


def _print(reading: Reading, given: Words, words: list[str]) -> None:
    scanning = given.has("--scan", "--scan-open")
    text = reading.text if scanning else f"{BANNER}\n{reading.text}"
    mode = _json_mode(given)
    if mode is None:
        sys.stdout.write(text)
        return
    about: dict[str, Any] = {
        "version": list(VERSION),
        "svn_revision": "5338",
        "platform_info": "x86_64-linux-mock",
        "build_info": "(simulated)",
        "argv": ["smartctl", *words],
    }
    if "o" in mode:
        about["output"] = text.splitlines()
    if reading.messages:
        about["messages"] = [{"string": one, "severity": "error"} for one in reading.messages]
    about["exit_status"] = reading.exit_status
    document = {"json_format_version": [1, 0], "smartctl": about, **reading.document}
    if "c" in mode:
        sys.stdout.write(json.dumps(document, separators=(",", ":")) + "\n")
    else:
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
