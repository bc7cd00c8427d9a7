"""The machine the program runs on: the real one, or a simulated one under a prefix."""

from __future__ import annotations

import os
import platform
import re
import stat
from dataclasses import dataclass
from typing import List

PREFIX_VARIABLE = "BURNIN_HOST_ROOT"


@dataclass(frozen=True)
class Machine:
    """Where this machine's system files are, and which system it is."""

    root: str = "/"
    system: str = "Linux"

    @property
    def simulated(self) -> bool:
        return self.root != "/"

    @property
    def freebsd(self) -> bool:
        return self.system == "FreeBSD" and not self.simulated

    def at(self, path: str) -> str:
        """The place of an absolute path of this machine, as the program must open it."""
        return self.root + path if self.simulated else path

    def read(self, path: str) -> str:
        with open(self.at(path), encoding="utf-8", errors="replace") as stream:
            return stream.read()

    def read_or(self, path: str, default: str = "") -> str:
        """The stripped text of a small system file, or the default when there is none."""
        try:
            return self.read(path).replace("\0", "").strip()
        except OSError:
            return default

    def names_in(self, path: str) -> List[str]:
        return sorted(os.listdir(self.at(path)))

    def exists(self, path: str) -> bool:
        return os.path.exists(self.at(path))

    def device_number(self, path: str) -> str:
        """The `major:minor` of a block device node, "" when it is none."""
        try:
            status = os.stat(self.at(path))
        except OSError:
            return ""
        return device_number(status)


def device_number(status: os.stat_result) -> str:
    if not (stat.S_ISBLK(status.st_mode) or stat.S_ISCHR(status.st_mode)):
        return ""
    return f"{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"


def this_machine() -> Machine:
    """The machine named by the environment."""
    prefix = os.environ.get(PREFIX_VARIABLE, "").strip() or "/"
    root = os.path.realpath(prefix)
    return Machine(root=root, system=platform.system())


def unescape(text: str) -> str:
    """Undo the octal escapes the kernel puts into its tables ("\\040" is a space)."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match.group(1), 8)), text)
