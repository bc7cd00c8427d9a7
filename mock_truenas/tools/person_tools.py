"""id, sudo and hostname: on the pretend host everybody is root."""

import os
import sys

from mock_truenas.world.place import Place

NOT_FOUND = 127
SUDO_VALUED = ("-u", "-g", "-p", "-C", "-h")


def run(place: Place, name: str, words: list[str]) -> int:
    """Answer as the host's root user."""
    if name == "sudo":
        return _sudo(words)
    if name == "hostname":
        sys.stdout.write(place.choices["hostname"] + "\n")
        return 0
    return _id(words)


def _id(words: list[str]) -> int:
    letters = "".join(word.lstrip("-") for word in words if word.startswith("-"))
    if not letters:
        sys.stdout.write("uid=0(root) gid=0(root) groups=0(root)\n")
    else:
        sys.stdout.write("root\n" if "n" in letters else "0\n")
    return 0


def _sudo(words: list[str]) -> int:
    rest = list(words)
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option in ("-l", "--list"):
            sys.stdout.write("User root may run the following commands:\n    (ALL : ALL) NOPASSWD: ALL\n")
            return 0
        if option in SUDO_VALUED and rest:
            rest.pop(0)
        if option == "--":
            break
    if not rest:
        return 0
    try:
        os.execvp(rest[0], rest)  # noqa: S606 - this is what sudo is for
    except OSError:
        sys.stderr.write(f"sudo: {rest[0]}: command not found\n")
        return NOT_FOUND
