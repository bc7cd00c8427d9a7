"""A surface test that was cut off goes on where it was, after a look at what is there, and still proves every block."""

from datetime import timedelta
from typing import Any

from jobs.stages.base import Limits, StageReport, Verdict
from jobs.stages.surface.coverage import coverage
from jobs.stages.surface_validate import SurfaceValidate
from jobs.tests.badblocks_output import compare_log, write_log
from jobs.tests.stages.fake_host import NOW, FakeHost, context

STAGE = SurfaceValidate()
LAST = 16383
MIB = 2**20
SAME = {"complete": True, "checked": 64, "unreadable": [], "mismatches": []}
LOST: dict[str, Any] = {
    "state": "interrupted",
    "exit_code": None,
    "reason": {"code": "rebooted", "message": "Restarted."},
}


def poll(host: FakeHost, report: StageReport, **changes: Any) -> StageReport:
    return STAGE.poll(context(host, report.state, **changes))


def cut_off(host: FakeHost, report: StageReport, phase: str, mib: int, **changes: Any) -> StageReport:
    """Cut the newest run off at this place, and let the stage look twice."""
    checkpoint = {
        "phase": phase,
        "pattern": "0xaa",
        "position": mib * MIB,
        "percent": 100 * mib / 64,
        "errors": [0, 0, 0],
    }
    host.end(**{**LOST, "checkpoint": checkpoint, **changes})
    report = poll(host, report)
    return poll(host, report) if report.verdict is Verdict.RUNNING else report


def newest(host: FakeHost) -> dict[str, Any]:
    return host.launched[-1]


def range_of(host: FakeHost) -> tuple[int, int]:
    last, first = newest(host)["argv"][-2:]
    return int(first), int(last)


def finish_rest(host: FakeHost, report: StageReport) -> StageReport:
    for pattern in ("0x55", "0xff", "0x00"):
        host.end(log=write_log(LAST, pattern))
        report = poll(host, report)
    return report


def test_cut_off_while_writing_it_looks_writes_the_rest_and_compares_the_head(host: FakeHost) -> None:
    report = cut_off(host, STAGE.start(context(host)), "write", 32)
    sample = newest(host)["engine"]
    assert (sample["name"], sample["offset"], sample["length"], sample["blocks"]) == ("sample", 0, 28 * MIB, 64)

    host.end(result=SAME)
    report = poll(host, report)
    assert "-wsv" in newest(host)["argv"]
    assert range_of(host) == (28 * 256, LAST)

    host.end(log=write_log(LAST).replace("block 0 to", f"block {28 * 256} to"))
    report = poll(host, report)
    assert "-wsv" not in newest(host)["argv"]
    assert range_of(host) == (0, 28 * 256 - 1)

    host.end(log=compare_log(0, 28 * 256 - 1))
    report = finish_rest(host, poll(host, report))
    assert report.verdict is Verdict.PASSED
    assert report.proof[0].value == "blocks 0 to 16383 of 4096 bytes written and compared, 0 errors, in 2 parts"


def test_cut_off_while_verifying_it_looks_and_only_compares_the_rest(host: FakeHost) -> None:
    report = cut_off(host, STAGE.start(context(host)), "verify", 32)
    host.end(result=SAME)
    report = poll(host, report)
    argv = newest(host)["argv"]
    assert "-wsv" not in argv
    assert range_of(host) == (8191 - 1024, LAST)
    host.end(log=compare_log(8191 - 1024, LAST))
    assert finish_rest(host, poll(host, report)).verdict is Verdict.PASSED


def test_a_sample_that_differs_restarts_the_pattern_and_says_why(host: FakeHost) -> None:
    report = cut_off(host, STAGE.start(context(host)), "verify", 32)
    host.end(result={**SAME, "mismatches": [4711]})
    report = poll(host, report)
    assert range_of(host) == (0, LAST)
    assert "-wsv" in newest(host)["argv"]
    assert report.findings[0].code == "pattern_restarted"
    assert "somebody wrote to the drive" in report.findings[0].message
    host.end(log=write_log(LAST))
    report = finish_rest(host, poll(host, report))
    assert report.verdict is Verdict.PASSED
    assert report.findings[0].severity == "info"


def test_cut_off_before_anything_is_certain_it_starts_the_pattern_without_a_sample(host: FakeHost) -> None:
    report = cut_off(host, STAGE.start(context(host)), "write", 2)
    assert range_of(host) == (0, LAST)
    assert report.verdict is Verdict.RUNNING


def test_it_is_cut_off_any_number_of_times_as_long_as_it_gets_on(host: FakeHost) -> None:
    report = STAGE.start(context(host))
    for mib in range(10, 60, 5):
        report = cut_off(host, report, "write", mib)
        host.end(result=SAME)
        report = poll(host, report)
        assert report.verdict is Verdict.RUNNING
    assert len(report.state["interruptions"]) == 10
    assert coverage(report.state["claims"]).written == ((0, 51 * 256 - 1),)


def test_what_is_lost_is_written_down(host: FakeHost) -> None:
    report = cut_off(host, STAGE.start(context(host)), "write", 32)
    assert report.state["interruptions"][0]["lost_bytes"] == 4 * MIB
    assert report.state["interruptions"][0]["why"] == "the host was restarted"


def test_bad_blocks_found_before_the_cut_are_not_forgotten(host: FakeHost) -> None:
    report = STAGE.start(context(host))
    checkpoint = {"phase": "verify", "pattern": "0xaa", "position": 32 * MIB, "percent": 50.0, "errors": [1, 0, 0]}
    host.end(stdout="2000\n", **{**LOST, "checkpoint": checkpoint})
    report = poll(host, poll(host, report))
    host.end(result={**SAME, "mismatches": [2000]})
    report = poll(host, report)
    host.end(log=compare_log(*range_of(host)))
    report = poll(host, report)
    assert range_of(host) == (976, 2000)
    host.end(stdout="2000\n", log=compare_log(976, 2000, errors=(1, 0, 0)))
    report = poll(host, report)
    assert report.verdict is Verdict.FAILED
    assert report.findings[0].data["blocks"] == [2000]


def test_bad_blocks_whose_numbers_were_lost_are_looked_for_again(host: FakeHost) -> None:
    report = cut_off(
        host,
        STAGE.start(context(host)),
        "verify",
        32,
        checkpoint={"phase": "verify", "pattern": "0xaa", "position": 32 * MIB, "percent": 50.0, "errors": [3, 0, 0]},
    )
    assert report.state["claims"] == []
    assert range_of(host) == (0, LAST)


def test_a_drive_that_went_away_has_no_bad_blocks_and_is_waited_for(host: FakeHost) -> None:
    report = STAGE.start(context(host))
    host.end(stdout="8000\n8001\n8002\n", log=write_log(LAST, errors=(3, 0, 0)))
    host.disks = [{"serial": "ZA2", "devname": "sdb"}]
    report = poll(host, report)
    assert report.verdict is Verdict.RUNNING
    host.refuse = {"code": "drive_absent", "message": "No drive of this host says it is ZA1."}
    report = poll(host, report)
    assert report.waiting == "Waiting for ZA1: it is not in nas-1. sdb is ZA2 now, which is not touched."
    assert report.bad_blocks == 0
    launches = len(host.launched)
    report = poll(host, report, now=NOW + timedelta(hours=3))
    assert report.waiting
    assert len(host.launched) == launches

    host.disks, host.refuse = [{"serial": "ZA1", "devname": "sdq"}], None
    report = poll(host, report, now=NOW + timedelta(hours=4))
    assert not report.waiting
    assert newest(host)["engine"]["name"] == "sample"


def test_a_drive_that_never_comes_back_ends_unknown(host: FakeHost) -> None:
    report = STAGE.start(context(host))
    host.end(log="", reason={"code": "device_gone", "message": "gone"})
    host.disks = []
    host.refuse = {"code": "drive_absent", "message": "No drive of this host says it is ZA1."}
    report = poll(host, poll(host, report))
    assert report.waiting
    limits = Limits(drive_wait_s=3600)
    report = poll(host, report, now=NOW + timedelta(minutes=61), limits=limits)
    assert report.verdict is Verdict.UNKNOWN
    assert "did not come back for 1 h" in report.message


def test_a_host_that_forgot_the_run_goes_on_from_what_was_seen_of_it(host: FakeHost) -> None:
    report = STAGE.start(context(host))
    progress = {"phase": "write", "pattern": "0xaa", "percent": 50.0, "position": 32 * MIB, "errors": [0, 0, 0]}
    host.runs[newest(host)["run_id"]]["progress"] = progress
    report = poll(host, report)
    host.runs.clear()
    report = poll(host, poll(host, report))
    assert newest(host)["engine"]["length"] == 28 * MIB


def test_another_attempt_goes_on_where_the_last_one_ended(host: FakeHost) -> None:
    report = STAGE.start(context(host))
    progress = {"phase": "verify", "pattern": "0xaa", "percent": 50.0, "position": 32 * MIB, "errors": [0, 0, 0]}
    host.runs[newest(host)["run_id"]]["progress"] = progress
    report = poll(host, report)
    first = newest(host)["run_id"]
    report = STAGE.start(context(host, report.state, run_key="i1-j7-4-surface_validate-a2"))
    assert host.signals == [(first, "terminate")]
    assert newest(host)["engine"]["name"] == "sample"
    assert newest(host)["run_id"].startswith("i1-j7-4-surface_validate-a2-")


def test_an_interrupted_sample_is_taken_again(host: FakeHost) -> None:
    report = cut_off(host, STAGE.start(context(host)), "write", 32)
    first = newest(host)["run_id"]
    host.end(**LOST)
    report = poll(host, poll(host, report))
    assert newest(host)["engine"]["name"] == "sample"
    assert newest(host)["run_id"] != first
