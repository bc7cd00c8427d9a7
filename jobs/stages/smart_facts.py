"""The handful of SMART numbers that a verdict rests on, as they are kept from before to after. Pure."""

from collections.abc import Mapping
from typing import Any

from drives.smart.fields import rows, table, text
from drives.smart.report import ExitStatus, SmartReport

Facts = dict[str, Any]
ATTRIBUTES = {196: "reallocation_events", 10: "spin_retries", 184: "end_to_end_errors", 188: "command_timeouts"}
MOST_WORDS = 1_000
TOO_WARM = 0x02  # the bit of NVMe's critical warning that speaks of the temperature: the rules of heat judge that
FAILING = ExitStatus.FAILING | ExitStatus.PREFAIL_NOW


def facts_of(report: SmartReport) -> Facts:
    """Return the facts of a drive at one moment; a number that the drive does not tell is left out."""
    written = report.written
    facts: Facts = {
        "protocol": report.protocol,
        "health": False if report.exit_status & FAILING else report.health,
        "temperature": report.temperature_c,
        "temperature_limit": report.temperature_limit_c,
        "hours": report.power_on_hours,
        "bytes_written": written.bytes if written else None,
        "written_unit": written.unit if written else None,
        "written_source": written.source if written else None,
        "written_defined": written.defined if written else None,
        "reallocated": report.reallocated,
        "pending": report.pending,
        "offline_uncorrectable": report.uncorrectable,
        "reported_uncorrectable": report.reported_uncorrectable,
        "grown_defects": report.grown_defects,
        "media_errors": report.media_errors,
        "link_errors": report.link_errors,
        "phy_errors": report.phy_errors,
        "critical_warning": report.critical_warning,
        "available_spare": report.available_spare,
        "spare_threshold": report.spare_threshold,
        "percentage_used": report.percentage_used,
        "error_log": report.logged_errors,
        "failed_attributes": report.failed_attributes,
        "failed_self_tests": report.failed_self_tests,
    }
    facts.update(
        {name: report.attributes[number].raw for number, name in ATTRIBUTES.items() if number in report.attributes}
    )
    return {key: value for key, value in facts.items() if value is not None}


def is_warm_only(facts: Mapping[str, Any]) -> bool:
    """Say whether the drive warns of its temperature and of nothing else: its status is "failing" then as well."""
    return facts.get("critical_warning") == TOO_WARM


def says_failing(facts: Mapping[str, Any]) -> bool:
    """Say whether the drive calls itself failing, for another reason than its temperature."""
    warning = int(facts.get("critical_warning") or 0)
    return bool(warning & ~TOO_WARM) or (facts.get("health") is False and not is_warm_only(facts))


def complaint(answer: Mapping[str, Any]) -> str:
    """Return why smartctl did not do what was asked, in its own words or by its exit code."""
    said = [text(entry, "string") for entry in rows(answer.get("json"), "smartctl", "messages") if _is_error(entry)]
    return "; ".join(said)[:MOST_WORDS] or str(answer.get("stderr") or "").strip() or _exit_words(answer)


def _is_error(entry: Mapping[str, Any]) -> bool:
    return entry.get("severity") == "error"


def _exit_words(answer: Mapping[str, Any]) -> str:
    return f"exit code {answer.get('exit_code', 'unknown')}"


def text_of(raw: Mapping[str, Any]) -> str:
    """Return what smartctl printed, as text."""
    lines = table(raw, "smartctl").get("output")
    return "\n".join(str(line) for line in lines) if isinstance(lines, list) else ""
