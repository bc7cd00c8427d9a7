"""Cancelling leaves nothing that writes, also not what a crash between a launch and its record made us forget."""

from jobs.stages import get_stage
from jobs.stages.base import STANDARD
from jobs.stages.io_validate import IoValidate
from jobs.stages.surface_validate import SurfaceValidate
from jobs.tests.badblocks_output import write_log
from jobs.tests.stages.fake_host import FakeHost, context

CLASSIC, SURFACE, IO = SurfaceValidate(), get_stage("surface_validate"), IoValidate()
LAST = 16383
PATTERNS = ("0xaa", "0x55")


def test_cancelling_finds_every_leg_that_a_crash_made_us_forget(host: FakeHost) -> None:
    CLASSIC.start(context(host))
    CLASSIC.cancel(context(host, {}))
    assert host.signals[0] == (host.launched[0]["run_id"], "terminate")
    stored = CLASSIC.start(context(host))
    for pattern in PATTERNS:
        host.end(log=write_log(LAST, pattern))
        CLASSIC.poll(context(host, stored.state))
    host.signals.clear()
    CLASSIC.cancel(context(host, stored.state))
    assert host.signals == [(run["run_id"], "terminate") for run in host.launched]


def test_cancelling_finds_the_first_leg_of_another_attempt_that_was_forgotten(host: FakeHost) -> None:
    stored = CLASSIC.start(context(host)).state
    key = "i1-j7-4-surface_validate-a2"
    for state in (stored, {**stored, "run_id": ""}):
        CLASSIC.start(context(host, state, run_key=key))
        CLASSIC.cancel(context(host, state, run_key=key))
        assert host.signals[-1] == (host.launched[-1]["run_id"], "terminate")
        key = "i1-j7-4-surface_validate-a3"


def test_cancelling_stops_the_launch_of_a_leg_that_waited_for_the_drive(host: FakeHost) -> None:
    report = CLASSIC.start(context(host))
    here, host.disks = host.disks, []
    host.end(reason={"code": "device_gone"}, exit_code=1)
    stored = CLASSIC.poll(context(host, report.state)).state
    stored = CLASSIC.poll(context(host, stored)).state
    host.disks = here
    CLASSIC.poll(context(host, stored))
    assert len(host.launched) == 2
    CLASSIC.cancel(context(host, stored))
    assert (host.launched[-1]["run_id"], "terminate") in host.signals


def test_cancelling_finds_the_first_stamped_run_that_a_crash_made_us_forget(host: FakeHost) -> None:
    SURFACE.start(context(host, surface_plan=STANDARD))
    SURFACE.cancel(context(host, {}, surface_plan=STANDARD))
    assert host.signals == [(host.launched[0]["run_id"], "terminate")]


def test_cancelling_finds_the_forgotten_stamped_run_of_a_drive_that_was_waited_for(host: FakeHost) -> None:
    here, host.disks = host.disks, []
    report = SURFACE.start(context(host, surface_plan=STANDARD))
    host.end(reason={"code": "device_gone"}, exit_code=1)
    stored = SURFACE.poll(context(host, report.state)).state
    assert stored["run_id"] == ""
    host.disks = here
    SURFACE.poll(context(host, stored))
    SURFACE.cancel(context(host, stored))
    assert host.signals[-1] == (host.launched[1]["run_id"], "terminate")


def test_cancelling_finds_the_random_io_that_a_crash_made_us_forget(host: FakeHost) -> None:
    IO.start(context(host))
    IO.cancel(context(host, {}))
    assert host.signals == [(host.launched[0]["run_id"], "terminate")]
