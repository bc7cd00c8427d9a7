"""Having the C library give memory back that is no longer used.

It keeps what was freed, up to 32 MB in one piece, apart for eight threads of each processor: a scheduler that once had
to read large answers of many hosts on many threads stayed three times as large for good.
"""

import contextlib
import ctypes

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # mallopt(3)
LARGE = 128 * 1024  # what is larger is returned at once when it is freed
ARENAS = 2


def give_back_what_is_freed() -> None:
    """Ask the C library, where it is one that can (glibc). Call it before there are threads."""
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        for option, value in ((ARENA_MAX, ARENAS), (MMAP_THRESHOLD, LARGE), (TRIM_THRESHOLD, LARGE)):
            library.mallopt(option, value)


def give_back_now() -> None:
    """Return the pages between what is still used. Takes milliseconds; call it every now and then."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
