"""The stage rail."""

import pytest

from jobs.board.rail import Segment, build_rail
from jobs.models import BurninStage
from jobs.tests.ui.workbench import FULL


def rail_of(**states: str) -> list[Segment]:
    return build_rail([BurninStage(stage_name=name, state=states.get(name, "pending")) for name in FULL])


def surface(state: str, percent: float = 0.0, **data: object) -> list[Segment]:
    return build_rail([BurninStage(stage_name="surface_validate", state=state, percent=percent, data=data)])


def tones(segments: list[Segment]) -> list[str]:
    return [segment.tone for segment in segments]


def test_it_has_one_segment_per_stage_and_eight_for_the_surface() -> None:
    assert len(rail_of()) == len(FULL) - 1 + 8


def test_it_fills_the_whole_width_without_overlap() -> None:
    segments = rail_of()
    assert segments[-1].x + segments[-1].width == pytest.approx(100, abs=0.1)
    for left, right in zip(segments, segments[1:], strict=False):
        assert left.x + left.width < right.x


def test_no_stage_is_too_small_to_see() -> None:
    assert min(segment.width for segment in rail_of()) > 1.5


def test_it_shows_what_the_stage_says_of_its_phases() -> None:
    phases = [{"pattern": "0xaa", "write": 100.0, "verify": 40.0}, {"pattern": "0x55", "write": 0.0, "verify": 0.0}]
    segments = surface("running", 1.0, phases=phases)
    assert tones(segments) == ["done", "running", "pending", "pending"]
    assert segments[1].fill == pytest.approx(segments[1].width * 0.4, abs=0.01)
    assert segments[1].title == "Surface · verify 0xaa"


def test_it_works_out_the_phases_from_the_percent_when_the_stage_says_nothing() -> None:
    assert tones(surface("running", 30.0)) == ["done", "done", "running", *["pending"] * 5]


@pytest.mark.parametrize(("state", "tone"), [("failed", "failed"), ("unknown", "unknown"), ("cancelled", "stopped")])
def test_the_phase_in_which_it_ended_has_the_colour_of_the_end(state: str, tone: str) -> None:
    segments = surface(state, 22.0)
    assert tones(segments) == ["done", tone, *["pending"] * 6]
    assert segments[1].fill == segments[1].width


def test_a_failed_surface_shows_red_even_when_all_phases_were_walked() -> None:
    assert tones(surface("failed", 100.0))[-1] == "failed"


def test_a_passed_surface_is_done_whatever_its_percent_says() -> None:
    assert set(tones(surface("passed", 99.9))) == {"done"}


def test_a_stage_that_was_skipped_is_empty() -> None:
    segment = build_rail([BurninStage(stage_name="long_smart", state="skipped", percent=50)])[0]
    assert (segment.tone, segment.fill) == ("pending", 0.0)


def test_a_burnin_without_stages_has_no_rail() -> None:
    assert build_rail([]) == []


def test_stamps_and_zeros_are_four_phases_also_before_they_begin() -> None:
    stage = BurninStage(stage_name="surface_validate", state="pending")
    titles = [segment.title for segment in build_rail([stage], plan="standard")]
    assert titles == [
        "Surface · write stamps",
        "Surface · verify stamps",
        "Surface · write zeros",
        "Surface · verify zeros",
    ]
