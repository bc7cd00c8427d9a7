"""What the stamped engine calls the things that can be wrong with a drive."""

import os
import signal

import pytest

from drives.tests.program.stamp_bench import MIB, ONE, RUN, SIZE, TWO, ZERO, Faults, StampBench, bench, faults

__all__ = ["bench", "faults"]
KEPT = b"\x11" * 512


def changed(block: bytes, *places: int) -> bytes:
    """The block with one bit flipped in each of these bytes."""
    data = bytearray(block)
    for place in places:
        data[place] ^= 0x04
    return bytes(data)


def test_blocks_that_cannot_be_read_are_named_alone(bench: StampBench, faults: type[Faults]) -> None:
    faults.unreadable = {700 * 512, 701 * 512 + 5, SIZE - 1}

    assert bench.work() == 0

    assert bench.found("block", "kind", "phase") == [(n, "unreadable", "verify") for n in (700, 701, SIZE // 512 - 1)]
    assert bench.result["passes"][0]["bytes_verified"] == SIZE - 3 * 512
    assert (bench.result["completed"], bench.progress["errors"]) == (True, [3, 0, 0])


def test_a_block_that_cannot_be_written_is_named_once_and_its_neighbours_are_written(
    bench: StampBench, faults: type[Faults]
) -> None:
    faults.unwritable = {700 * 512}

    bench.work()

    assert bench.found("block", "kind", "phase") == [(700, "unwritable", "write")]
    assert bench.progress["errors"] == [0, 1, 0]
    assert (bench.at(699), bench.at(700), bench.at(701)) == (
        bench.stamped_block(1, 699),
        KEPT,
        bench.stamped_block(1, 701),
    )
    assert bench.result["passes"][0]["bytes_written"] == bench.result["passes"][0]["bytes_verified"] == SIZE - 512


def test_what_fails_once_is_tried_again_and_counted(bench: StampBench, faults: type[Faults]) -> None:
    faults.unreadable, faults.once = {5 * 512, 2 * MIB}, True

    bench.work()

    assert (bench.result["error_count"], bench.result["passes"][0]["retried"]) == (0, 2)
    assert bench.result["passes"][0]["bytes_verified"] == SIZE


@pytest.mark.parametrize(("places", "bits"), [((100,), 1), ((0,), 1), ((8, 16, 24, 511), 4)])
def test_flipped_bits_are_counted(bench: StampBench, faults: type[Faults], places: tuple[int, ...], bits: int) -> None:
    faults.when_flushed.append(lambda: bench.put(42, changed(bench.at(42), *places)))

    bench.work()

    assert bench.found("block", "kind", "bits") == [(42, "corrupt", bits)]


def test_a_torn_block_is_corrupt(bench: StampBench, faults: type[Faults]) -> None:
    faults.when_flushed.append(lambda: bench.put(42, bench.at(42)[:64] + bytes(448)))

    bench.work()

    assert bench.found("block", "kind") == [(42, "corrupt")]


def test_what_an_earlier_pass_left_is_stale(bench: StampBench, faults: type[Faults]) -> None:
    stale = [bench.stamped_block(1, 42), changed(bench.stamped_block(1, 43), 3, 300)]
    faults.when_flushed += [lambda: None, lambda: bench.put(42, b"".join(stale))]

    bench.work(ONE, TWO)

    assert bench.found("block", "kind", "found", "pass") == [(42, "stale", "stamp 1", 1), (43, "stale", "stamp 1", 1)]


def test_zeros_are_stale_after_a_pass_of_zeros_and_lost_before(bench: StampBench, faults: type[Faults]) -> None:
    faults.when_flushed += [lambda: bench.put(7, bytes(512)), lambda: None, lambda: bench.put(9, bytes(512))]

    bench.work(ONE, ZERO, TWO)

    assert bench.found("block", "kind", "found") == [(7, "lost", "zeros"), (9, "stale", "zero")]


def test_what_was_there_before_the_run_is_lost(bench: StampBench, faults: type[Faults]) -> None:
    text = (b"somebody's letters " * 30)[:512]
    faults.when_flushed.append(lambda: bench.put(7, KEPT + text + bench.stamped_block(1, 9, run="1" * 16)))

    bench.work()

    assert [kind for (kind,) in bench.found("kind")] == ["lost"] * 3
    assert bench.found("found")[0] == ("only 0x11",)


def test_a_write_that_went_astray_names_the_place_it_was_meant_for(bench: StampBench, faults: type[Faults]) -> None:
    def stray() -> None:
        bench.put(4096, bench.at(100, 8))
        bench.put(100, KEPT * 8)

    faults.when_flushed.append(stray)

    bench.work()

    assert bench.found("block", "kind")[:8] == [(block, "lost") for block in range(100, 108)]
    assert bench.found("block", "kind")[8:] == [(block, "foreign_address") for block in range(4096, 4104)]
    assert [error["address"] for error in bench.result["errors"][8:]] == list(range(100, 108))
    assert bench.result["wraps_at_bytes"] is None


def test_a_write_that_went_astray_to_an_earlier_place_is_no_wrap(bench: StampBench, faults: type[Faults]) -> None:
    faults.when_flushed.append(lambda: bench.put(0, bench.at(4096, 8)))

    bench.work()

    assert bench.found("kind") == [("foreign_address",)] * 8
    assert bench.result["wraps_at_bytes"] is None


@pytest.mark.parametrize("room", [MIB, MIB // 2, 3 * 4096, 2 * MIB + 512, 3 * MIB])
def test_a_drive_that_wraps_is_told_with_its_real_size(bench: StampBench, faults: type[Faults], room: int) -> None:
    faults.room = room

    bench.work(max_errors=50, io_bytes=MIB)

    assert {kind for (kind,) in bench.found("kind")} == {"foreign_address"}
    assert bench.result["wraps_at_bytes"] == room


def test_a_block_of_the_zero_pass_that_holds_a_stamp_is_stale(bench: StampBench, faults: type[Faults]) -> None:
    left = [bench.stamped_block(1, 42), bench.stamped_block(1, 99), changed(bytes(512), 17)]
    faults.when_flushed += [lambda: None, lambda: bench.put(42, b"".join(left))]

    bench.work(ONE, ZERO)

    assert bench.found("block", "kind") == [(42, "stale"), (43, "foreign_address"), (44, "corrupt")]


def test_it_gives_up_at_the_most_errors(bench: StampBench, faults: type[Faults]) -> None:
    faults.when_flushed.append(lambda: bench.put(0, KEPT * 300))

    assert bench.work(max_errors=20) == 0

    assert (bench.result["completed"], bench.result["gave_up"], bench.result["stopped"]) == (False, True, "max_errors")
    assert (bench.result["error_count"], len(bench.result["errors"])) == (20, 20)
    assert bench.result["passes"][0]["bytes_verified"] == 0


def test_it_gives_up_while_writing_too(bench: StampBench, faults: type[Faults]) -> None:
    faults.unwritable = set(range(MIB, MIB + 40 * 512, 512))

    assert bench.work(max_errors=40) == 0

    assert bench.result["gave_up"] is True
    assert bench.result["passes"][0]["bytes_verified"] == 0
    assert bench.at(3 * MIB // 512) in (KEPT, bench.stamped_block(1, 3 * MIB // 512))


def test_a_drive_that_answers_nowhere_is_gone_and_not_bad(bench: StampBench, faults: type[Faults]) -> None:
    faults.gone_from = 2 * MIB

    assert bench.work() == 1

    assert (bench.result["stopped"], bench.result["errors"]) == ("device_gone", [])
    assert bench.checkpoint["position"] == 2 * MIB


@pytest.mark.parametrize(
    ("times", "errors", "retried"), [(1, [], 1), (2, [(None, "unflushed", "Input/output error")], 0)]
)
def test_a_flush_that_fails_twice_is_an_error(
    bench: StampBench, faults: type[Faults], times: int, errors: list[object], retried: int
) -> None:
    def fail() -> None:
        raise OSError(5, "Input/output error")

    faults.when_flushed += [fail] * times

    bench.work()

    assert bench.found("block", "kind", "found") == errors
    assert (bench.result["completed"], bench.result["passes"][0]["retried"]) == (True, retried)


def test_the_stamp_of_another_run_is_not_ours(bench: StampBench) -> None:
    bench.work()
    bench.work(run_stamp="1" * 16, verify=False)

    assert bench.at(5) == bench.stamped_block(1, 5, run="1" * 16) != bench.stamped_block(1, 5, run=RUN)


def test_it_can_be_ended_while_it_looks_for_the_bad_blocks_of_a_range(bench: StampBench, faults: type[Faults]) -> None:
    faults.unreadable = set(range(2 * MIB, 2 * MIB + 80 * 512, 512))
    reads = faults.fill

    def end_soon(self: Faults, view: memoryview, offset: int) -> None:
        if offset == 2 * MIB + 10 * 512:
            os.kill(os.getpid(), signal.SIGTERM)
        reads(self, view, offset)

    faults.fill = end_soon  # type: ignore[method-assign]

    assert bench.work() == 143
    assert 0 < bench.result["error_count"] < 80
    checkpoint, faults.fill = bench.checkpoint, reads  # type: ignore[method-assign]

    assert bench.work(start=checkpoint) == 0
    assert bench.found("block") == [(4096 + number,) for number in range(80)]
    assert bench.result["passes"][0]["bytes_verified"] == SIZE - 80 * 512
