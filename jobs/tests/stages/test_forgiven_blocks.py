"""What badblocks found is weighed whole against the number that is forgiven, whatever of it is kept or shown."""

from functools import partial

import pytest

from jobs.stages.base import Limits, Severity, StageReport, Verdict
from jobs.stages.surface_validate import SurfaceValidate
from jobs.tests.badblocks_output import compare_log, write_log
from jobs.tests.stages.fake_host import FakeHost, context

STAGE = SurfaceValidate()
SIZE = 4 * 2**30


def found(host: FakeHost, bad: list[int], kind: int, allowed: int) -> StageReport:
    """Run all of the test over a drive that has these bad blocks; `kind`: 0 unreadable, 2 corrupted."""
    limits = Limits(bad_block_threshold=allowed)
    report = STAGE.start(context(host, size=SIZE, limits=limits))
    while report.verdict is Verdict.RUNNING:
        argv, errors = host.launched[-1]["argv"], [0, 0, 0]
        pattern, last, first = argv[argv.index("-t") + 1], int(argv[-2]), int(argv[-1])
        here = [block for block in bad if first <= block <= last]
        errors[kind] = len(here)
        log = write_log if "-wsv" in argv else partial(compare_log, first)
        host.end(stdout="\n".join(map(str, here)), log=log(last, pattern, (errors[0], errors[1], errors[2])))
        report = STAGE.poll(context(host, report.state, size=SIZE, limits=limits))
    return report


@pytest.mark.parametrize(
    ("bad", "allowed"), [([5_000 * place for place in range(1, 201)], 100), (list(range(3_000, 4_500)), 1_200)]
)
def test_all_that_was_reported_counts_however_little_of_it_is_looked_at_again(bad: list[int], allowed: int) -> None:
    report = found(FakeHost(), bad, 0, allowed)
    assert (report.verdict, report.bad_blocks) == (Verdict.FAILED, len(bad))
    assert report.message == f"{len(bad)} unreadable blocks"
    assert len(report.findings[0].data["blocks"]) <= 1_000
    assert found(FakeHost(), bad, 0, len(bad)).verdict is Verdict.PASSED


def test_a_block_that_was_passed_off_as_good_is_never_forgiven() -> None:
    report = found(FakeHost(), [5_000], 2, 5)
    assert (report.verdict, report.message) == (Verdict.FAILED, "1 corrupted block")
    assert report.findings[0].severity is Severity.FAILURE
    assert found(FakeHost(), [5_000], 0, 5).verdict is Verdict.PASSED


def test_wrong_content_that_only_the_second_look_finds_is_not_forgiven() -> None:
    limits, host = Limits(bad_block_threshold=5), FakeHost()
    report = STAGE.start(context(host, limits=limits))
    host.end(stdout="5120", log=write_log(16_383, errors=(1, 0, 0)))
    report = STAGE.poll(context(host, report.state, limits=limits))
    host.end(stdout="5120", log=compare_log(4_096, 5_120, errors=(0, 0, 1)))
    assert STAGE.poll(context(host, report.state, limits=limits)).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("kind", "verdict"), [("read", Verdict.PASSED), ("write", Verdict.PASSED), ("corrupt", Verdict.FAILED)]
)
def test_only_wrong_content_of_the_last_bytes_is_never_forgiven(kind: str, verdict: Verdict) -> None:
    limits, host, size = Limits(bad_block_threshold=5), FakeHost(), 64 * 2**20 + 512
    report = STAGE.start(context(host, size=size, limits=limits))
    for pattern in ("0xaa", "0x55", "0xff", "0x00"):
        host.end(log=write_log(16_383, pattern))
        report = STAGE.poll(context(host, report.state, size=size, limits=limits))
    errors = [{"pattern": "0xaa", "errors": [{"offset": 64 * 2**20, "kind": kind}]}]
    host.end(result={"complete": True, "bad_ranges": [[64 * 2**20, size]], "patterns": errors})
    assert STAGE.poll(context(host, report.state, size=size, limits=limits)).verdict is verdict
