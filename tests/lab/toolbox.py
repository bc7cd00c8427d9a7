"""The tools that a session of the lab finds, and how to take one away."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SYSTEM_DIRECTORIES = (
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
)
SEARCH = "/usr/sbin:/usr/bin:/sbin:/bin"
# Nothing but what Python has loaded anyway: it is called for each disk at each look, and its start is most of a call.
SMARTCTL = """\
#!{python} -IS
import _socket, posix, sys
line = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
line.connect({socket!r})
line.send("".join(word + "\\0" for word in sys.argv).encode())
answer = piece = line.recv(1 << 20)
while piece:
    piece = line.recv(1 << 20)
    answer += piece
rest = answer[1:]
while rest:
    rest = rest[posix.write(1, rest):]
sys.exit(answer[0])
"""


class Toolbox:
    """A directory of the lab that comes first in PATH, and an environment of the lab's own."""

    def __init__(self, directory: Path, *, smartctl: Path, environment: Mapping[str, str]) -> None:
        self.bin = directory / "bin"
        self._blank = directory / "hidden-tool"
        self._smartctl = smartctl
        self._environment = dict(environment)
        self._hidden: tuple[str, ...] = ()
        # Without a home of its own the shell would read the user's .bashrc, and with it another PATH.
        self._home = directory / "home"
        self.bin.mkdir(parents=True)
        self._home.mkdir()
        self._blank.write_text("hidden by the lab\n", encoding="ascii")
        self.show()

    @property
    def environment(self) -> dict[str, str]:
        """What every session gets. The lab's directory in it is how its processes are known."""
        return {"PATH": f"{self.bin}:{SEARCH}", "HOME": str(self._home), **self._environment}

    def show(self) -> None:
        """Have every tool there."""
        self._hidden = ()
        python = self.bin / "python3"
        if not python.is_symlink():
            python.symlink_to(_python())
        smartctl = self.bin / "smartctl"
        smartctl.write_text(
            SMARTCTL.format(python=_python(), socket=str(self._smartctl)),
            encoding="utf-8",
        )
        smartctl.chmod(0o755)

    def hide(self, *tools: str) -> None:
        """Have these tools not there, for what is started from now on."""
        self._hidden = tuple({*self._hidden, *tools})
        for tool in self._hidden:
            (self.bin / tool).unlink(missing_ok=True)

    def around(self, command: Sequence[str]) -> tuple[str, ...]:
        """The command, in a mount namespace in which a file that cannot run lies over each hidden tool.

        A PATH without the tool would not do: programs also look where PATH does not point.
        """
        places = self._places()
        if not places:
            return tuple(command)
        covers = [shlex.join(("mount", "--bind", str(self._blank), place)) for place in places]
        script = " && ".join((*covers, f"exec {shlex.join(command)}"))
        return ("unshare", "--mount", "sh", "-c", script)

    def _places(self) -> list[str]:
        found = {
            os.path.realpath(f"{directory}/{tool}")
            for tool in self._hidden
            for directory in SYSTEM_DIRECTORIES
            if Path(directory, tool).exists()
        }
        return sorted(found)


def _python() -> str:
    """A Python that starts fast and knows nothing of the virtual environment of the tests."""
    system = Path("/usr/bin/python3")
    return str(system) if system.exists() else os.path.realpath(sys.executable)
