"""blkid and wipefs: which file systems a drive carries. Only a mounted one carries any."""

import json
import sys
import uuid

from mock_truenas.tools import devices
from mock_truenas.tools.words import BadUsage, Words, take_apart
from mock_truenas.world import drive_state
from mock_truenas.world.catalog import Drive
from mock_truenas.world.place import Place

NOTHING_FOUND = 2
EXT4: dict[str, str | None] = {"device": "", "offset": "0x438", "type": "ext4", "uuid": "", "label": None}


def run(place: Place, name: str, words: list[str]) -> int:
    """Look for signatures on the named devices."""
    try:
        if name == "wipefs":
            return _wipefs(place, take_apart(words, flags="nJpiabfq", valued="Oot"))
        return _blkid(place, take_apart(words, flags="pidkgl", valued="ostncuUSLO"))
    except BadUsage as problem:
        sys.stderr.write(f"{name}: {problem}\n")
        return 1


def filesystem_uuid(place: Place, drive: Drive) -> str | None:
    """Give the UUID of the ext4 file system on the drive, or None when it is blank."""
    if "mounted" not in drive_state.look(place, drive.name).state["faults"]:
        return None
    return str(uuid.uuid5(uuid.NAMESPACE_OID, drive.serial))


def _blkid(place: Place, given: Words) -> int:
    found = False
    paths = given.operands or [f"/dev/{drive.name}" for drive in devices.plugged_in(place)]
    for path in paths:
        drive = devices.find(place, path)
        if drive is None:
            if given.has("-p"):
                sys.stderr.write(f"blkid: error: {path}: No such file or directory\n")
            continue
        identifier = filesystem_uuid(place, drive)
        if identifier:
            found = True
            _print_blkid(path, identifier, given)
    return 0 if found else NOTHING_FOUND


def _print_blkid(path: str, identifier: str, given: Words) -> None:
    facts = {"UUID": identifier, "VERSION": "1.0", "TYPE": "ext4", "USAGE": "filesystem"}
    wanted = given.values("-s")
    facts = {key: value for key, value in facts.items() if not wanted or key in wanted}
    style = given.last("-o", default="full")
    if style == "udev":
        lines = "".join(f"ID_FS_{key}={value}\n" for key, value in facts.items())
    elif style == "export":
        lines = f"DEVNAME={path}\n" + "".join(f"{k}={v}\n" for k, v in facts.items())
    elif style == "value":
        lines = "".join(f"{value}\n" for value in facts.values())
    else:
        lines = f"{path}: " + " ".join(f'{k}="{v}"' for k, v in facts.items()) + "\n"
    sys.stdout.write(lines)


def _wipefs(place: Place, given: Words) -> int:
    rows = []
    if given.has("-a"):
        sys.stderr.write("wipefs: this pretend host only lists signatures, it does not erase them.\n")
        return 1
    for path in given.operands:
        drive = devices.find(place, path)
        if drive is None:
            sys.stderr.write(f"wipefs: error: {path}: probing initialization failed: No such file or directory\n")
            return 1
        identifier = filesystem_uuid(place, drive)
        if identifier:
            rows.append(EXT4 | {"device": drive.name, "uuid": identifier})
    if given.has("-J", "--json"):
        sys.stdout.write(json.dumps({"signatures": rows}, indent=3) + "\n")
    elif rows:
        sys.stdout.write("DEVICE OFFSET TYPE UUID LABEL\n")
        for row in rows:
            sys.stdout.write(" ".join(str(value or "") for value in row.values()) + "\n")
    return 0
