"""lsblk: the block devices, as JSON or as a plain table."""

import json
import sys
from typing import Any

from mock_truenas.tools import devices
from mock_truenas.tools.signatures import filesystem_uuid
from mock_truenas.tools.words import BadUsage, Words, take_apart
from mock_truenas.world import drive_state
from mock_truenas.world.catalog import LOGICAL_BLOCK, PHYSICAL_BLOCK, Drive, major_minor, mount_point
from mock_truenas.world.place import Place

DEFAULT_COLUMNS = "name,maj:min,rm,size,ro,type,mountpoints"
UNITS = "BKMGTP"
NOT_A_BLOCK_DEVICE = 32


def run(place: Place, _name: str, words: list[str]) -> int:
    """List the named drives, or all of them."""
    try:
        given = take_apart(words, flags="JbOdnpaflmrsStPVD", valued="oeIxEMw", long_valued="--output")
    except BadUsage as problem:
        sys.stderr.write(f"lsblk: {problem}\n")
        return 1
    if given.has("-V", "--version"):
        sys.stdout.write("lsblk from util-linux 2.38.1\n")
        return 0
    found, code = _wanted(place, given)
    rows = [_row(place, drive, given) for drive in found]
    columns = _columns(given, rows)
    picked = [{column: row.get(column) for column in columns} for row in rows]
    if given.has("-J", "--json"):
        sys.stdout.write(json.dumps({"blockdevices": picked}, indent=3) + "\n")
    else:
        _print_table(columns, picked, headed=not given.has("-n", "--noheadings"))
    return code


def _wanted(place: Place, given: Words) -> tuple[list[Drive], int]:
    if not given.operands:
        return devices.plugged_in(place), 0
    found = []
    for path in given.operands:
        drive = devices.find(place, path)
        if drive is None:
            sys.stderr.write(f"lsblk: {path}: not a block device\n")
        else:
            found.append(drive)
    return found, 0 if len(found) == len(given.operands) else NOT_A_BLOCK_DEVICE


def _columns(given: Words, rows: list[dict[str, Any]]) -> list[str]:
    asked = given.last("-o", "--output")
    if given.has("-O", "--output-all") and rows:
        return list(rows[0])
    return (asked or DEFAULT_COLUMNS).lower().lstrip("+").split(",")


def _row(place: Place, drive: Drive, given: Words) -> dict[str, Any]:
    model, size = drive.model, drive.model.size_bytes
    identifier = filesystem_uuid(place, drive)
    where = mount_point(drive) if identifier else None
    path = f"/dev/{drive.name}"
    return {
        "name": path if given.has("-p", "--paths") else drive.name,
        "kname": drive.name,
        "path": path,
        "maj:min": major_minor(drive),
        "rm": False,
        "ro": "read_only" in drive_state.look(place, drive.name).state["faults"],
        "rota": True,
        "size": size if given.has("-b", "--bytes") else _human(size),
        "type": "disk",
        "model": model.name,
        "vendor": f"{model.vendor if drive.is_sas else 'ATA':<8}",
        "rev": model.firmware[-4:],
        "serial": drive.serial,
        "wwn": f"0x{drive.lunid}",
        "tran": "sas" if drive.is_sas else "sata",
        "hctl": f"{drive.number}:0:0:0",
        "state": "running",
        "log-sec": LOGICAL_BLOCK,
        "phy-sec": PHYSICAL_BLOCK,
        "zoned": "none",
        "pkname": None,
        "pttype": None,
        "fstype": "ext4" if identifier else None,
        "uuid": identifier,
        "label": None,
        "mountpoint": where,
        "mountpoints": [where],
    }


def _human(size: int) -> str:
    value, unit = float(size), 0
    while value >= 1024:
        value, unit = value / 1024, unit + 1
    return f"{value:.1f}".removesuffix(".0") + UNITS[unit]


def _print_table(columns: list[str], rows: list[dict[str, Any]], *, headed: bool) -> None:
    lines = [[column.upper() for column in columns]] if headed else []
    lines += [[_cell(row[column]) for column in columns] for row in rows]
    widths = [max(len(line[n]) for line in lines) for n in range(len(columns))] if lines else []
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        sys.stdout.write(" ".join(cells).rstrip() + "\n")


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, list):
        return ",".join(str(one) for one in value if one is not None)
    return "" if value is None else str(value)
