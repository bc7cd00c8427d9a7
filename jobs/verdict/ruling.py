"""What a rule says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from jobs.stages.base import Cause, Finding, Severity


class Outcome(StrEnum):
    """Whether a rule found what it looks for, did not, or had nothing to look at."""

    FIRED = "fired"
    CLEAR = "clear"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule's answer about one drive. `severity` and `cause` count only where it fired."""

    rule: str
    title: str
    outcome: Outcome
    message: str
    severity: Severity = Severity.INFO
    cause: Cause = Cause.DRIVE
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fired(self) -> bool:
        """Whether there is something to tell."""
        return self.outcome is Outcome.FIRED

    @property
    def condemns(self) -> bool:
        """Whether this alone fails the drive."""
        return self.fired and self.severity is Severity.FAILURE

    def finding(self) -> Finding:
        """Return the same as a stage's finding."""
        return Finding(self.rule, self.severity, self.message, cause=self.cause, data=self.evidence)

    def as_json(self) -> dict[str, Any]:
        """Return what is stored with the verdict."""
        return {
            "rule": self.rule,
            "title": self.title,
            "outcome": self.outcome.value,
            "severity": self.severity.value,
            "cause": self.cause.value,
            "message": self.message,
            "evidence": dict(self.evidence),
        }


@dataclass(frozen=True, slots=True)
class Name:
    """A rule's key and its title for people; makes its rulings."""

    rule: str
    title: str

    def clear(self, message: str, **evidence: Any) -> Ruling:
        """Say that it looked and found nothing."""
        return Ruling(self.rule, self.title, Outcome.CLEAR, message, evidence=evidence)

    def not_applicable(self, message: str) -> Ruling:
        """Say why it could not look."""
        return Ruling(self.rule, self.title, Outcome.NOT_APPLICABLE, message)

    def fired(self, severity: Severity, message: str, cause: Cause = Cause.DRIVE, **evidence: Any) -> Ruling:
        """Say what it found."""
        return Ruling(self.rule, self.title, Outcome.FIRED, message, severity, cause, evidence)
