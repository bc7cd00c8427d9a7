"""However much a drive says, reading it is a bounded amount of work, and what it says of time is bounded too."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from drives.smart import ata, fields, nvme, parse_report, scsi
from drives.smart.durations import LONGEST_LONG_MINUTES, LONGEST_MINUTES, believed_minutes, believed_s, longest_s

PLACES = ("drives/smart", "drives/hosts", "jobs/stages", "jobs/verdict", "jobs")
ON_THE_HOST = "drives/hosts/program"  # runs there, and takes only the host's own time
PATTERN_TAKERS = {"compile", "match", "search", "fullmatch", "findall", "finditer", "split", "sub", "word"}
GOOD_LINE = "# 1  Background long   Failed in segment -->       3   12345        0x1f40 [0x3 0x11 0x0]"
HOSTILE = (
    "# 1 a b" + " " * 500,
    "# 1 a b" + " 1" * 250,
    "# 1 a b" + " -" * 250,
    "# 1 " + "a" * 500,
    "#" + " " * 505 + "1",
    "# 1 a b 1 1 " + "9" * 490 + " [",
    "# 1 a b 1 1 0x" + "f" * 490 + " [",
    "# " + "1" * 500 + " a b 1 1 1 [",
)


class Counted(list[Any]):
    """A list that counts what was read of it."""

    read = 0

    def __iter__(self) -> Iterator[Any]:
        for value in super().__iter__():
            self.read += 1
            yield value


def patterns(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            owner = getattr(getattr(node.func, "value", None), "id", "re")
            first = node.args[0]
            if name in PATTERN_TAKERS and owner == "re" and isinstance(first, ast.Constant):
                yield str(first.value)


def may_repeat_without_end(pattern: str) -> bool:
    """Say whether this may try the same text again and again; a class that is all of the pattern cannot."""
    plain = re.sub(r"\\.", "x", pattern)
    plain = re.sub(r"\[[^\]]*\]", "x", plain)
    return re.fullmatch(r"\(?x[+*]\)?", plain) is None and re.search(r"[+*]|\{\d*,\}", plain) is not None


def test_no_pattern_over_a_hosts_words_repeats_without_end() -> None:
    base = Path(settings.BASE_DIR)
    files = {file for place in PLACES for file in (base / place).rglob("*.py")}
    of_hosts = [file for file in files if "tests" not in file.parts and ON_THE_HOST not in file.as_posix()]
    found = {(file.name, pattern) for file in of_hosts for pattern in patterns(file)}
    assert len(found) > 5
    assert sorted(one for one in found if may_repeat_without_end(one[1])) == []


@pytest.mark.parametrize("pattern", [r"^#\s*\d+", r"(a*)*", r"\s+(?P<x>-|\d+)\s+\[", "a{2,}b", ".*x"])
def test_a_pattern_that_repeats_without_end_is_told(pattern: str) -> None:
    assert may_repeat_without_end(pattern)


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_a_near_miss_is_no_entry_of_a_log(line: str) -> None:
    said = {"device": {"protocol": "SCSI"}, "smartctl": {"output": [line, GOOD_LINE]}}
    assert len(parse_report(said).self_test.log) == 1


def test_of_what_smartctl_printed_only_so_many_lines_are_read() -> None:
    lines = Counted([HOSTILE[0]] * 50_000)
    parse_report({"device": {"protocol": "SCSI"}, "smartctl": {"output": lines}})
    assert lines.read <= 4 * scsi.LINES


def test_only_the_newest_entries_of_a_log_are_taken() -> None:
    row = {"type": {"value": 2}, "status": {"value": 0}, "self_test_code": {"value": 1}}
    logs: dict[str, dict[str, Any]] = {
        "ATA": {"ata_smart_self_test_log": {"extended": {"table": Counted([row] * 9_000)}}},
        "NVMe": {"nvme_self_test_log": {"table": Counted([row] * 9_000)}},
        "SCSI": {"smartctl": {"output": [GOOD_LINE] * 9_000}},
    }
    for protocol, log in logs.items():
        report = parse_report({"device": {"protocol": protocol}, **log})
        assert len(report.self_test.log) == fields.SELF_TESTS, protocol


@pytest.mark.parametrize(
    ("protocol", "path"),
    [
        ("ATA", ("ata_smart_attributes", "table")),
        ("ATA", ("sata_phy_event_counters", "table")),
        ("ATA", ("ata_device_statistics", "pages")),
        ("ATA", ("smartctl", "messages")),
    ],
)
def test_of_a_long_table_only_the_beginning_is_read(protocol: str, path: tuple[str, str]) -> None:
    table = Counted([{"id": 1}] * 50_000)
    parse_report({"device": {"protocol": protocol}, path[0]: {path[1]: table}})
    assert 0 < table.read <= fields.ROWS + 1


@pytest.mark.parametrize("told", [2**63 - 1, 10**9, LONGEST_LONG_MINUTES + 1])
def test_a_drive_that_wants_for_ever_for_its_test_is_not_believed(told: int) -> None:
    minutes = {"short": told, "extended": told, "conveyance": told}
    of_ata = parse_report(
        {"device": {"protocol": "ATA"}, "ata_smart_data": {"self_test": {"polling_minutes": minutes}}}
    )
    assert of_ata.polling_minutes == {
        "short": LONGEST_MINUTES,
        "long": LONGEST_LONG_MINUTES,
        "conveyance": LONGEST_MINUTES,
    }
    of_scsi = parse_report(
        {"device": {"protocol": "SCSI"}, "scsi_extended_self_test_seconds": min(told * 60, 2**63 - 1)}
    )
    assert of_scsi.polling_minutes == {"long": LONGEST_LONG_MINUTES}


@pytest.mark.parametrize("told", [0, -1, -(2**63) + 1])
def test_a_test_that_takes_no_time_is_not_told(told: int) -> None:
    assert believed_minutes("short", told) is None
    assert parse_report({"device": {"protocol": "SCSI"}, "extended_self_test_seconds": told}).polling_minutes == {}


@pytest.mark.parametrize(("seconds", "kind"), [(1e300, "long"), (1e300, "short"), (-5.0, "long")])
def test_an_expected_time_stays_in_its_bounds(seconds: float, kind: str) -> None:
    assert 60 <= believed_s(kind, seconds) <= longest_s(kind)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Host_Writes_32MiB", 32 * 2**20),
        ("Lifetime_Writes_GiB", 2**30),
        ("Writes_" + "1" * 400 + "MiB", None),
        ("_" * 500, None),
        ("MiB", None),
        ("Writes_xMiB", None),
    ],
)
def test_a_unit_in_a_name_is_read_or_not_guessed(name: str, unit: int | None) -> None:
    assert ata._unit_in(name) == unit


def test_a_log_of_nvme_with_holes_is_read_to_its_end() -> None:
    assert nvme.fields({"nvme_self_test_log": {"table": [None] * 10 + [{}] * 10}})["self_test"].log
