"""The surface by stamps: how it is asked for, waits, and goes on where it was interrupted."""

from typing import Any

import pytest

from jobs.stages.base import STANDARD, Verdict
from jobs.stages.surface_test import BLIND_SPOTS
from jobs.tests.badblocks_output import write_log
from jobs.tests.stages.fake_host import FakeHost, context
from jobs.tests.stages.stamped_stage import (
    SIZE,
    STAGE,
    checkpoint,
    interrupt,
    judged,
    poll,
    result,
    start,
)


def test_it_passes_when_every_pass_was_written_and_read_back_whole(host: FakeHost) -> None:
    report = judged(host)
    assert report.verdict is Verdict.PASSED
    assert report.bytes_done == report.bytes_total == 4 * SIZE
    assert [line.ok for line in report.proof] == [True, True]
    assert "34 MB/s written, 17 MB/s read" in report.proof[0].value
    assert report.position_log[0]["mbps"] == [200.0]
    assert [(phase["write"], phase["verify"]) for phase in report.state["phases"]] == [(100.0, 100.0)] * 2
    assert report.findings == ()


def test_it_asks_the_engine_for_stamps_and_zeros_and_guards_the_drive(host: FakeHost) -> None:
    start(host)
    asked = host.launched[0]
    assert asked["engine"]["name"] == "stamped"
    assert [one["kind"] for one in asked["engine"]["passes"]] == ["stamp", "zero"]
    assert asked["guard"]["serial"] == "ZA1"
    assert "start" not in asked["engine"]


def test_a_start_that_is_repeated_after_a_crash_adopts_the_run(host: FakeHost) -> None:
    first, second = start(host), start(host)
    assert len(host.launched) == 1
    assert first.state["run_stamp"] == second.state["run_stamp"]
    assert STAGE.poll(context(host, {"crashes": 1}, size=SIZE, surface_plan=STANDARD)).state["run_id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"completed": False},
        {"passes": []},
        {"error_count": 3},
        {"run_stamp": "another"},
        {"size_bytes": SIZE - 512},
        {"stopped": "other_drive", "completed": False},
        {"stopped": "bad_block_size", "completed": False},
        {"stopped": "something new", "completed": False},
    ],
)
def test_it_says_unknown_when_a_run_proves_nothing(host: FakeHost, changes: dict[str, Any]) -> None:
    report = judged(host, **changes)
    assert report.verdict is Verdict.UNKNOWN
    assert report.message.startswith("The surface test proves nothing: ")


def test_it_waits_for_a_drive_that_went_away_and_goes_on_when_it_is_back(host: FakeHost) -> None:
    here, host.disks = host.disks, []
    report = judged(host, stopped="device_gone", completed=False)
    assert (report.verdict, report.state["run_id"]) == (Verdict.RUNNING, "")
    assert report.waiting
    report = STAGE.poll(context(host, report.state, size=SIZE, surface_plan=STANDARD))
    assert (report.waiting != "", len(host.launched)) == (True, 1)
    host.disks = here
    report = STAGE.poll(context(host, report.state, size=SIZE, surface_plan=STANDARD))
    assert (report.waiting, len(host.launched)) == ("", 2)


def test_it_goes_on_at_the_hosts_whole_checkpoint(host: FakeHost) -> None:
    report = start(host)
    stamp = report.state["run_stamp"]
    report = interrupt(host, report, kept := checkpoint(4096, "verify"))
    again = host.launched[1]
    assert again["run_id"] != host.launched[0]["run_id"]
    assert (again["engine"]["start"], again["engine"]["run_stamp"]) == (kept, stamp)
    assert again["engine"]["passes"] == host.launched[0]["engine"]["passes"]
    host.end(result=result(host))
    assert poll(host, report).verdict is Verdict.PASSED


def test_it_goes_on_at_its_own_copy_when_the_host_has_lost_everything(host: FakeHost) -> None:
    report = start(host)
    run_id = report.state["run_id"]
    host.runs[run_id]["progress"] = {**checkpoint(0), "checkpoint": checkpoint(8192, "write", 1)}
    glance = STAGE.glance(report.state, {"runs": host.runs})
    kept = {**report.state, **glance.shown}
    assert "position_log" not in kept["checkpoint"]
    host.runs.clear()
    for _ in range(2):
        kept = STAGE.poll(context(host, kept, size=SIZE)).state
    assert host.launched[-1]["engine"]["start"]["position"] == 8192
    assert kept["runs"] == [run_id, host.launched[-1]["run_id"]]


def test_it_gives_up_after_three_interruptions_without_progress_between_them(host: FakeHost) -> None:
    report = interrupt(host, start(host), checkpoint(4096))
    for _ in range(3):
        assert report.verdict is Verdict.RUNNING
        report = interrupt(host, report, checkpoint(4096))
    assert report.verdict is Verdict.UNKNOWN
    assert "interrupted 3 times" in report.message


def test_interruptions_with_progress_between_them_may_be_any_number(host: FakeHost) -> None:
    report = start(host)
    for position in range(4096, 12 * 4096, 4096):
        report = interrupt(host, report, checkpoint(position))
    assert report.verdict is Verdict.RUNNING
    assert len(host.launched) == 12


@pytest.mark.parametrize(
    "ended",
    [
        {"state": "exited", "signal": 9, "reason": None},
        {"state": "exited", "exit_code": 143, "reason": None, "result": {"stopped": "terminated"}},
        {"state": "refused", "reason": {"code": "busy", "message": "Busy."}},
    ],
)
def test_other_ends_from_outside_are_interruptions_too(host: FakeHost, ended: dict[str, Any]) -> None:
    report = interrupt(host, start(host), checkpoint(4096), **ended)
    assert report.verdict is Verdict.RUNNING
    assert len(host.launched) == 2


def test_a_refusal_is_unknown_and_names_the_reason(host: FakeHost) -> None:
    host.refuse = {"code": "mounted", "message": "It is mounted at /tank."}
    report = start(host)
    assert (report.verdict, report.message) == (Verdict.UNKNOWN, "It is mounted at /tank.")


def test_a_drive_that_changed_while_it_was_interrupted_is_begun_again_with_other_stamps(host: FakeHost) -> None:
    report = interrupt(host, start(host), checkpoint(4096))
    check = {"checked": 64, "unreadable": 0, "mismatches": [{"block": 5, "kind": "lost", "found": "zeros"}]}
    mismatch = {"completed": False, "stopped": "sample_mismatch", "sample_check": check}
    host.end(result={"stopped": "sample_mismatch", **mismatch}, exit_code=1)
    report = poll(host, poll(host, report))
    assert "start" not in host.launched[2]["engine"]
    assert host.launched[2]["engine"]["run_stamp"] != host.launched[0]["engine"]["run_stamp"]
    host.end(result=result(host))
    report = poll(host, report)
    assert report.verdict is Verdict.PASSED
    assert [(one.code, one.data["blocks"]) for one in report.findings] == [("began_again", [5])]


def test_the_table_reads_progress_in_the_same_shape_as_of_badblocks(host: FakeHost) -> None:
    report = start(host)
    assert report.message == "write stamps"
    moving = {"phase": "verify", "pass": 1, "pattern": "zero", "percent": 50.0, "bytes_done": 3 * SIZE + SIZE // 2}
    host.runs[report.state["run_id"]].update(progress={**moving, "checkpoint": checkpoint(0)}, paused=True)
    glance = STAGE.glance(report.state, {"runs": host.runs})
    assert (glance.message, glance.percent, glance.bytes_total) == ("verify zeros, paused", 87.5, 4 * SIZE)
    assert glance.shown["phases"] == [
        {"pattern": "stamps", "write": 100.0, "verify": 100.0},
        {"pattern": "zeros", "write": 100.0, "verify": 50.0},
    ]
    assert STAGE.glance(report.state, {"runs": {}}).decide


def test_cancelling_ends_the_engine_and_every_run_is_known_for_cleaning(host: FakeHost) -> None:
    report = interrupt(host, start(host), checkpoint(4096))
    STAGE.cancel(context(host, report.state))
    assert host.signals[0] == (host.launched[1]["run_id"], "terminate")
    assert STAGE.run_ids(report.state) == tuple(run["run_id"] for run in host.launched)
    watch = STAGE.watch(report.state)
    assert watch is not None
    assert watch.runs == (host.launched[1]["run_id"],)


def test_a_verdict_of_badblocks_says_what_it_cannot_see(host: FakeHost) -> None:
    report = STAGE.start(context(host, size=SIZE))
    for pattern in ("0xaa", "0x55", "0xff", "0x00"):
        assert report.findings == ()
        host.end(log=write_log(16383, pattern))
        report = STAGE.poll(context(host, report.state, size=SIZE))
    assert report.verdict is Verdict.PASSED
    assert report.findings == (BLIND_SPOTS,)
