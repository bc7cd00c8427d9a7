"""What an interrupted run is believed to have done: never more than it had."""

from typing import Any

import pytest

from jobs.stages.badblocks import Geometry, choose_geometry
from jobs.stages.surface.coverage import COMPARE, WRITE, Need
from jobs.stages.surface.places import best_claims, claims_before_error, claims_until, margin_blocks

TB = 10**12
GEOMETRY = choose_geometry(10 * TB)
WHOLE = Need(WRITE, 0, GEOMETRY.last)
READ_BACK = Need(COMPARE, 0, GEOMETRY.last)
MARGIN = 512 * 2**20 // 4096


def place(phase: str, position: int | None = None, percent: float = 0.0, **more: Any) -> dict[str, Any]:
    return {"phase": phase, "pattern": "0xaa", "position": position, "percent": percent, "errors": [0, 0, 0], **more}


def test_while_writing_a_drives_cache_is_not_believed() -> None:
    claims, behind = claims_until(WHOLE, "0xaa", GEOMETRY, place("write", 5 * TB, 50.0))
    end = 5 * TB // 4096 - MARGIN
    assert claims == [{"did": WRITE, "first": 0, "last": end - 1}]
    assert behind == end


def test_the_work_that_is_done_again_is_seconds() -> None:
    slowest = 60 * 10**6  # bytes per second at the inner edge of an old drive
    assert margin_blocks(GEOMETRY) * 4096 / slowest < 10


def test_a_small_drive_has_a_small_cache() -> None:
    small = choose_geometry(64 * 2**20)
    assert margin_blocks(small) * small.block == 4 * 2**20


def test_without_an_offset_the_percent_counts() -> None:
    claims, _ = claims_until(WHOLE, "0xaa", GEOMETRY, place("write", None, 50.0))
    assert claims[0]["last"] == GEOMETRY.last // 2 - MARGIN - 1


def test_while_verifying_all_was_written_and_the_lesser_figure_counts() -> None:
    claims, _ = claims_until(WHOLE, "0xaa", GEOMETRY, place("verify", 5 * TB, 40.0))
    compared = int(0.4 * GEOMETRY.last) - GEOMETRY.chunk
    assert claims == [
        {"did": WRITE, "first": 0, "last": GEOMETRY.last},
        {"did": COMPARE, "first": 0, "last": compared - 1},
    ]


def test_an_offset_left_over_from_writing_claims_nothing_of_the_verification() -> None:
    claims, _ = claims_until(WHOLE, "0xaa", GEOMETRY, place("verify", 10 * TB, 0.0))
    assert [each["did"] for each in claims] == [WRITE]


def test_a_comparison_never_claims_a_writing() -> None:
    claims, _ = claims_until(READ_BACK, "0xaa", GEOMETRY, place("verify", TB, 50.0))
    assert [each["did"] for each in claims] == [COMPARE]


def test_a_range_begins_where_it_begins() -> None:
    rest = Need(WRITE, GEOMETRY.last // 2, GEOMETRY.last)
    assert claims_until(rest, "0xaa", GEOMETRY, place("write", 0, 0.0)) == ([], rest.first)


@pytest.mark.parametrize("wrong", [{"pattern": "0x55"}, {"phase": None}, {"phase": "running"}])
def test_a_place_of_another_pattern_or_phase_claims_nothing(wrong: dict[str, Any]) -> None:
    assert claims_until(WHOLE, "0xaa", GEOMETRY, {**place("write", TB), **wrong})[0] == []


def test_of_several_places_the_furthest_counts_and_all_errors() -> None:
    early = place("write", TB, 10.0, errors=[0, 2, 0])
    late = place("verify", TB, 10.0)
    claims, errors, _ = best_claims(WHOLE, "0xaa", GEOMETRY, [early, late])
    assert [each["did"] for each in claims] == [WRITE, COMPARE]
    assert errors == 2


def test_of_a_drive_that_went_away_only_what_was_before_its_first_error_counts() -> None:
    small = Geometry(4096, 1024, 99_999, 0)
    writing = claims_before_error(Need(WRITE, 0, 99_999), small, "", [50_000, 50_001], write_errors=2)
    assert writing == [{"did": WRITE, "first": 0, "last": 50_000 - 1024 - margin_blocks(small) - 1}]
    reading = claims_before_error(Need(WRITE, 0, 99_999), small, "Reading and comparing: ", [50_000], write_errors=0)
    assert [each["did"] for each in reading] == [WRITE, COMPARE]
    assert claims_before_error(Need(WRITE, 0, 99_999), small, "Reading and comparing: ", [50_000], write_errors=1) == []
