"""Random I/O: passes on verified accesses, fails on errors, and says unknown when there were too few."""

from typing import Any

import pytest

from jobs.stages.base import Limits, Severity, StageReport, Verdict
from jobs.stages.io_validate import IoValidate
from jobs.tests.stages.fake_host import FakeHost, context

STAGE = IoValidate()
LATENCY = {"p50": 4.0, "p95": 9.0, "p99": 12.0, "max": 40.0}


def engine_result(**changes: Any) -> dict[str, Any]:
    """Return what the host-side program's engine leaves behind."""
    told = {"asked": 1000, "done": 1000, "latency_ms": LATENCY}
    result = {
        "engine": "io_validate",
        "complete": True,
        "out_of_time": False,
        "reads": told,
        "writes": {**told, "asked": 500, "done": 500},
        "verified": 500,
        "error_count": 0,
        "errors": [],
    }
    return {**result, **changes}


def ended(result: dict[str, Any] | None, **changes: Any) -> StageReport:
    host = FakeHost()
    report = STAGE.start(context(host))
    host.end(result=result, **changes)
    return STAGE.poll(context(host, report.state))


def test_it_passes_with_the_numbers_and_latencies() -> None:
    report = ended(engine_result())
    assert report.verdict is Verdict.PASSED
    assert report.proof[0].value == "1000 reads, 500 writes read back, 0 errors"
    assert [finding.code for finding in report.findings] == ["read_latency", "write_latency"]
    assert report.findings[0].data["p99"] == 12.0


def test_it_fails_on_an_error_and_names_the_place() -> None:
    errors = [{"offset": 4096, "kind": "corrupt", "message": "x"}]
    report = ended(engine_result(error_count=1, errors=errors))
    assert report.verdict is Verdict.FAILED
    assert "(corrupt) at byte 4096" in report.findings[0].message
    assert report.bad_blocks == 1


def test_a_slow_drive_passes_on_what_it_did_in_the_time() -> None:
    told = {"asked": 1000, "done": 300, "latency_ms": LATENCY}
    result = engine_result(complete=False, out_of_time=True, reads=told, writes=told)
    assert ended(result, exit_code=1).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    "result",
    [
        None,
        engine_result(complete=False),
        engine_result(complete=False, out_of_time=True, reads={"done": 900}, writes={"done": 3}),
    ],
)
def test_too_little_proves_nothing(result: dict[str, Any] | None) -> None:
    assert ended(result, exit_code=1).verdict is Verdict.UNKNOWN


def test_a_second_of_waiting_is_a_warning() -> None:
    slow = {"asked": 1000, "done": 1000, "latency_ms": {**LATENCY, "max": 2400.0}}
    report = ended(engine_result(reads=slow))
    assert report.verdict is Verdict.PASSED
    assert report.findings[0].severity is Severity.WARNING


def test_it_keeps_to_the_time_that_was_set() -> None:
    host = FakeHost()
    STAGE.start(context(host, limits=Limits(io_seconds=7)))
    assert host.launched[0]["engine"]["seconds"] == 7


def test_the_guards_refusal_is_its_reason() -> None:
    host = FakeHost()
    host.refuse = {"code": "mounted", "message": "/dev/sdb is mounted at /tank."}
    assert STAGE.start(context(host)).message == "/dev/sdb is mounted at /tank."
