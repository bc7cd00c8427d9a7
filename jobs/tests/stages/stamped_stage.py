"""The surface stage by stamps on a host of words, and what its engine may say."""

from typing import Any

from jobs.stages import get_stage
from jobs.stages.base import STANDARD, Limits, StageReport, Verdict
from jobs.tests.stages.fake_host import FakeHost, context

STAGE = get_stage("surface_validate")
SIZE = 64 * 2**20
BLOCK = 512
REBOOTED = {"state": "lost", "exit_code": None, "reason": {"code": "rebooted", "message": "The host was restarted."}}


def start(host: FakeHost, **changes: Any) -> StageReport:
    return STAGE.start(context(host, size=SIZE, surface_plan=STANDARD, **changes))


def poll(host: FakeHost, report: StageReport, **changes: Any) -> StageReport:
    return STAGE.poll(context(host, report.state, size=SIZE, surface_plan=STANDARD, **changes))


def error(block: int | None, kind: str, index: int = 0, **more: Any) -> dict[str, Any]:
    return {"block": block, "kind": kind, "found": "what was found", "pass": index, "phase": "verify", **more}


def result(host: FakeHost, *errors: dict[str, Any], **changes: Any) -> dict[str, Any]:
    passes = []
    for index, (kind, number) in enumerate((("stamp", 1), ("zero", 0))):
        bad = sum(BLOCK for one in errors if one["pass"] == index and one["block"] is not None)
        seconds = {"write_seconds": 2.0, "verify_seconds": 4.0}
        done = {"bytes_written": SIZE, "bytes_verified": SIZE - bad, "errors": 0, "retried": 0}
        passes.append({"kind": kind, "number": number, **seconds, **done})
    told = {
        "completed": True,
        "gave_up": False,
        "stopped": "",
        "run_stamp": host.launched[-1]["engine"]["run_stamp"],
        "size_bytes": SIZE,
        "logical_block": BLOCK,
        "passes": passes,
        "errors": list(errors),
        "error_count": len(errors),
        "wraps_at_bytes": None,
        "position_log": [{"pass": 0, "phase": "write", "mbps": [200.0], "worst_ms": [9.0]}],
    }
    return {**told, **changes}


def judged(host: FakeHost, *errors: dict[str, Any], limits: Limits | None = None, **changes: Any) -> StageReport:
    report = start(host)
    host.end(result=result(host, *errors, **changes))
    return poll(host, report, limits=limits or Limits())


def checkpoint(position: int, phase: str = "write", index: int = 0) -> dict[str, Any]:
    return {"pass": index, "phase": phase, "position": position, "run_stamp": "ab", "position_log": "long"}


def interrupt(host: FakeHost, report: StageReport, kept: dict[str, Any] | None, **ended: Any) -> StageReport:
    """End the newest run as a crash does, and let the stage look until the next one is launched."""
    progress = {"checkpoint": kept} if kept else None
    host.end(**{**REBOOTED, **ended}, progress=progress)
    report = poll(host, report)
    return poll(host, report) if report.verdict is Verdict.RUNNING else report
