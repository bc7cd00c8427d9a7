"""What ATA drives say."""

import re
from typing import Any

from drives.smart.durations import believed_minutes
from drives.smart.fields import SELF_TESTS, Json, is_count, kept, number, percent, rows, table, text, total
from drives.smart.report import Attribute, SelfTest, SelfTestEntry, SelfTestStatus, Written, written

KINDS = {1: "short", 2: "long", 3: "conveyance", 4: "selective"}
CAPTIVE = 0x80
RUNNING = 15
COMMAND_TIMEOUT = 188
ERROR_RATES = (1, 7, 195)
LIFETIME_WRITES = 241
DIGITS = 6
BYTES_IN = {"MiB": 2**20, "GiB": 2**30}
# SATA's own counters of broken transfers (GP log 0x11): CRC errors and frames that were refused.
PHY_ERRORS = frozenset({1, 2, 3, 4, 5, 11, 13, 15, 18, 19})
LEADING_NUMBER = re.compile(r"0x[0-9a-fA-F]{1,16}|[0-9]{1,20}")


def fields(json: Json) -> dict[str, Any]:
    """Return the fields of the report that only ATA drives fill."""
    seagate = text(json, "model_name").startswith("ST") or "Seagate" in text(json, "model_family")
    found = [_attribute(row, seagate=seagate) for row in rows(json, "ata_smart_attributes", "table")]
    attributes = {attribute.id: attribute for attribute in found}
    counts = {number_: attribute.raw for number_, attribute in attributes.items()}
    return {
        "attributes": attributes,
        "reallocated": counts.get(5),
        "pending": counts.get(197),
        "uncorrectable": counts.get(198),
        "reported_uncorrectable": counts.get(187),
        "link_errors": counts.get(199),
        "logged_errors": _logged_errors(json),
        "written": _written(json, attributes),
        "phy_errors": _phy_errors(json),
        "self_test": _self_test(json),
        "polling_minutes": _polling_minutes(json),
    }


def _attribute(row: Json, *, seagate: bool) -> Attribute:
    number_ = number(row, "id") or 0
    return Attribute(
        id=number_,
        name=text(row, "name"),
        value=number(row, "value"),
        worst=number(row, "worst"),
        thresh=number(row, "thresh"),
        raw=_decoded(number_, row, seagate=seagate),
        raw_text=text(row, "raw", "string"),
        when_failed=text(row, "when_failed"),
        prefailure=table(row, "flags").get("prefailure") is True,
    )


def _decoded(number_: int, row: Json, *, seagate: bool) -> int:
    """Return the count inside the raw bytes.

    Seagate packs three counters into 188 and puts operations below the errors in its error rates; others append
    minimum and maximum, or a second counter, which the text shows after the number.
    """
    raw = number(row, "raw", "value") or 0
    if number_ == COMMAND_TIMEOUT:
        return raw & 0xFFFF
    if number_ in ERROR_RATES and seagate:
        return raw >> 32
    leading = LEADING_NUMBER.match(text(row, "raw", "string"))
    told = kept(int(leading.group(), 16 if leading.group().startswith("0x") else 10)) if leading else None
    return raw if told is None else told


def _logged_errors(json: Json) -> int | None:
    log = "ata_smart_error_log"
    extended = number(json, log, "extended", "count")
    return number(json, log, "summary", "count") if extended is None else extended


def _written(json: Json, attributes: dict[int, Attribute]) -> Written | None:
    """Return what the device statistics count (ACS-4, page 1), else what a vendor's attribute seems to count."""
    block = number(json, "logical_block_size") or 512
    for page in rows(json, "ata_device_statistics", "pages"):
        for row in rows(page, "table"):
            sectors = number(row, "value") if text(row, "name") == "Logical Sectors Written" else None
            if sectors is not None:
                return written(sectors, block, "device statistics")
    attribute = attributes.get(LIFETIME_WRITES)
    if attribute is None:
        return None
    unit = block if attribute.name == "Total_LBAs_Written" else _unit_in(attribute.name)
    if unit is None:
        return None
    return written(attribute.raw, unit, f"attribute 241 {attribute.name}", defined=False)


def _unit_in(name: str) -> int | None:
    """Return the bytes that a vendor's attribute counts in: Host_Writes_32MiB, Lifetime_Writes_GiB."""
    _, mark, last = name.rpartition("_")
    count, unit = last[:-3], BYTES_IN.get(last[-3:])
    if not mark or unit is None:
        return None
    if not count:
        return unit
    return int(count) * unit if is_count(count, DIGITS) else None


def _phy_errors(json: Json) -> int | None:
    counters = rows(json, "sata_phy_event_counters", "table")
    return total(*(number(row, "value") for row in counters if number(row, "id") in PHY_ERRORS))


def _self_test(json: Json) -> SelfTest:
    status = number(json, "ata_smart_data", "self_test", "status", "value")
    logs = table(json, "ata_smart_self_test_log")
    extended = [_entry(row) for row in rows(logs, "extended", "table", most=SELF_TESTS)]
    log = extended or [_entry(row) for row in rows(logs, "standard", "table", most=SELF_TESTS)]
    if status is None:
        return SelfTest(running=bool(log) and log[0].status is SelfTestStatus.RUNNING, log=tuple(log))
    running = status >> 4 == RUNNING
    return SelfTest(
        running=running,
        remaining_percent=percent((status & 15) * 10) if running else None,
        text=text(json, "ata_smart_data", "self_test", "status", "string"),
        log=tuple(log),
    )


def _entry(row: Json) -> SelfTestEntry:
    status = number(row, "status", "value")
    kind = (number(row, "type", "value") or 0) & ~CAPTIVE
    return SelfTestEntry(
        kind=KINDS.get(kind, text(row, "type", "string")),
        status=_meaning(None if status is None else status >> 4),
        lifetime_hours=number(row, "lifetime_hours"),
        lba=number(row, "lba"),
        text=text(row, "status", "string"),
    )


def _meaning(code: int | None) -> SelfTestStatus:
    if code == 0:
        return SelfTestStatus.PASSED
    if code in (1, 2):
        return SelfTestStatus.ABORTED
    if code == RUNNING:
        return SelfTestStatus.RUNNING
    return SelfTestStatus.FAILED if code in range(3, 9) else SelfTestStatus.UNKNOWN


def _polling_minutes(json: Json) -> dict[str, int]:
    named = {"short": "short", "extended": "long", "conveyance": "conveyance"}
    place = ("ata_smart_data", "self_test", "polling_minutes")
    told = ((ours, believed_minutes(ours, number(json, *place, name))) for name, ours in named.items())
    return {kind: minutes for kind, minutes in told if minutes is not None}
