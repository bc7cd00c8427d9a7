"""A host door that plays back what a host would answer, and remembers what it was asked."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from drives.hosts.errors import HostSaidNo
from jobs.stages.base import Limits, StageContext, State, Target

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
RUNNING = {"state": "running", "exit_code": None, "signal": None, "reason": None, "paused": False, "progress": None}
EXITED = {**RUNNING, "state": "exited", "exit_code": 0, "guard_checked": True}


class FakeHost:
    """Keeps runs in a dict; a test ends them as it likes."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, Any]] = {}
        self.outputs: dict[str, dict[str, Any]] = {}
        self.launched: list[dict[str, Any]] = []
        self.signals: list[tuple[str, str]] = []
        self.refuse: dict[str, str] | None = None
        self.smart_answers: list[dict[str, Any]] = []
        self.smart_asked: list[tuple[str, str]] = []
        self.tools: dict[str, Any] = {name: {"path": name, "version": "1"} for name in ("smartctl", "badblocks")}
        self.disks: list[dict[str, Any]] = [{"serial": "ZA1", "devname": "sdb"}]

    def hello(self) -> dict[str, Any]:
        return {"tools": self.tools, "system": "Linux", "simulated": False, "root": True}

    def inventory(self, *, smart: bool = False) -> dict[str, Any]:
        return {"disks": self.disks, "errors": []}

    def smart(self, *, serial: str, devname: str = "", action: str = "read", kind: str = "") -> dict[str, Any]:
        self.smart_asked.append((action, kind))
        if action == "read":
            answer = self.smart_answers.pop(0) if len(self.smart_answers) > 1 else self.smart_answers[0]
            return {"devname": devname, "exit_code": 0, "json": answer, "stderr": ""}
        return {"devname": devname, "exit_code": 0, "json": {}, "stderr": ""}

    def launch(
        self,
        *,
        run_id: str,
        guard: Mapping[str, Any],
        argv: Sequence[str] | None = None,
        engine: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        if run_id in self.runs:
            return {"run": self.runs[run_id], "adopted": True}
        self.launched.append({"run_id": run_id, "guard": dict(guard), "argv": argv, "engine": engine})
        self.runs[run_id] = {**RUNNING, "run_id": run_id}
        if self.refuse:
            self.runs[run_id].update(state="refused", reason=self.refuse)
        return {"run": self.runs[run_id], "adopted": False}

    def end(self, stdout: str = "", log: str = "", **changes: Any) -> None:
        """End the newest run with this output."""
        run_id = self.launched[-1]["run_id"]
        self.runs[run_id].update({**EXITED, **changes})
        self.outputs[run_id] = {"stdout": stdout, "log": log, "result": changes.get("result")}

    def probe(
        self,
        *,
        runs: Sequence[str] = (),
        smart: Sequence[Mapping[str, str]] = (),
        temperatures: Sequence[Mapping[str, str]] = (),
        inventory: bool = False,
        wait_ms: int = 0,
    ) -> dict[str, Any]:
        absent = {**RUNNING, "state": "absent"}
        return {"runs": {run_id: self.runs.get(run_id, {**absent, "run_id": run_id}) for run_id in runs}}

    def signal(self, *, run_id: str, action: str) -> dict[str, Any]:
        self.signals.append((run_id, action))
        if action in ("pause", "continue"):
            if self.runs.get(run_id, {}).get("state") != "running":
                raise HostSaidNo("It is not running on this host.", code="not_running")
            self.runs[run_id]["paused"] = action == "pause"
        return {"run": self.runs.get(run_id, {})}

    def collect(self, *, run_id: str) -> dict[str, Any]:
        silent = {"stdout": "", "log": "", "result": None}
        return {"run": self.runs[run_id], **self.outputs.get(run_id, silent)}

    def clean(self, *, run_id: str) -> dict[str, Any]:
        return {}


def context(host: FakeHost, state: State | None = None, size: int = 64 * 2**20, **changes: Any) -> StageContext:
    """Return the context of a stage on a small drive."""
    values: dict[str, Any] = {
        "drive": Target("ZA1", "0x5000c500a1b2c3d4", size, "sdb"),
        "host": host,
        "host_name": "nas-1",
        "state": state or {},
        "run_key": "i1-j7-4-surface_validate-a1",
        "now": NOW,
        "limits": Limits(),
        "plan_destructive": True,
    }
    return StageContext(**{**values, **changes})
