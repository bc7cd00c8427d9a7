"""A stamped run whose keeper died: nobody wrote down its end, but its result or its checkpoint says how far it was."""

from typing import Any

import pytest

from jobs.stages.base import Verdict
from jobs.tests.stages.fake_host import FakeHost
from jobs.tests.stages.stamped_stage import SIZE, checkpoint, error, interrupt, poll, result, start

FINISHED = checkpoint(0, "write", 2)
UNKEPT = {"state": "interrupted", "exit_code": None, "reason": {"code": "vanished", "message": "No exit code."}}


def unkept(host: FakeHost, found: dict[str, Any], **changes: Any) -> Any:
    report = start(host)
    host.end(**{**UNKEPT, "progress": {"checkpoint": FINISHED}, "result": found, **changes})
    return poll(host, report)


def test_the_result_of_a_run_that_was_through_counts(host: FakeHost) -> None:
    start(host)
    assert unkept(host, result(host)).verdict is Verdict.PASSED
    assert unkept(FakeHost(), result(host, error(7, "corrupt"))).verdict is Verdict.FAILED
    assert len(host.launched) == 1


def test_a_run_that_gave_up_counts_too(host: FakeHost) -> None:
    start(host)
    gave_up: dict[str, Any] = {"completed": False, "gave_up": True, "stopped": "max_errors"}
    assert unkept(host, result(host, error(7, "corrupt"), **gave_up)).verdict is Verdict.FAILED


def test_no_doubt_is_dropped_with_the_keeper(host: FakeHost) -> None:
    start(host)
    whole = result(host)
    assert unkept(host, whole, guard_checked=False).verdict is Verdict.UNKNOWN
    less = [{**whole["passes"][0], "bytes_verified": SIZE - 512}, whole["passes"][1]]
    assert unkept(FakeHost(), {**whole, "passes": less}).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("changes", [{"run_stamp": "another"}, {"completed": False, "stopped": "terminated"}])
def test_a_result_of_another_run_or_of_half_a_run_does_not_count(host: FakeHost, changes: dict[str, Any]) -> None:
    start(host)
    assert unkept(host, result(host, **changes)).verdict is Verdict.RUNNING


def test_without_a_result_a_finished_checkpoint_is_the_end_of_the_last_verification(host: FakeHost) -> None:
    report = interrupt(host, start(host), FINISHED, **UNKEPT)
    assert report.verdict is Verdict.RUNNING
    begun = host.launched[1]["engine"]["start"]
    assert (begun["pass"], begun["phase"], begun["position"]) == (1, "verify", SIZE)
    host.end(result=result(host))
    assert poll(host, report).verdict is Verdict.PASSED


def test_our_copy_of_a_finished_checkpoint_is_no_start_either(host: FakeHost) -> None:
    report = start(host)
    report.state["checkpoint"] = dict(FINISHED)  # as an earlier version stored it
    interrupt(host, report, None, **UNKEPT)
    assert host.launched[1]["engine"]["start"]["pass"] == 1
