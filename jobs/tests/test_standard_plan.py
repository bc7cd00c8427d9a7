"""A burn-in by the standard plan, from the start to the verdict, in the database."""

from typing import Any

from jobs.models import JobState
from jobs.tests.bench import SIZE, Bench

LOG = [{"pass": 0, "phase": "write", "mbps": [210.5] * 1000, "worst_ms": [20.0] * 1000}]


def whole(bench: Bench) -> dict[str, Any]:
    """Return the result of a run over a healthy drive."""
    done = {"bytes_written": SIZE, "bytes_verified": SIZE, "write_seconds": 2.0, "verify_seconds": 2.0, "errors": 0}
    return {
        "completed": True,
        "run_stamp": bench.door.launched[-1]["engine"]["run_stamp"],
        "size_bytes": SIZE,
        "logical_block": 512,
        "passes": [{"kind": "stamp", "number": 1, **done}, {"kind": "zero", "number": 0, **done}],
        "errors": [],
        "error_count": 0,
        "position_log": LOG,
    }


def test_it_passes_and_keeps_its_proof_and_its_position_log(bench: Bench) -> None:
    job = bench.tick(bench.start(plan="standard"))
    assert bench.door.launched[-1]["engine"]["name"] == "stamped"
    bench.door.end(result=whole(bench))
    job = bench.tick(job)
    assert (job.state, job.plan) == (JobState.PASSED, "standard")
    assert {line["label"] for line in job.verdict["proof"]} >= {"Pass of stamps", "Pass of zeros", "Identity"}
    assert bench.stage(job).position_log == LOG


def test_a_reboot_of_the_host_makes_it_go_on_and_not_begin_again(bench: Bench) -> None:
    job = bench.tick(bench.start(plan="standard"))
    checkpoint = {"pass": 0, "phase": "verify", "position": 4096, "run_stamp": "ab"}
    rebooted = {"code": "rebooted", "message": "The host was restarted."}
    bench.door.end(state="lost", exit_code=None, reason=rebooted, progress={"checkpoint": checkpoint})
    job = bench.tick(bench.tick(job))
    assert "verify stamps" in bench.stage(job).message
    assert [run["engine"].get("start") for run in bench.door.launched] == [None, checkpoint]
    bench.door.end(result=whole(bench))
    assert bench.tick(job).state == JobState.PASSED


def test_a_crash_of_ours_before_the_first_report_starts_no_second_run(bench: Bench) -> None:
    job = bench.start(plan="standard")
    launch, crashes = bench.door.launch, [1]

    def crash_once(**asked: Any) -> Any:
        answer = launch(**asked)
        if crashes:
            crashes.pop()
            raise ValueError("a bug of ours")
        return answer

    bench.door.launch = crash_once  # type: ignore[method-assign]
    job = bench.tick(bench.tick(job), after_s=10)
    assert job.state == JobState.RUNNING
    assert len(bench.door.launched) == 1
    bench.door.end(result=whole(bench))
    assert bench.tick(job).state == JobState.PASSED
