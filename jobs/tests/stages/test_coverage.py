"""What was written and compared: the union must be every block, and only what came in the right order counts."""

import random
from typing import Any

import pytest

from jobs.stages.surface.coverage import (
    COMPARE,
    WRITE,
    Coverage,
    Need,
    claim,
    coverage,
    cut,
    join,
    missing,
    next_need,
)

LAST = 999


def done(*claims: tuple[str, int, int]) -> list[dict[str, Any]]:
    return [{"did": did, "first": first, "last": last} for did, first, last in claims]


def test_nothing_done_needs_everything() -> None:
    assert next_need([], LAST) == Need(WRITE, 0, LAST)
    assert not coverage([]).is_whole(LAST)


def test_a_whole_pattern_needs_nothing() -> None:
    claims = done((WRITE, 0, LAST), (COMPARE, 0, LAST))
    assert coverage(claims).is_whole(LAST)
    assert next_need(claims, LAST) is None


def test_cut_off_while_writing_it_writes_the_rest_and_then_compares_the_head() -> None:
    claims = done((WRITE, 0, 399))
    assert next_need(claims, LAST) == Need(WRITE, 400, LAST)
    claims += done((WRITE, 400, LAST), (COMPARE, 400, LAST))
    assert next_need(claims, LAST) == Need(COMPARE, 0, 399)
    claims += done((COMPARE, 0, 399))
    assert next_need(claims, LAST) is None


def test_cut_off_while_verifying_it_only_compares() -> None:
    claims = done((WRITE, 0, LAST), (COMPARE, 0, 699))
    assert next_need(claims, LAST) == Need(COMPARE, 700, LAST)


def test_cut_off_again_and_again_it_never_forgets_a_piece() -> None:
    claims = done((WRITE, 0, 99), (WRITE, 100, 499), (WRITE, 500, LAST), (COMPARE, 500, 799))
    assert next_need(claims, LAST) == Need(COMPARE, 0, 499)
    claims += done((COMPARE, 0, 249))
    assert next_need(claims, LAST) == Need(COMPARE, 250, 499)
    claims += done((COMPARE, 250, 499))
    assert next_need(claims, LAST) == Need(COMPARE, 800, LAST)


def test_what_is_written_again_must_be_compared_again() -> None:
    have = coverage(done((WRITE, 0, LAST), (COMPARE, 0, LAST), (WRITE, 10, 19)))
    assert have == Coverage(((0, LAST),), ((0, 9), (20, LAST)))


def test_comparing_what_was_not_written_proves_nothing() -> None:
    have = coverage(done((COMPARE, 0, LAST), (WRITE, 0, 99)))
    assert have == Coverage(((0, 99),), ())


@pytest.mark.parametrize("empty", [(5, 4), (0, -1)])
def test_an_empty_range_is_no_claim(empty: tuple[int, int]) -> None:
    assert claim(WRITE, *empty) == []


def test_ranges_join_with_their_neighbours() -> None:
    assert join(((0, 4), (6, 9)), (5, 5)) == ((0, 9),)
    assert cut(((0, 9),), (3, 5)) == ((0, 2), (6, 9))
    assert missing(((2, 3), (8, 9)), 9) == ((0, 1), (4, 7))


@pytest.mark.parametrize("seed", range(20))
def test_however_often_it_is_cut_off_the_end_is_whole_and_nothing_is_believed_that_was_not_done(seed: int) -> None:
    """Plays a drive block by block: at the end each block holds the pattern and was compared after its last writing."""
    chance = random.Random(seed)  # noqa: S311  a game, no secret
    claims: list[dict[str, Any]] = []
    good: dict[int, bool] = {}  # block: compared since it was written
    for _ in range(200):
        need = next_need(claims, 99)
        if need is None:
            break
        at = chance.randint(need.first, need.last)
        writing = need.kind == WRITE and chance.random() < 0.5
        if need.kind == WRITE:
            end = at if writing else need.last
            good |= dict.fromkeys(range(need.first, end + 1), False)
            claims += claim(WRITE, need.first, end)
        if not writing:
            good |= dict.fromkeys(range(need.first, at + 1), True)
            claims += claim(COMPARE, need.first, at)
    assert next_need(claims, 99) is None
    assert good == dict.fromkeys(range(100), True)
