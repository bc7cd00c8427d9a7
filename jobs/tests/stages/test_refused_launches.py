"""A surface that the guard refuses for something that may pass: tried again, then said as it is, by both engines."""

import pytest

from jobs.stages.base import Stage, Verdict
from jobs.stages.stamped_surface import StampedSurface
from jobs.stages.surface_validate import SurfaceValidate
from jobs.tests.stages.fake_host import FakeHost, context


@pytest.mark.parametrize("stage", [SurfaceValidate(), StampedSurface()], ids=["badblocks", "stamped"])
@pytest.mark.parametrize(
    ("code", "message", "remedy"),
    [
        ("busy", "It is open in dd (process 7).", "End what uses it"),
        ("undetermined", "Its signatures could not be read.", "Have the host answer that"),
    ],
)
def test_a_drive_that_stays_refused_is_not_said_to_be_interrupted(
    stage: Stage, code: str, message: str, remedy: str
) -> None:
    host = FakeHost()
    host.refuse = {"code": code, "message": message}
    report = stage.start(context(host))
    while report.verdict is Verdict.RUNNING:
        report = stage.poll(context(host, report.state))
    assert report.verdict is Verdict.UNKNOWN
    assert report.message == f"{message} It stayed so for 3 tries. {remedy}, then try this burn-in again."
