"""Engines on real block devices: the packed program is called as a session on the host would call it."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drives.hosts.bundle import bundle
from tests.lab.disks import LabDisk
from tests.lab.lab import Lab
from tests.lab.waiting import wait_until

ENDED = ("exited", "refused", "lost", "interrupted")
STAMP = "5eed0ff1ce0ddba1"


@dataclass(frozen=True)
class EngineRun:
    """One run of an engine on one disk."""

    host: EngineHost
    run_id: str

    def look(self) -> dict[str, Any]:
        """Return the state of the run."""
        run: dict[str, Any] = self.host.call("probe", runs=[self.run_id])["runs"][self.run_id]
        return run

    def end(self, within_s: float = 60) -> dict[str, Any]:
        """Wait for the end; the run."""
        wait_until(lambda: self.look()["state"] in ENDED, "the engine has ended", within_s=within_s)
        return self.look()

    def unwatched_result(self, within_s: float = 300) -> dict[str, Any]:
        """What the engine found, without asking the program meanwhile: each question takes a tenth of a second of a
        processor, and would be measured with it."""
        written = self.host.runs / self.run_id / "exit.json"
        wait_until(written.exists, "the engine has ended", within_s=within_s, every_s=0.2)
        return self.result()

    def come_to(self, phase: str, percent: float) -> dict[str, Any]:
        """Wait until it is that far; its progress."""
        return self._progress_that(
            lambda progress: progress.get("phase") == phase and progress["percent"] >= percent,
            f"{percent} % of the phase {phase}",
        )

    def checkpoint_in(self, phase: str) -> dict[str, Any]:
        """Wait for a checkpoint of that phase; it."""
        progress = self._progress_that(
            lambda progress: bool(progress) and progress["checkpoint"]["phase"] == phase,
            f"a checkpoint in the phase {phase}",
        )
        checkpoint: dict[str, Any] = progress["checkpoint"]
        return checkpoint

    def result(self) -> dict[str, Any]:
        """Wait for the end; what the engine found."""
        self.end()
        result: dict[str, Any] = self.host.call("collect", run_id=self.run_id)["result"]
        return result

    def kill(self) -> None:
        """End engine and keeper as a crash would."""
        run = self.look()
        os.kill(run["keeper_pid"], signal.SIGKILL)
        os.kill(run["pid"], signal.SIGKILL)

    def _progress_that(self, is_so: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
        seen: list[dict[str, Any]] = []

        def look() -> bool:
            seen.append(self.look()["progress"] or {})
            return is_so(seen[-1])

        wait_until(look, what, within_s=60)
        return seen[-1]


class EngineHost:
    """The host-side program in a lab."""

    def __init__(self, lab: Lab) -> None:
        self._program = lab.directory / "program.pyz"
        self._program.write_bytes(bundle())
        self._base_dir = str(lab.base_dir)
        self.runs = lab.base_dir / "runs"
        self._environment = lab.sshd.toolbox.environment

    def call(self, op: str, **request: Any) -> dict[str, Any]:
        """Ask the program; its answer."""
        question = json.dumps({"op": op, "base_dir": self._base_dir, **request})
        done = subprocess.run(
            ("python3", str(self._program)),
            input=question,
            capture_output=True,
            text=True,
            timeout=60,
            env=self._environment,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        assert answer["ok"], answer
        return answer

    def stamp(self, disk: LabDisk, *passes: dict[str, Any], **options: Any) -> EngineRun:
        """Start the stamped engine; by default one stamp."""
        engine = {
            "name": "stamped",
            "run_stamp": STAMP,
            "passes": list(passes) or [{"kind": "stamp", "number": 1}],
            "verify": True,
            **options,
        }
        guard = {"serial": disk.serial, "wwn": "", "size_bytes": disk.size, "devname": "", "overrides": []}
        run = EngineRun(self, f"stamped-{secrets.token_hex(6)}")
        launch = {"run_id": run.run_id, "guard": guard, "engine": engine}
        launched = self.call("launch", token=self.call("permit", **launch)["token"], **launch)["run"]
        assert launched["state"] != "refused", launched["reason"]
        return run
