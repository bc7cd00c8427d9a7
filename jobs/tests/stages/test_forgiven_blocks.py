"""What badblocks found is weighed whole against the number that is forgiven, whatever of it is kept or shown."""

from functools import partial

import pytest

from jobs.stages.base import Limits, StageReport, Verdict
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
