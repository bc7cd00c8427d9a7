"""What the stamped engine lays down: blocks that say where, when and by whom they were written."""

import struct
import zlib

import pytest

from drives.hosts.program.engines.stamped_buffer import buffers
from drives.hosts.program.engines.stamped_content import Content
from drives.hosts.program.engines.stamped_plan import Pass

MIB = 1024 * 1024
RUN = 0x00C0FFEE00C0FFEE
FAR = 20 * 10**12


def laid_down(content: Content, offset: int, length: int = MIB) -> bytes:
    (buffer,) = buffers(1, length)
    content.lay_out(buffer)
    content.stamp(buffer, 0, length)
    content.stamp(buffer, offset, length)
    return buffer.view.tobytes()


@pytest.mark.parametrize("block", [512, 4096, 8192, 65536])
@pytest.mark.parametrize("offset", [0, MIB, 33 * MIB, 300 * MIB, FAR - FAR % MIB, 1 << 60])
def test_each_block_holds_its_own_address_the_run_and_the_pass(block: int, offset: int) -> None:
    data = laid_down(Content(RUN, Pass("stamp", 3), block), offset)

    for start in range(0, MIB, block):
        address, run, mark = struct.unpack_from("=3Q", data, start)
        assert address == (offset + start) // block
        assert run == RUN
        assert mark.to_bytes(8, "big") == b"BURNIN\x00\x03"


@pytest.mark.parametrize("block", [512, 4096, 8192, 65536])
def test_a_single_block_is_the_same_as_in_a_whole_buffer(block: int) -> None:
    content = Content(RUN, Pass("stamp", 1), block)
    data = laid_down(content, 7 * MIB)

    for start in range(0, MIB, block):
        assert content.block_at((7 * MIB + start) // block) == data[start : start + block]


def addresses(data: bytes, block: int) -> list[int]:
    return [struct.unpack_from("=Q", data, start)[0] for start in range(0, len(data), block)]


@pytest.mark.parametrize("block", [512, 4096, 8192, 65536])
def test_a_buffer_goes_from_place_to_place_and_back_and_leaves_its_neighbours_alone(block: int) -> None:
    content, carry = Content(RUN, Pass("stamp", 1), block), block << 24  # the third byte of an address overflows there
    before, used, after = buffers(3, 2 * MIB)
    for buffer in (before, used, after):
        content.lay_out(buffer)
    kept = before.view.tobytes()

    for offset in (0, carry - 2 * MIB, carry, (carry << 8) - 2 * MIB, carry << 8, carry - 2 * MIB, 0):
        content.stamp(used, offset, 2 * MIB)
        assert addresses(used.view.tobytes(), block) == [(offset + s) // block for s in range(0, 2 * MIB, block)]

    assert before.view == kept == after.view


@pytest.mark.parametrize(("offset", "length"), [(31 * MIB, 2 * MIB), (32 * MIB, 3 * MIB), (MIB // 2, 512)])
def test_what_cannot_be_stamped_rightly_is_not_stamped(offset: int, length: int) -> None:
    content = Content(RUN, Pass("stamp", 1), 512)
    (buffer,) = buffers(1, 2 * MIB)
    content.lay_out(buffer)

    with pytest.raises(ValueError, match="cannot be stamped|has no place"):
        content.stamp(buffer, offset, length)


def test_nothing_can_be_compressed_or_stored_once() -> None:
    data = laid_down(Content(RUN, Pass("stamp", 1), 512), 0) + laid_down(Content(RUN, Pass("stamp", 1), 512), MIB)
    blocks = {data[start : start + 4096] for start in range(0, len(data), 4096)}

    assert len(zlib.compress(data)) > 0.95 * len(data)
    assert len(blocks) == len(data) // 4096


def test_passes_and_runs_differ_in_every_block() -> None:
    first = laid_down(Content(RUN, Pass("stamp", 1), 512), 0)

    for other in (Content(RUN, Pass("stamp", 2), 512), Content(RUN + 1, Pass("stamp", 1), 512)):
        data = laid_down(other, 0)
        assert all(first[start + 24 : start + 512] != data[start + 24 : start + 512] for start in range(0, MIB, 512))


def test_zeros_are_zeros() -> None:
    content = Content(RUN, Pass("zero"), 512)

    assert laid_down(content, 5 * MIB) == bytes(MIB)
    assert content.block_at(99) == bytes(512)
