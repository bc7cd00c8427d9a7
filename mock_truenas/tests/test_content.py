"""What a drive holds is kept as stretches of one pattern each."""

from hypothesis import given
from hypothesis import strategies as st

from mock_truenas.world.content import Extent, mismatches, overwrite

SIZE = 40
WRITES = st.lists(st.tuples(st.integers(0, SIZE), st.integers(0, SIZE), st.sampled_from(["0xaa", "0x55"])), max_size=12)


def byte_by_byte(writes: list[Extent]) -> list[str | None]:
    held: list[str | None] = [None] * SIZE
    for start, end, pattern in writes:
        for at in range(start, end):
            held[at] = pattern
    return held


@given(WRITES, st.sampled_from(["0xaa", "0x55"]))
def test_extents_hold_what_was_written_last(writes: list[Extent], pattern: str) -> None:
    extents: list[Extent] = []
    for start, end, written in writes:
        extents = overwrite(extents, start, end, written)

    wrong = {at for start, end in mismatches(extents, 0, SIZE, pattern) for at in range(start, end)}

    assert wrong == {at for at, held in enumerate(byte_by_byte(writes)) if held != pattern}


def test_neighbours_of_one_pattern_become_one_stretch() -> None:
    extents = overwrite(overwrite([], 0, 10, "0xaa"), 10, 20, "0xaa")

    assert extents == [(0, 20, "0xaa")]
