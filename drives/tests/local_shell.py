"""A shell that runs commands right here: the host-side program's test double for SSH."""

import os
import subprocess

from drives.hosts.ports import CommandResult


class LocalShell:
    """Runs commands on this machine and remembers them. `root` makes it a simulated host."""

    def __init__(self, *, root: str = "") -> None:
        self.commands: list[tuple[str, ...]] = []
        self.closed = False
        self._environment = {**os.environ, "BURNIN_HOST_ROOT": root} if root else dict(os.environ)

    def run(self, argv: tuple[str, ...], *, stdin: bytes = b"", timeout_s: float, most_bytes: int = 0) -> CommandResult:
        self.commands.append(argv)
        done = subprocess.run(
            argv, input=stdin, capture_output=True, timeout=timeout_s, check=False, env=self._environment
        )
        return CommandResult(done.returncode, done.stdout, done.stderr)

    def close(self) -> None:
        self.closed = True


class ScriptedShell:
    """Gives these answers, one after the other, and remembers the questions."""

    def __init__(self, *answers: CommandResult) -> None:
        self._answers = list(answers)
        self.questions: list[bytes] = []
        self.commands: list[tuple[str, ...]] = []

    def run(self, argv: tuple[str, ...], *, stdin: bytes = b"", timeout_s: float, most_bytes: int = 0) -> CommandResult:
        self.commands.append(argv)
        self.questions.append(stdin)
        return self._answers.pop(0)

    def close(self) -> None:
        """There is nothing to let go of."""
