"""smartctl's JSON as values. Pure."""

from drives.smart.outcome import Outcome, OutcomeKind, log_mark, selftest_outcome
from drives.smart.parse import parse_report
from drives.smart.report import Attribute, SelfTest, SelfTestEntry, SelfTestStatus, SmartReport, Written

__all__ = [
    "Attribute",
    "Outcome",
    "OutcomeKind",
    "SelfTest",
    "SelfTestEntry",
    "SelfTestStatus",
    "SmartReport",
    "Written",
    "log_mark",
    "parse_report",
    "selftest_outcome",
]
