"""badblocks: what it accepts, what it refuses, and its run over the surface."""

import fcntl
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

from mock_truenas.tools import devices
from mock_truenas.tools.badblocks_run import Request, Run
from mock_truenas.tools.surface import Pace, Surface
from mock_truenas.tools.words import BadUsage, Words, take_apart
from mock_truenas.world import drive_state
from mock_truenas.world.catalog import Drive
from mock_truenas.world.place import Place

USAGE = """Usage: badblocks [-b block_size] [-i input_file] [-o output_file] [-svwnfBX]
       [-c blocks_at_once] [-d delay_factor_between_reads] [-e max_bad_blocks]
       [-p num_passes] [-t test_pattern [-t test_pattern [...]]]
       device [last_block [first_block]]
"""
DEFAULT_PATTERNS = ("0xaa", "0x55", "0xff", "0x00")
LARGEST_BLOCK = 1 << 24
STOPPING = (signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)  # fmt: skip
IN_USE = "it's not safe to run badblocks!\n"


class Refused(Exception):
    """badblocks does not start; the text is what it prints."""


class Interrupted(BaseException):
    """A signal ends the run. Not an Exception, so that nothing on the way takes it for a fault."""


class Target(NamedTuple):
    """The drive to test and the open file that stands for it."""

    drive: Drive
    node: int


def run(place: Place, _name: str, words: list[str]) -> int:
    """Test a drive's surface; 0 when the test came to its end, whatever it found."""
    try:
        given = take_apart(words, flags="svwnfBX", valued="bcdeiopt")
        _check_modes(given)
        target = _open(place, given)
        request = _request(given, target.drive)
        with _output(given) as numbers:
            return _test(place, target, request, numbers)
    except BadUsage as problem:
        sys.stderr.write(f"badblocks: {problem}\n{USAGE}")
    except Refused as problem:
        sys.stderr.write(str(problem))
    return 1


def _test(place: Place, target: Target, request: Request, numbers: int) -> int:
    surface = Surface(place, target.drive, target.node)
    test = Run(request, surface, Pace(place, target.drive), numbers)
    for number in STOPPING:
        signal.signal(number, _interrupt)
    try:
        test.all_passes()
    except (Interrupted, BrokenPipeError):
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        test.say_where_it_stopped()
        return 1
    return 0


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise Interrupted


def _check_modes(given: Words) -> None:
    if given.has("-n") and given.has("-w"):
        raise Refused(f"badblocks: The -n and -w options are mutually exclusive.\n\n{USAGE}")
    if given.has("-n"):
        raise Refused("badblocks: this pretend host does not offer the non-destructive mode (-n).\n")
    if not 1 <= len(given.operands) <= 3:
        raise Refused(USAGE)


def _open(place: Place, given: Words) -> Target:
    path = given.operands[0]
    drive, node = devices.find(place, path), devices.node_behind(place, path)
    if drive is None or node is None:
        raise Refused("badblocks: No such file or directory while trying to determine device size\n")
    handle = os.open(node, os.O_RDWR if given.has("-w") else os.O_RDONLY)
    if given.has("-w"):
        _refuse_if_in_use(place, drive, handle, path=path, checked_by_caller=given.has("-X"))
    return Target(drive, handle)


def _refuse_if_in_use(place: Place, drive: Drive, handle: int, *, path: str, checked_by_caller: bool) -> None:
    if "mounted" in drive_state.look(place, drive.name).state["faults"]:
        raise Refused(f"{path} is mounted; {IN_USE}")
    if checked_by_caller:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Refused(f"{path} is apparently in use by the system; {IN_USE}") from None
    fcntl.flock(handle, fcntl.LOCK_UN)


def _request(given: Words, drive: Drive) -> Request:
    block = _number(given.last("-b", default="1024"), "block size")
    if block < 512 or block > LARGEST_BLOCK or block & (block - 1):
        raise Refused(f"badblocks: Invalid block size: {block}\n\n{USAGE}")
    count = drive.model.size_bytes // block
    bounds = [_number(word, "block number") for word in given.operands[1:]]
    last = bounds[0] if bounds else count - 1
    first = bounds[1] if len(bounds) > 1 else 0
    if last + 1 >= 1 << 32:
        raise Refused(
            f"badblocks: Value too large for defined data type invalid end block ({last + 1}): must be 32-bit value\n"
        )
    if first > last:
        raise Refused(f"badblocks: invalid starting block ({first}): must be less than {last + 1}\n")
    return Request(
        writing=given.has("-w"),
        show=given.has("-s"),
        verbose=given.has("-v"),
        block=block,
        at_once=_number(given.last("-c", default="64"), "number of blocks at once"),
        most_bad=_number(given.last("-e", default="0"), "max_bad_blocks"),
        clean_passes=_number(given.last("-p", default="0"), "num_passes"),
        patterns=_patterns(given),
        blocks=count,
        first=first,
        last=last,
    )


def _patterns(given: Words) -> tuple[str, ...]:
    asked = given.values("-t")
    if not given.has("-w") and len(asked) > 1:
        raise Refused("badblocks: Maximum of one test_pattern may be specified in read-only mode\n")
    if not asked:
        return DEFAULT_PATTERNS if given.has("-w") else ()
    return tuple(_pattern(word) for word in asked)


def _pattern(word: str) -> str:
    if word in ("r", "random"):
        return "random"
    if not re.fullmatch(r"0[xX][0-9a-fA-F]{1,8}|[0-9]+", word):
        raise Refused(f"badblocks: invalid test pattern - {word}\n")
    value = _number(word, "test pattern")
    digits = f"{value:x}"
    return f"0x{digits.zfill(len(digits) + len(digits) % 2)}"


def _number(word: str, what: str) -> int:
    """Read a number as C does: 0x is hexadecimal, a leading 0 is octal."""
    try:
        return int(word, 8) if re.fullmatch(r"0[0-7]+", word) else int(word, 0)
    except ValueError:
        raise Refused(f"badblocks: invalid {what} - {word}\n") from None


@contextmanager
def _output(given: Words) -> Iterator[int]:
    """Give the descriptor that takes the bad block numbers."""
    path = given.last("-o")
    if not path:
        yield 1
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        yield handle
    finally:
        os.close(handle)
