"""A surface that the guard refuses for something that may pass: tried again, then said as it is, by both engines."""

from datetime import timedelta

import pytest

from jobs.stages.base import Stage, Verdict
from jobs.stages.stamped_surface import StampedSurface
from jobs.stages.surface_validate import SurfaceValidate
from jobs.tests.stages.fake_host import NOW, FakeHost, context

BOTH = pytest.mark.parametrize("stage", [SurfaceValidate(), StampedSurface()], ids=["badblocks", "stamped"])
ABSENT = {"code": "drive_absent", "message": "No drive of this host says it is ZA1."}
DOUBT = {"code": "undetermined", "message": "Its signatures could not be read."}


@BOTH
def test_a_drive_that_stays_in_use_is_said_to_be_in_use_and_not_interrupted(host: FakeHost, stage: Stage) -> None:
    host.refuse = {"code": "busy", "message": "It is open in dd (process 7)."}
    report = stage.start(context(host))
    while report.verdict is Verdict.RUNNING:
        report = stage.poll(context(host, report.state))
    assert report.verdict is Verdict.UNKNOWN
    assert report.message == (
        "It is open in dd (process 7). It stayed so for 3 tries. End what uses it, then try this burn-in again."
    )


@BOTH
def test_what_a_host_cannot_tell_yet_is_asked_again_and_then_it_goes_on(host: FakeHost, stage: Stage) -> None:
    host.refuse = DOUBT
    report = stage.start(context(host))
    for minute in range(1, 15):
        assert (report.verdict, report.waiting) == (Verdict.RUNNING, DOUBT["message"])
        report = stage.poll(context(host, report.state, now=NOW + timedelta(minutes=minute)))
    host.refuse = None
    report = stage.poll(context(host, report.state, now=NOW + timedelta(minutes=14)))
    assert (report.verdict, report.waiting) == (Verdict.RUNNING, "")
    assert "doubt_since" not in report.state


@BOTH
@pytest.mark.parametrize("before", [ABSENT, DOUBT], ids=["away", "in doubt"])
def test_a_drive_that_was_away_for_hours_has_all_the_time_to_spin_up(
    host: FakeHost, stage: Stage, before: dict[str, str]
) -> None:
    host.refuse = before
    report = stage.start(context(host))
    host.refuse = ABSENT
    report = stage.poll(context(host, report.state, now=NOW + timedelta(minutes=1)))
    host.refuse = DOUBT
    for minute in range(180, 190):
        report = stage.poll(context(host, report.state, now=NOW + timedelta(minutes=minute)))
        assert (report.verdict, report.waiting) == (Verdict.RUNNING, DOUBT["message"])


@BOTH
def test_what_a_host_never_tells_ends_without_a_verdict(host: FakeHost, stage: Stage) -> None:
    host.refuse = DOUBT
    report = stage.start(context(host))
    report = stage.poll(context(host, report.state, now=NOW + timedelta(minutes=15)))
    assert report.verdict is Verdict.UNKNOWN
    assert report.message == f"{DOUBT['message']} It stayed so for 15 min."
