"""Starts a command that dies with its parent: `python -I -S leash.py SIGNAL PARENT_PID COMMAND…`.

A program of its own, because code between fork and exec is not safe in a process with threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(signal_number: int, parent_pid: int) -> None:
    """Have the kernel send this signal to this process when the thread that started it ends."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "The kernel does not take a parent-death signal.")
    if os.getppid() != parent_pid:
        os._exit(1)  # the parent died before the kernel was told


if __name__ == "__main__":
    os.umask(0o077)  # whatever it makes belongs to its owner only
    die_with_parent(int(sys.argv[1]), int(sys.argv[2]))
    os.execvp(sys.argv[3], sys.argv[3:])  # noqa: S606  words, no shell
