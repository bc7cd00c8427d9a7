"""swapon and findmnt: what the simulated mount and swap tables say."""

import json
import sys

from mock_truenas.tools import devices
from mock_truenas.tools.words import BadUsage, Words, take_apart
from mock_truenas.world.place import Place

SWAPON_QUESTIONS = ("-s", "--show", "--summary", "--noheadings", "--raw", "--bytes", "-V")
FINDMNT_LONG = "--output --source --target"


def run(place: Place, name: str, words: list[str]) -> int:
    """Answer from the tables of the simulated host."""
    if name == "swapon":
        return _swapon(words)
    try:
        given = take_apart(words, flags="JnrlaADPbev", valued="ostSTMNF", long_valued=FINDMNT_LONG)
    except BadUsage as problem:
        sys.stderr.write(f"findmnt: {problem}\n")
        return 1
    return _findmnt(place, given)


def _swapon(words: list[str]) -> int:
    if any(word.startswith(SWAPON_QUESTIONS) for word in words):
        return 0
    sys.stderr.write("swapon: this pretend host has no swap and takes none.\n")
    return 1


def _findmnt(place: Place, given: Words) -> int:
    rows = [line.split()[:4] for line in (place.root / "proc/mounts").read_text().splitlines()]
    source = given.last("-S", "--source")
    target = given.last("-T", "--target", "-M")
    wanted = [*given.operands, *([source] if source else []), *([target] if target else [])]
    rows = [row for row in rows if not wanted or any(_means(place, row, w) for w in wanted)]
    if not rows:
        return 1
    names = ("source", "target", "fstype", "options")
    entries = [dict(zip(names, row, strict=True)) for row in rows]
    columns = (given.last("-o", "--output") or "target,source,fstype,options").lower().split(",")
    picked = [{column: entry.get(column, "") for column in columns} for entry in entries]
    if given.has("-J", "--json"):
        sys.stdout.write(json.dumps({"filesystems": picked}, indent=3) + "\n")
        return 0
    if not given.has("-n", "--noheadings"):
        sys.stdout.write(" ".join(column.upper() for column in columns) + "\n")
    for entry in picked:
        sys.stdout.write(" ".join(entry.values()) + "\n")
    return 0


def _means(place: Place, row: list[str], wanted: str) -> bool:
    drive = devices.find(place, wanted)
    return wanted in row[:2] or (drive is not None and row[0] == f"/dev/{drive.name}")
