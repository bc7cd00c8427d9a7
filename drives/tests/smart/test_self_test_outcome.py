"""How the test that we started went: only the drive's own, new entry counts."""

from dataclasses import replace

import pytest

from drives.smart import OutcomeKind, SelfTest, SelfTestEntry, SelfTestStatus, SmartReport, log_mark, selftest_outcome

OLD = SelfTestEntry("long", SelfTestStatus.PASSED, 90)


def report(*log: SelfTestEntry, protocol: str = "ATA", running: bool = False) -> SmartReport:
    left = 40 if running else None
    return SmartReport(protocol=protocol, self_test=SelfTest(running=running, remaining_percent=left, log=log))


def ended(status: SelfTestStatus, hours: int | None = 101, kind: str = "long") -> SelfTestEntry:
    return SelfTestEntry(kind, status, hours)


@pytest.mark.parametrize("status", [SelfTestStatus.PASSED, SelfTestStatus.FAILED, SelfTestStatus.ABORTED])
def test_the_new_entry_says_how_it_ended(status: SelfTestStatus) -> None:
    outcome = selftest_outcome(report(ended(status), OLD), "long", 100, mark=log_mark(report(OLD)))
    assert outcome.kind.value == status.value
    assert outcome.entry == ended(status)


def test_a_running_test_says_what_is_left() -> None:
    outcome = selftest_outcome(report(OLD, running=True), "long", 80)
    assert (outcome.kind, outcome.remaining_percent) == (OutcomeKind.RUNNING, 40)


def test_an_entry_from_before_the_start_is_not_ours() -> None:
    assert selftest_outcome(report(OLD), "long", 100).kind is OutcomeKind.MISSING


def test_an_old_entry_of_the_same_hour_is_not_ours() -> None:
    same_hour = report(ended(SelfTestStatus.PASSED, 100))
    assert selftest_outcome(same_hour, "long", 100, mark=log_mark(same_hour)).kind is OutcomeKind.MISSING


def test_a_test_of_another_kind_is_not_ours() -> None:
    newer = report(ended(SelfTestStatus.PASSED, kind="short"), ended(SelfTestStatus.PASSED))
    assert selftest_outcome(newer, "long", 100).kind is OutcomeKind.MISSING


@pytest.mark.parametrize("status", [SelfTestStatus.UNKNOWN, SelfTestStatus.RUNNING])
def test_an_entry_that_does_not_say_how_it_ended_proves_nothing(status: SelfTestStatus) -> None:
    assert selftest_outcome(report(ended(status)), "long", 100).kind is OutcomeKind.MISSING


def test_an_empty_log_proves_nothing() -> None:
    assert selftest_outcome(report(), "short", 0).kind is OutcomeKind.MISSING


@pytest.mark.parametrize(("hours", "started"), [(None, 100), (101, None)])
def test_without_hours_nothing_is_proven(hours: int | None, started: int | None) -> None:
    assert selftest_outcome(report(ended(SelfTestStatus.PASSED, hours)), "long", started).kind is OutcomeKind.MISSING


def test_the_hours_of_ata_start_again_after_65535() -> None:
    wrapped = report(ended(SelfTestStatus.PASSED, 2))
    assert selftest_outcome(wrapped, "long", 65530).kind is OutcomeKind.PASSED
    assert selftest_outcome(wrapped, "long", 131066).kind is OutcomeKind.PASSED
    assert selftest_outcome(replace(wrapped, protocol="SCSI"), "long", 65530).kind is OutcomeKind.MISSING


def test_a_running_line_in_the_log_does_not_change_its_mark() -> None:
    assert log_mark(report(ended(SelfTestStatus.RUNNING), OLD)) == log_mark(report(OLD))
    assert log_mark(report(OLD, OLD)) != log_mark(report(OLD))
