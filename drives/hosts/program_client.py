"""Talking to the host-side program: one JSON question, one JSON answer, over the shell."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from drives.hosts.bundle import INSTALLER, LOADER, NOT_THERE, UNSAFE, bundle, bundle_sha256
from drives.hosts.edge import limits
from drives.hosts.edge.answers import check_answer, most_bytes, read_answer
from drives.hosts.edge.texts import plain
from drives.hosts.errors import (
    HostCutOff,
    HostError,
    HostFull,
    HostSaidNo,
    HostTroubled,
    SimulationMismatch,
    ToolMissing,
    UnsafeFolder,
)
from drives.hosts.ports import CommandResult, Shell

COMMAND_NOT_FOUND = 127
SIGNALLED = 128  # a shell says 128 + signal; below 0: the channel closed without an exit code
ANSWER_S = 30
# Neither the environment, nor the folder it is called in, nor installed packages may add code to what runs as root.
ISOLATED = ("-I", "-S")
UNSAFE_BASE = "bad_base_dir"
MOST_WORDS = 400  # a path of the host has up to 200
INVENTORY_S = limits.TOTAL_S
LAUNCH_S = 40
SMART_S = limits.TOTAL_S
LAST_WORDS = 4096  # bytes that are looked at for the last line

Answer = dict[str, Any]

# What each connection's machine turned out to be, simulated or real. A pinned host key keeps it that machine.
_kinds: WeakKeyDictionary[Shell, bool] = WeakKeyDictionary()


class HostProgram:
    """The program on one host. Each method raises HostError when the host cannot answer or says no."""

    def __init__(self, shell: Shell, base_dir: str, host_name: str, *, expect_simulated: bool) -> None:
        self._shell = shell
        self._base_dir = base_dir
        self._host_name = host_name
        self._expect_simulated = expect_simulated

    def call(self, op: str, *, timeout_s: float = ANSWER_S, **request: Any) -> Answer:
        """Ask for this operation. Installs the program if the host does not have this version yet.

        Every value of the answer has the type and size that docs/host-program.md says. Raises ToolMissing,
        SimulationMismatch, HostSaidNo, AnswerUnfit or another HostError.
        """
        question = json.dumps({"op": op, "base_dir": self._base_dir, **request}).encode()
        most, end = most_bytes(op, request), time.monotonic() + limits.TOTAL_S
        result = self._ask(question, timeout_s, most)
        if result.exit_code == NOT_THERE:
            self._install(end - time.monotonic())
            result = self._ask(question, min(timeout_s, max(1.0, end - time.monotonic())), most)
        answer = self._read(result, op, request)
        self._check_kind(answer)
        answer = check_answer(answer, op=op, host_name=self._host_name)
        if not answer.get("ok"):
            raise self._refusal(answer)
        return answer

    def hello(self) -> Answer:
        """Ask what machine this is and which tools it has."""
        return self.call("hello")

    def inventory(self, *, smart: bool = False) -> Answer:
        """Ask for all disks; with `smart` also for temperature and health."""
        return self.call("inventory", timeout_s=INVENTORY_S, smart=smart)

    def probe(
        self,
        *,
        runs: Sequence[str] = (),
        smart: Sequence[Mapping[str, str]] = (),
        temperatures: Sequence[Mapping[str, str]] = (),
        inventory: bool = False,
        wait_ms: int = 0,
    ) -> Answer:
        """Ask how all these runs are, and more, in one round trip.

        With `wait_ms` (up to 5000) the host answers as soon as one of the runs is over, at the latest after that time.
        """
        request: Answer = {"runs": list(runs)}
        if wait_ms:
            request["wait_ms"] = wait_ms
        if smart:
            request["smart"] = [dict(drive) for drive in smart]
        if temperatures:
            request["temperatures"] = [dict(drive) for drive in temperatures]
        if inventory:
            request["inventory"] = True
        slow = bool(smart or temperatures or inventory)
        return self.call("probe", timeout_s=INVENTORY_S if slow else ANSWER_S, **request)

    def launch(
        self,
        *,
        run_id: str,
        guard: Mapping[str, Any],
        argv: Sequence[str] | None = None,
        engine: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Start a guarded run, or adopt it when it is already there.

        The host first gives out a permit for exactly this launch: one that comes late or twice finds it used up.
        """
        what: Answer = {"argv": list(argv)} if argv is not None else {"engine": dict(engine or {})}
        launch: Answer = {"run_id": run_id, "guard": dict(guard), **what}
        token = self._act("permit", **launch)["token"]
        return self._act("launch", timeout_s=LAUNCH_S, token=token, **launch)

    def signal(self, *, run_id: str, action: str) -> Answer:
        """Pause, continue or terminate a run."""
        return self._act("signal", run_id=run_id, action=action)

    def collect(self, *, run_id: str) -> Answer:
        """Fetch what a run printed."""
        return self.call("collect", run_id=run_id)

    def clean(self, *, run_id: str) -> Answer:
        """Remove what a run left behind."""
        return self._act("clean", run_id=run_id)

    def smart(self, *, serial: str, devname: str = "", action: str = "read", kind: str = "") -> Answer:
        """Read SMART, or start or abort a self-test."""
        request = {"serial": serial, "devname": devname, "action": action}
        if kind:
            request["kind"] = kind
        ask = self.call if action == "read" else self._act
        return ask("smart", timeout_s=SMART_S, **request)

    def _act(self, op: str, **request: Any) -> Answer:
        """Ask for something that changes the host, but only a host of the expected kind; afterwards is too late."""
        if _kinds.get(self._shell) is not self._expect_simulated:
            self.hello()
        return self.call(op, **request)

    def _ask(self, question: bytes, timeout_s: float, most: int) -> CommandResult:
        return self._python(LOADER, question, timeout_s, most)

    def _install(self, timeout_s: float) -> None:
        result = self._python(INSTALLER, bundle(), timeout_s, limits.ANSWER_BYTES)
        if result.exit_code != 0:
            raise HostTroubled(
                f"The host program could not be put into {self._base_dir} on {self._host_name}: {_last_words(result)}"
            )

    def _python(self, script: str, stdin: bytes, timeout_s: float, most: int) -> CommandResult:
        # On one line: root's shell on FreeBSD is csh, which ends a quoted word at the end of the line.
        words = (self._base_dir, f"burnin_host-{bundle_sha256()[:20]}.pyz", bundle_sha256())
        argv = ("python3", *ISOLATED, "-c", f"exec({script!r})", *words)
        result = self._shell.run(argv, stdin=stdin, timeout_s=timeout_s, most_bytes=most)
        if result.exit_code == UNSAFE:
            raise UnsafeFolder(f"On {self._host_name}: {_last_words(result)}")
        if result.exit_code == COMMAND_NOT_FOUND or b"python3: command not found" in result.stderr:
            raise ToolMissing(
                f"python3 was not found on {self._host_name}. Install Python 3.7 or later there.", tool="python3"
            )
        return result

    def _read(self, result: CommandResult, op: str, request: Mapping[str, Any]) -> Answer:
        if result.exit_code == NOT_THERE:
            raise HostTroubled(
                f"{self._host_name} does not keep the host program in {self._base_dir}. Check that folder."
            )
        last_line = result.stdout.strip().rpartition(b"\n")[2]  # a login shell may greet before it
        try:
            return read_answer(last_line, op=op, request=request, host_name=self._host_name)
        except ValueError as error:
            if result.exit_code < 0 or result.exit_code > SIGNALLED:
                raise HostCutOff(
                    f"{self._host_name} ended what was asked of it before it had answered; it is asked again."
                ) from error
            raise HostTroubled(
                f"{self._host_name} gave an answer that cannot be understood: {_last_words(result)}",
                exit_code=result.exit_code,
            ) from error

    def _check_kind(self, answer: Answer) -> None:
        if not answer.get("ok") and "simulated" not in answer:
            return
        simulated = _kinds[self._shell] = bool(answer.get("simulated"))
        if simulated == self._expect_simulated:
            return
        is_what, marked = ("simulated", "real") if simulated else ("real", "simulated")
        raise SimulationMismatch(
            f"{self._host_name} is a {is_what} host but is marked as {marked}. Nothing is done there; correct the mark."
        )

    def _refusal(self, answer: Answer) -> HostError:
        error = answer.get("error") or {}
        code = str(error.get("code", "")) or "unknown"
        message = str(error.get("message", "")) or f"{self._host_name} refused and gave no reason."
        if code == HostFull.code:
            return HostFull(f"{message} Free some room on {self._host_name}; the work goes on by itself then.")
        if code == UNSAFE_BASE:
            return UnsafeFolder(f"On {self._host_name}: {message}")
        if code == "host_error":  # an error of its operating system
            return HostTroubled(message)
        return HostSaidNo(message, code=code)


def _last_words(result: CommandResult) -> str:
    """Return the last line that was printed, for the end of a sentence."""
    for said in (result.stderr, result.stdout):
        lines = said[-LAST_WORDS:].decode(errors="replace").strip().splitlines()
        if lines:
            return plain(lines[-1].strip(), MOST_WORDS)
    return f"it printed nothing (exit code {result.exit_code})."
