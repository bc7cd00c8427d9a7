"""The self-test stages: the drive's own log is the only proof."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from drives.smart.durations import longest_s
from jobs.stages.base import StageReport, Verdict
from jobs.stages.long_smart import LongSmart
from jobs.stages.short_smart import ShortSmart
from jobs.tests.stages.fake_host import NOW, FakeHost, context
from jobs.tests.stages.smart_answers import ABORTED, LONG, PASSED, READ_FAILURE, RESET, SHORT, ata

STAGE = ShortSmart()


def begin(host: FakeHost, before: dict[str, Any] | None = None) -> StageReport:
    host.smart_answers = [before or ata()]
    return STAGE.start(context(host))


def poll(host: FakeHost, report: StageReport, answer: dict[str, Any], after_s: float = 60) -> StageReport:
    host.smart_answers = [answer]
    return STAGE.poll(context(host, report.state, now=NOW + timedelta(seconds=after_s)))


def test_it_starts_the_test_and_shows_how_far_it_is() -> None:
    host = FakeHost()
    report = begin(host)
    assert ("start", "short") in host.smart_asked
    report = poll(host, report, ata(running=40))
    assert (report.verdict, report.percent) == (Verdict.RUNNING, 60)


def test_it_passes_when_the_log_has_a_new_entry_that_says_so() -> None:
    host = FakeHost()
    report = begin(host, ata(log=((SHORT, PASSED, 90),)))
    report = poll(host, report, ata(log=((SHORT, PASSED, 100), (SHORT, PASSED, 90))))
    assert report.verdict is Verdict.PASSED
    assert report.proof[0].ok


def test_it_fails_with_the_drives_own_words() -> None:
    host = FakeHost()
    report = poll(host, begin(host), ata(log=((SHORT, READ_FAILURE, 100),)))
    assert report.verdict is Verdict.FAILED
    assert "read failure" in report.message
    assert report.findings[0].data["lba"] == 4711


@pytest.mark.parametrize(
    "log",
    [
        (),
        ((SHORT, PASSED, 90),),
        ((LONG, PASSED, 100), (SHORT, PASSED, 90)),
    ],
)
def test_an_old_entry_or_none_is_no_proof(log: tuple[tuple[int, int, int], ...]) -> None:
    host = FakeHost()
    report = begin(host, ata(log=((SHORT, PASSED, 90),) if log else ()))
    for _ in range(5):
        report = poll(host, report, ata(log=log))
    assert report.verdict is Verdict.UNKNOWN
    assert "no trace" in report.message


@pytest.mark.parametrize("code", [ABORTED, RESET])
def test_an_interrupted_test_is_started_again_and_not_held_against_the_drive(code: int) -> None:
    host = FakeHost()
    report = poll(host, begin(host), ata(log=((SHORT, code, 100),)))
    assert report.verdict is Verdict.RUNNING
    assert host.smart_asked.count(("start", "short")) == 2
    report = poll(host, report, ata(log=((SHORT, PASSED, 100), (SHORT, code, 100))))
    assert report.verdict is Verdict.PASSED


def test_it_gives_up_at_the_second_interruption() -> None:
    host = FakeHost()
    report = begin(host)
    log: tuple[tuple[int, int, int], ...] = ((SHORT, RESET, 100),)
    for _ in range(2):
        report = poll(host, report, ata(log=log))
        log = (*log, (SHORT, RESET, 100))
    assert report.verdict is Verdict.UNKNOWN
    assert "interrupted 2 times" in report.message


def test_it_waits_for_a_test_that_somebody_else_started() -> None:
    host = FakeHost()
    report = begin(host, ata(running=50))
    assert report.verdict is Verdict.RUNNING
    assert ("start", "short") not in host.smart_asked
    report = poll(host, report, ata(log=((LONG, PASSED, 100),)))
    assert ("start", "short") in host.smart_asked


def test_it_adopts_its_own_test_after_a_crash() -> None:
    host = FakeHost()
    report = begin(host)
    host.smart_asked.clear()
    report = poll(host, report, ata(running=90))
    assert report.verdict is Verdict.RUNNING
    assert ("start", "short") not in host.smart_asked


def test_a_test_may_stand_still_for_three_times_what_its_drive_says() -> None:
    two_hours = 7200.0
    assert STAGE.stuck_after_s({"expected_s": 120.0}, two_hours) == two_hours
    assert LongSmart().stuck_after_s({"expected_s": 36_000.0}, two_hours) == 108_000.0


def test_a_long_test_is_looked_at_every_five_minutes() -> None:
    host = FakeHost()
    host.smart_answers = [ata()]
    report = LongSmart().start(context(host))
    watch = LongSmart().watch(report.state)
    assert watch is not None
    assert watch.every_s == 300


def test_the_observer_sees_progress_and_the_end() -> None:
    host = FakeHost()
    report = begin(host)
    now = NOW.timestamp() + 10
    seen = {"now": now, "smart": {"ZA1": {"json": ata(running=30)}}}
    glance = STAGE.glance(report.state, seen)
    assert (glance.decide, glance.percent, glance.shown["done"]) == (False, 70, 70)
    over = {"now": now, "smart": {"ZA1": {"json": ata(log=((SHORT, PASSED, 100),))}}}
    assert STAGE.glance(report.state, over).decide


@pytest.mark.parametrize("kind", [ShortSmart(), LongSmart()])
@pytest.mark.parametrize("told", [2**63 - 1, 10**12])
def test_a_self_test_is_stuck_some_day_whatever_its_drive_said(kind: ShortSmart | LongSmart, told: int) -> None:
    host = FakeHost()
    minutes = {"short": told, "extended": told}
    host.smart_answers = [
        {"device": {"protocol": "ATA"}, "ata_smart_data": {"self_test": {"polling_minutes": minutes}}}
    ]
    ctx = context(host)
    report = kind.start(replace(ctx, drive=replace(ctx.drive, size_bytes=told)))
    assert kind.stuck_after_s(report.state, 7200.0) <= 3 * longest_s(kind.smart_kind)
    assert kind.stuck_after_s({"expected_s": 60.0 * told}, 7200.0) <= 3 * longest_s(kind.smart_kind)


def test_a_drive_of_any_size_that_tells_no_time_is_stuck_some_day() -> None:
    host = FakeHost()
    host.smart_answers = [{"device": {"protocol": "NVMe"}}]
    ctx = context(host)
    report = LongSmart().start(replace(ctx, drive=replace(ctx.drive, size_bytes=2**63 - 1)))
    assert LongSmart().stuck_after_s(report.state, 7200.0) <= 3 * longest_s("long")
