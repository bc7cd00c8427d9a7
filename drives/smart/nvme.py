"""What NVMe drives say."""

from typing import Any

from drives.smart.fields import SELF_TESTS, Json, number, percent, rows, table, text, total
from drives.smart.report import SelfTest, SelfTestEntry, SelfTestStatus, written

HEALTH = "nvme_smart_health_information_log"
LOG = "nvme_self_test_log"
KINDS = {1: "short", 2: "long"}
FAILED = (5, 6, 7)
ABORTED = (1, 2, 3, 4, 8, 9)
DATA_UNIT = 512_000


def fields(json: Json) -> dict[str, Any]:
    """Return the fields of the report that only NVMe drives fill."""
    media_errors = number(json, HEALTH, "media_errors")
    units = number(json, HEALTH, "data_units_written")
    return {
        "media_errors": media_errors,
        "uncorrectable": total(media_errors),
        "critical_warning": number(json, HEALTH, "critical_warning"),
        "logged_errors": number(json, HEALTH, "num_err_log_entries"),
        "written": None if units is None else written(units, DATA_UNIT, "data units"),
        "available_spare": number(json, HEALTH, "available_spare"),
        "spare_threshold": number(json, HEALTH, "available_spare_threshold"),
        "percentage_used": number(json, HEALTH, "percentage_used"),
        "self_test": _self_test(json),
    }


def _self_test(json: Json) -> SelfTest:
    operation = number(json, LOG, "current_self_test_operation", "value")
    done = number(json, LOG, "current_self_test_completion_percent")
    running = bool(operation)
    return SelfTest(
        running=running,
        remaining_percent=percent(100 - done) if running and done is not None else None,
        text=text(json, LOG, "current_self_test_operation", "string"),
        log=tuple(_entry(row) for row in rows(table(json, LOG), "table", most=SELF_TESTS)),
    )


def _entry(row: Json) -> SelfTestEntry:
    return SelfTestEntry(
        kind=KINDS.get(number(row, "self_test_code", "value") or 0, text(row, "self_test_code", "string")),
        status=_meaning(number(row, "self_test_result", "value")),
        lifetime_hours=number(row, "power_on_hours"),
        lba=number(row, "lba"),
        text=text(row, "self_test_result", "string"),
    )


def _meaning(code: int | None) -> SelfTestStatus:
    if code == 0:
        return SelfTestStatus.PASSED
    if code in ABORTED:
        return SelfTestStatus.ABORTED
    return SelfTestStatus.FAILED if code in FAILED else SelfTestStatus.UNKNOWN
