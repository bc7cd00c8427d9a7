"""Leaving the login behind: a process of its own that no hang-up reaches."""

from __future__ import annotations

import os
import resource
import signal
import sys
from typing import Callable, Collection, NoReturn

# What a shell, Python or the keeper itself may have set to "ignore", and an engine would inherit
RESTORED = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGQUIT,
    signal.SIGPIPE,
    signal.SIGXFSZ,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGCHLD,
)
MOST_FILES = 65536


def detach(work: Callable[[], None], *, log: int, keep: Collection[int]) -> None:
    """Do this work in a process of its own session that outlives the caller; what it says goes to the file `log`."""
    first = os.fork()
    if first:
        os.waitpid(first, 0)
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    _run(lambda: _settle(log, keep), work)


def become(work: Callable[[], None]) -> int:
    """Do this work in a child with a session of its own; the child's number."""
    child = os.fork()
    if child == 0:
        os.setsid()
        _run(restore_signals, work)
    return child


def restore_signals() -> None:
    for number in RESTORED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def close_others(keep: Collection[int]) -> None:
    """Close every open file but the standard ones and these."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    most = min(limit, MOST_FILES) if limit > 0 else MOST_FILES
    start = 3
    for kept in sorted(keep):
        os.closerange(start, kept)
        start = kept + 1
    os.closerange(start, most)


def redirect(out: int, err: int) -> None:
    """Standard input from nowhere, both outputs to these open files."""
    nowhere = os.open("/dev/null", os.O_RDONLY)
    for descriptor, opened in enumerate((nowhere, out, err)):
        os.dup2(opened, descriptor)


def _settle(log: int, keep: Collection[int]) -> None:
    os.chdir("/")
    os.umask(0o077)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    redirect(log, log)
    close_others(keep)


def _run(before: Callable[[], None], work: Callable[[], None]) -> NoReturn:
    """The end of a forked process: it must never return into its parent's code."""
    code = 1
    try:
        before()
        work()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:  # the last words of a process that nobody waits for
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
