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
SMARTCTL = """\
#!{python} -IS
import sys
sys.path.insert(0, {repository!r})
from tests.lab.smartctl.command import main
sys.exit(main(sys.argv, {states!r}))
"""


class Toolbox:
    """A directory of the lab that comes first in PATH, and an environment of the lab's own."""

    def __init__(self, directory: Path, *, states: Path, environment: Mapping[str, str]) -> None:
        self.bin = directory / "bin"
        self._blank = directory / "hidden-tool"
        self._states = states
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
            SMARTCTL.format(python=_python(), repository=str(REPOSITORY), states=str(self._states)),
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
