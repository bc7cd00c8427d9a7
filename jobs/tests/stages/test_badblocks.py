"""What badblocks is told, and what its output proves."""

from io import BytesIO

import pytest

from drives.hosts.program.progress import without_progress
from jobs.stages.badblocks import Geometry, choose_geometry, judge_compare, judge_write, suspect_ranges, write_argv
from jobs.tests.badblocks_output import compare_log, write_log

TB = 10**12
SMALL = Geometry(block=4096, chunk=1024, last=16383, tail=0)


@pytest.mark.parametrize(
    ("size", "block"),
    [(4 * TB, 4096), (16 * TB, 4096), (18 * TB, 8192), (20 * TB, 8192), (34 * TB, 8192), (36 * TB, 16384)],
)
def test_it_chooses_the_smallest_block_whose_numbers_fit_32_bits(size: int, block: int) -> None:
    geometry = choose_geometry(size)
    assert geometry.block == block
    assert size // geometry.block < 2**32
    assert size // max(4096, geometry.block // 2) >= 2**32 or geometry.block == 4096


@pytest.mark.parametrize("size", [4_000_787_030_016, 8_001_563_222_016, 1_000_000_000_512, 20 * TB + 4096])
def test_it_leaves_no_byte_of_the_drive_out(size: int) -> None:
    geometry = choose_geometry(size)
    assert geometry.covered + geometry.tail == size
    assert 0 <= geometry.tail < geometry.block


def test_it_reads_and_writes_four_mebibytes_at_once() -> None:
    assert choose_geometry(12 * TB).chunk * 4096 == 4 * 1024 * 1024
    assert choose_geometry(20 * TB).chunk * 8192 == 4 * 1024 * 1024


def test_it_tests_one_pattern_per_process_and_never_repeats_passes() -> None:
    argv = write_argv(choose_geometry(20 * TB), "0x55", 256)
    assert argv.count("-t") == 1
    assert "-p" not in argv
    assert argv[argv.index("-e") + 1] == "256"
    assert argv[-3:] == ["{device}", str(20 * TB // 8192 - 1), "0"]


def test_it_takes_a_complete_clean_run_as_proof() -> None:
    result = judge_write(SMALL, "0xaa", write_log(16383), "", 0)
    assert (result.doubts, result.errors) == ((), 0)


@pytest.mark.parametrize(
    ("log", "stdout", "exit_code"),
    [
        ("", "", 0),
        (write_log(16383), "", 1),
        (write_log(16383), "", None),
        (write_log(16382), "", 0),
        (write_log(16383, "0x55"), "", 0),
        (write_log(16383).replace("Reading and comparing", ""), "", 0),
        (write_log(16383).split("Pass completed")[0], "", 0),
        (write_log(16383).replace("done", "", 1), "", 0),
        (write_log(16383), "17\n", 0),
        (write_log(16383, errors=(1, 0, 0)), "", 0),
        ("/dev/sda is mounted; it's not safe to run badblocks!\n", "", 1),
        (write_log(16383) + "\nInterrupted at block 12\n", "", 1),
    ],
)
def test_it_doubts_everything_less(log: str, stdout: str, exit_code: int | None) -> None:
    assert judge_write(SMALL, "0xaa", log, stdout, exit_code).doubts


PROGRESS = "  0.00% done, 0:00 elapsed. (0/0/0 errors)"
GAVE_UP = f"{PROGRESS}{chr(8) * len(PROGRESS)}Too many bad blocks, aborting test\ndone{' ' * 49}\n"


@pytest.mark.parametrize("errors", ["0/2/0", "0/0/2"])
def test_it_believes_a_run_that_gave_up_after_too_many_bad_blocks(errors: str) -> None:
    """As badblocks prints it, and as the host-side program then hands it on."""
    write = GAVE_UP if errors == "0/2/0" else f"done{' ' * 49}\n"
    printed = "Checking for bad blocks in read-write mode\nFrom block 0 to 16383\nTesting with pattern 0xaa: " + write
    printed += f"Reading and comparing: {GAVE_UP}Pass completed, 2 bad blocks found. ({errors} errors)\n"
    log = "".join(f"{line}\n" for line in without_progress(BytesIO(printed.encode())))
    result = judge_write(SMALL, "0xaa", log, "5\n6\n", 0)
    assert result.doubts == ()
    assert result.gave_up
    assert result.errors == 2


def test_it_looks_for_a_corrupted_block_one_chunk_below_its_number() -> None:
    assert suspect_ranges(SMALL, [5120]) == [(4096, 5120)]
    assert suspect_ranges(SMALL, [10, 500]) == [(0, 500)]


def test_it_keeps_ranges_inside_the_drive_even_when_numbers_are_not() -> None:
    assert suspect_ranges(SMALL, [16444]) == [(15420, 16383)]


def test_it_compares_ranges_with_exact_numbers() -> None:
    result = judge_compare(4096, 5120, compare_log(4096, 5120, errors=(0, 0, 1)), "4500\n", 0)
    assert result.doubts == ()
    assert result.reported == (4500,)


def test_it_doubts_a_comparison_of_another_range() -> None:
    assert judge_compare(0, 5120, compare_log(4096, 5120), "", 0).doubts
