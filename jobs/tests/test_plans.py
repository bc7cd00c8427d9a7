"""Which stages a burn-in gets."""

from typing import Any

import pytest

from jobs.plans import BadPlan, make_plan

ALL = ("precheck", "short_smart", "long_smart", "surface_validate", "final_check")


@pytest.mark.parametrize(
    ("choices", "profile", "stages"),
    [
        ({}, "full", ALL),
        ({"run_long": False}, "surface_short", ("precheck", "short_smart", "surface_validate", "final_check")),
        ({"run_short": False}, "surface_long", ("precheck", "long_smart", "surface_validate", "final_check")),
        ({"run_short": False, "run_long": False}, "surface", ("precheck", "surface_validate", "final_check")),
        ({"run_surface": False}, "short_long", ("precheck", "short_smart", "long_smart", "final_check")),
        ({"run_surface": False, "run_long": False}, "short", ("precheck", "short_smart", "final_check")),
        ({"run_surface": False, "run_short": False}, "long", ("precheck", "long_smart", "final_check")),
        ({"profile": "quick"}, "quick", ("precheck", "short_smart", "io_validate", "final_check")),
    ],
)
def test_the_choices_make_the_plan(choices: dict[str, Any], profile: str, stages: tuple[str, ...]) -> None:
    plan = make_plan(**choices)
    assert (plan.profile, plan.stages) == (profile, stages)


def test_the_order_is_the_chosen_one_between_first_and_last() -> None:
    order = ["surface_validate", "long_smart", "short_smart"]
    assert make_plan(stage_order=order).stages == ("precheck", *order, "final_check")


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"run_surface": False, "run_short": False, "run_long": False}, "at least one test"),
        ({"stage_order": ["surface_validate", "short_smart"]}, "exactly the chosen tests"),
        ({"stage_order": ["surface_validate", "surface_validate", "short_smart"]}, "twice"),
        ({"stage_order": ["precheck", "short_smart", "long_smart"]}, "names 'precheck'"),
        ({"profile": "thorough"}, "no profile 'thorough'"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_with_a_sentence(choices: dict[str, Any], words: str) -> None:
    with pytest.raises(BadPlan, match=words) as refused:
        make_plan(**choices)
    assert refused.value.status == 422


@pytest.mark.parametrize(
    ("choices", "erases"), [({}, "yes"), ({"run_surface": False}, "no"), ({"profile": "quick"}, "yes")]
)
def test_a_plan_knows_whether_it_erases(choices: dict[str, Any], erases: str) -> None:
    assert make_plan(**choices).destructive is (erases == "yes")
