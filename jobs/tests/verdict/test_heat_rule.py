"""What the temperatures of a burn-in say."""

import pytest

from jobs.heat import Exposure
from jobs.stages.base import Cause, Severity
from jobs.tests.verdict.case_of import case, ruling
from jobs.verdict import Outcome


@pytest.mark.parametrize(
    ("highest", "limit", "named"),
    [(55, None, None), (56, None, 55), (51, 50, 50), (50, 50, None), (46, 40, None), (61, 60, 60)],
)
def test_a_drive_that_was_too_hot_accuses_the_place_and_not_the_drive(
    highest: int, limit: int | None, named: int | None
) -> None:
    facts = {} if limit is None else {"temperature_limit": limit}
    found = ruling(case(was=facts, heat=Exposure(90, highest, 30, 55)), "heat")
    if named is None:
        assert found.outcome is Outcome.CLEAR
    else:
        assert (found.severity, found.cause, found.evidence["limit_c"]) == (Severity.WARNING, Cause.HEAT, named)


def test_without_readings_it_says_so() -> None:
    assert ruling(case(), "heat").outcome is Outcome.NOT_APPLICABLE
