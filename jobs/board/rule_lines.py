"""What every rule of a verdict said, in the order a person wants: what fired first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SEVERITIES = {"failure": ("failed", "fails the drive"), "warning": ("attention", "warning"), "info": ("", "note")}
CAUSES = {"link": "cable or link", "host": "host", "heat": "heat"}
POLICIES = {"new": "judged as new", "used": "judged as used"}
ORDER = ("failure", "warning", "info")


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule and what it said."""

    title: str
    message: str
    tone: str = ""
    word: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class RuleBoard:
    """All rules of a verdict."""

    policy: str
    fired: Sequence[RuleLine]
    clear: Sequence[RuleLine]
    not_applicable: Sequence[RuleLine]


def build_rules(verdict: Mapping[str, Any]) -> RuleBoard | None:
    """Return the rules that are stored with a verdict; None where none were judged."""
    stored = verdict.get("rules")
    rules = [rule for rule in stored if isinstance(rule, dict)] if isinstance(stored, list) else []
    if not rules:
        return None
    fired = [rule for rule in rules if rule.get("outcome") == "fired"]
    fired.sort(key=lambda rule: ORDER.index(rule["severity"]) if rule.get("severity") in ORDER else len(ORDER))
    return RuleBoard(
        policy=POLICIES.get(str(verdict.get("policy")), ""),
        fired=[_fired(rule) for rule in fired],
        clear=[_line(rule) for rule in rules if rule.get("outcome") == "clear"],
        not_applicable=[_line(rule) for rule in rules if rule.get("outcome") == "not_applicable"],
    )


def _line(rule: Mapping[str, Any]) -> RuleLine:
    return RuleLine(str(rule.get("title", "")), str(rule.get("message", "")))


def _fired(rule: Mapping[str, Any]) -> RuleLine:
    tone, word = SEVERITIES.get(str(rule.get("severity")), ("", "note"))
    cause = CAUSES.get(str(rule.get("cause")), "")
    return RuleLine(str(rule.get("title", "")), str(rule.get("message", "")), tone, word, cause)
