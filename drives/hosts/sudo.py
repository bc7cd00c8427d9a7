"""Becoming root on the host."""

import shlex

from drives.hosts.ports import CommandResult
from drives.hosts.program.search_path import MORE_PATH

# What sudo says in the C locale when it will not do it without asking.
REFUSALS = (
    b"a password is required",
    b"a terminal is required",
    b"you must have a tty",
    b"no tty present",
    b"is not allowed to",
    b"may not run sudo",
    b"is not in the sudoers file",
)


# Where sudo looks for python3 when its own rules name no folders: never where the login's PATH may lead.
SYSTEM_PATH = ":".join((*MORE_PATH, "/run/wrappers/bin"))  # the last: sudo of NixOS
MISSING = 127  # what env ends with when there is no sudo


def command_line(argv: tuple[str, ...], *, user: str) -> str:
    """Return one line for the host's login shell that runs exactly these words as root."""
    words = argv if user == "root" else ("env", "LC_ALL=C", f"PATH={SYSTEM_PATH}", "sudo", "-n", "--", *argv)
    return shlex.join(words)


def was_refused(result: CommandResult, *, user: str) -> bool:
    """Tell whether sudo, not the command, ended this."""
    if user == "root" or result.exit_code == 0:
        return False
    lines = [line for line in result.stderr.splitlines() if b"sudo" in line or line.startswith(b"Sorry, user")]
    if result.exit_code == MISSING and any(line.startswith(b"env:") for line in lines):
        return True
    return any(refusal in line for line in lines for refusal in REFUSALS)
