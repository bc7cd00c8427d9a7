"""The verdict on a drive: small pure rules over what is known, each with its evidence and a sentence."""

from jobs.heat import Exposure
from jobs.verdict.case import Case, SelfTestResult, Surface
from jobs.verdict.policy import Policy, choose_policy
from jobs.verdict.rules import judge
from jobs.verdict.ruling import Outcome, Ruling

__all__ = [
    "Case",
    "Exposure",
    "Outcome",
    "Policy",
    "Ruling",
    "SelfTestResult",
    "Surface",
    "choose_policy",
    "judge",
]
