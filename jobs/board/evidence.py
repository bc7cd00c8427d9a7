"""The verdict of a burn-in with its proof, and the findings with their numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.board.rule_lines import RuleBoard, build_rules
from jobs.board.stage_facts import label_of
from jobs.models import BurninJob, BurninStage, JobState

TONES = {"failure": "failed", "warning": "attention"}
WORDS = {"failure": "Failure", "warning": "Warning", "info": "Note"}
MOST_VALUES = 12


@dataclass(frozen=True, slots=True)
class ProofLine:
    """What was claimed, what was seen, and whether that is enough."""

    label: str
    value: str
    ok: bool


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A fact about the drive."""

    stage: str
    severity: str
    tone: str
    message: str
    cause: str
    numbers: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that stands behind a verdict."""

    state: str
    title: str
    summary: str
    proof: Sequence[tuple[str, Sequence[ProofLine]]]
    findings: Sequence[FindingLine]
    simulated: bool
    rules: RuleBoard | None = None


def build_evidence(job: BurninJob, stages: Sequence[BurninStage]) -> Evidence:
    """Return the evidence of a job: its verdict's proof by stage, and all findings."""
    verdict = job.verdict if isinstance(job.verdict, dict) else {}
    return Evidence(
        state="" if job.is_active else str(job.state),
        title=_title(job),
        summary=str(verdict.get("summary") or job.error_text),
        proof=_proof(verdict, stages),
        findings=[_finding(stage, entry) for stage in stages for entry in _dicts(stage.findings)],
        simulated=job.simulated,
        rules=build_rules(verdict),
    )


def _title(job: BurninJob) -> str:
    if job.is_active:
        return "No verdict yet"
    return {JobState.UNKNOWN: "Unknown: neither good nor bad"}.get(JobState(job.state), job.get_state_display())


def _proof(verdict: Mapping[str, Any], stages: Sequence[BurninStage]) -> list[tuple[str, list[ProofLine]]]:
    by_stage = [(label_of(stage.stage_name), _lines(stage.proof)) for stage in stages]
    shown = [(label, lines) for label, lines in by_stage if lines]
    own = _lines(verdict.get("proof"))
    return shown or ([("Verdict", own)] if own else [])


def _lines(entries: Any) -> list[ProofLine]:
    return [
        ProofLine(str(entry.get("label", "")), str(entry.get("value", "")), bool(entry.get("ok")))
        for entry in _dicts(entries)
    ]


def _dicts(entries: Any) -> list[dict[str, Any]]:
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _finding(stage: BurninStage, entry: dict[str, Any]) -> FindingLine:
    severity = str(entry.get("severity", "info"))
    data = entry.get("data") if isinstance(entry.get("data"), dict) else {}
    return FindingLine(
        stage=label_of(stage.stage_name),
        severity=WORDS.get(severity, severity.capitalize()),
        tone=TONES.get(severity, ""),
        message=str(entry.get("message", "")),
        cause="" if entry.get("cause", "drive") == "drive" else f"looks like the {entry['cause']}, not the drive",
        numbers=[(str(name).replace("_", " "), _number(value)) for name, value in (data or {}).items()],
    )


def _number(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        shown = ", ".join(str(item) for item in value[:MOST_VALUES])  # block numbers are copied, so no commas
        return f"{shown} and {len(value) - MOST_VALUES} more" if len(value) > MOST_VALUES else shown or "none"
    return f"{value:,}" if isinstance(value, int) else str(value)
