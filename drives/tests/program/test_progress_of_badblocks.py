"""Reading how far badblocks is."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drives.hosts.program.progress import Parser, resume, without_progress


def progress(percent: str, elapsed: str, errors: str = "0/0/0") -> bytes:
    shown = f"{percent:>6}% done, {elapsed} elapsed. ({errors} errors)".encode()
    return shown + b"\b" * len(shown)


DONE = b"done" + b" " * 49 + b"\n"
HEAD = b"Checking for bad blocks in read-write mode\nFrom block 0 to 16383\n"
WHOLE = (
    HEAD
    + b"Testing with pattern 0xaa: "
    + progress("0.00", "0:00")
    + progress("41.25", "0:59")
    + DONE
    + b"Reading and comparing: "
    + progress("0.00", "1:00")
    + progress("99.98", "1:02:03", "1/2/3")
    + DONE
    + b"Pass completed, 6 bad blocks found. (1/2/3 errors)\n"
)


def read(data: bytes) -> Parser:
    parser = Parser()
    parser.feed(data)
    return parser


def test_nothing_read_is_no_progress() -> None:
    assert read(HEAD).as_json() is None


def test_it_reads_the_write_phase() -> None:
    data = HEAD + b"Testing with pattern 0x55: " + progress("0.00", "0:00") + progress("41.25", "0:59")

    assert read(data).as_json() == {
        "phase": "write",
        "pattern": "0x55",
        "percent": 41.25,
        "position": None,
        "errors": [0, 0, 0],
        "elapsed_s": 59,
        "completed": False,
    }


def test_it_reads_the_verify_phase_and_keeps_its_pattern() -> None:
    seen = read(WHOLE[: WHOLE.index(b"Pass completed")])

    assert (seen.phase, seen.pattern, seen.percent, seen.elapsed_s) == ("verify", "0xaa", 100.0, 3723)
    assert seen.errors == [1, 2, 3]
    assert not seen.completed


def test_it_knows_the_end_of_a_pass() -> None:
    assert read(WHOLE).completed


def test_a_refusal_is_not_an_end() -> None:
    seen = read(b"/dev/sda is apparently in use by the system; it's not safe to run badblocks!\n")

    assert seen.as_json() is None


def test_a_new_phase_begins_at_zero() -> None:
    seen = read(WHOLE + b"Testing with pattern 0x00:   0.00% d")

    assert seen.percent == 100.0  # the new phase is known with its first whole piece
    seen.feed(b"one, 1:02:04 elapsed. (0/0/0 errors)\b")
    assert (seen.phase, seen.pattern, seen.percent) == ("write", "0x00", 0.0)


def test_a_read_only_comparison_is_a_verify_phase() -> None:
    data = b"Checking for bad blocks in read-only mode\nFrom block 0 to 7\nTesting with pattern 0x00: "

    assert read(data + progress("12.50", "0:01")).phase == "verify"


def test_a_random_pattern_is_called_random() -> None:
    assert read(b"Testing with random pattern: " + progress("1.00", "0:01")).pattern == "random"


@given(st.lists(st.integers(min_value=0, max_value=len(WHOLE)), max_size=12))
def test_it_does_not_matter_how_the_bytes_are_cut(cuts: list[int]) -> None:
    parser = Parser()
    places = [0, *sorted(cuts), len(WHOLE)]
    for index in range(len(places) - 1):
        parser.feed(WHOLE[places[index] : places[index + 1]])

    assert parser.checkpoint() == read(WHOLE).checkpoint()


@pytest.mark.parametrize("cut", [10, 80, 150, 300, len(WHOLE) - 3])
def test_it_goes_on_from_a_checkpoint(cut: int) -> None:
    later = resume(read(WHOLE[:cut]).checkpoint())

    later.feed(WHOLE[later.offset :])

    assert later.checkpoint() == read(WHOLE).checkpoint()


def test_progress_does_not_count_as_output() -> None:
    flood = b"Testing with pattern 0xaa: " + progress("1.00", "0:01") * 10_000

    assert read(flood).log_bytes < 100


def test_output_without_line_ends_counts() -> None:
    assert read(b"x" * 1_000_000).log_bytes > 900_000


def test_the_log_has_no_progress_in_it() -> None:
    assert list(without_progress(io.BytesIO(WHOLE))) == [
        "Checking for bad blocks in read-write mode",
        "From block 0 to 16383",
        "Testing with pattern 0xaa: done",
        "Reading and comparing: done",
        "Pass completed, 6 bad blocks found. (1/2/3 errors)",
    ]


def test_the_log_keeps_where_it_was_interrupted() -> None:
    data = HEAD + b"Testing with pattern 0xaa: " + progress("1.00", "0:01") + b"\n\nInterrupted at block 66423\n"

    assert list(without_progress(io.BytesIO(data)))[-1] == "Interrupted at block 66423"
