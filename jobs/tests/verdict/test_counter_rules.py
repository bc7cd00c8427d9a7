"""Counters before and after, for new and used drives, ATA, SAS and NVMe."""

from dataclasses import replace
from typing import Any

import pytest

from jobs.stages.base import Cause, Severity
from jobs.tests.verdict.case_of import case, fired, real, ruling
from jobs.verdict import Case, Outcome, Policy, judge

FAILS, WARNS = Severity.FAILURE, Severity.WARNING


@pytest.mark.parametrize("protocol", ["ATA", "SCSI", "NVMe"])
def test_of_a_drive_that_did_not_change_no_rule_fires(protocol: str) -> None:
    assert fired(case(protocol)) == []
    assert fired(case(protocol, policy=Policy.NEW)) == []


@pytest.mark.parametrize(
    "name", ["ata-hgst", "ata-seagate-packed-raw", "sas-old", "sas-environment-temperature", "nvme"]
)
def test_a_real_drive_against_itself_is_not_condemned(name: str) -> None:
    facts = real(name)
    rulings = judge(Case(policy=Policy.USED, before=facts, after=facts))
    assert [each for each in rulings if each.condemns] == []
    assert sum(each.outcome is Outcome.CLEAR for each in rulings) >= 2


@pytest.mark.parametrize(
    ("protocol", "fact", "grown", "new", "used"),
    [
        ("ATA", "reallocated", 1, FAILS, WARNS),
        ("ATA", "reallocated", 2, FAILS, WARNS),
        ("ATA", "reallocated", 3, FAILS, FAILS),
        ("ATA", "reallocation_events", 3, FAILS, FAILS),
        ("SCSI", "grown_defects", 2, FAILS, WARNS),
        ("SCSI", "grown_defects", 3, FAILS, FAILS),
        ("SCSI", "offline_uncorrectable", 1, FAILS, FAILS),
        ("ATA", "reported_uncorrectable", 1, FAILS, FAILS),
        ("ATA", "spin_retries", 1, FAILS, FAILS),
        ("ATA", "end_to_end_errors", 1, FAILS, FAILS),
        ("ATA", "command_timeouts", 4, WARNS, WARNS),
        ("ATA", "command_timeouts", 5, FAILS, FAILS),
        ("ATA", "link_errors", 40_000, WARNS, WARNS),
        ("ATA", "phy_errors", 40_000, WARNS, WARNS),
        ("SCSI", "phy_errors", 40_000, WARNS, WARNS),
        ("ATA", "error_log", 9, WARNS, WARNS),
        ("NVMe", "error_log", 9, WARNS, WARNS),
        ("NVMe", "media_errors", 1, FAILS, FAILS),
        ("ATA", "failed_attributes", 1, FAILS, FAILS),
        ("ATA", "failed_self_tests", 1, FAILS, FAILS),
        ("SCSI", "failed_self_tests", 1, FAILS, FAILS),
    ],
)
def test_growth_weighs_as_the_policy_says(protocol: str, fact: str, grown: int, new: Severity, used: Severity) -> None:
    grown_case = case(protocol, now={fact: grown})
    for policy, severity in ((Policy.NEW, new), (Policy.USED, used)):
        found = [each for each in judge(replace(grown_case, policy=policy)) if each.fired]
        assert [each.severity for each in found] == [severity]
        assert found[0].evidence == {"before": 0, "now": grown}


@pytest.mark.parametrize("policy", [Policy.NEW, Policy.USED])
@pytest.mark.parametrize("fact", ["pending", "offline_uncorrectable"])
def test_what_is_left_at_the_end_fails_even_if_it_was_there_before(fact: str, policy: Policy) -> None:
    assert ruling(case(was={fact: 1}, policy=policy), f"smart_{fact}").condemns
    assert not ruling(case(was={fact: 9}, now={fact: 0}, policy=policy), f"smart_{fact}").fired


@pytest.mark.parametrize("fact", ["link_errors", "phy_errors", "command_timeouts"])
def test_the_link_is_accused_before_the_drive(fact: str) -> None:
    found = ruling(case(now={fact: 2}), f"smart_{fact}")
    assert found.cause is Cause.LINK
    assert "cable" in found.message


@pytest.mark.parametrize(("fact", "then"), [("reported_uncorrectable", 1), ("reallocated", 11)])
def test_an_old_burden_of_a_used_drive_is_a_warning(fact: str, then: int) -> None:
    found = ruling(case(was={fact: then}), f"smart_{fact}")
    assert found.severity is Severity.WARNING
    assert not ruling(case(was={"reallocated": 10}), "smart_reallocated").fired


def test_a_new_drive_may_have_no_burden_at_all() -> None:
    assert ruling(case(was={"reallocated": 1}, policy=Policy.NEW), "smart_reallocated").severity is Severity.WARNING


def test_a_counter_of_the_link_that_began_again_counts_from_zero() -> None:
    assert not ruling(case(was={"phy_errors": 500}, now={"phy_errors": 0}), "smart_phy_errors").fired
    assert ruling(case(was={"phy_errors": 500}, now={"phy_errors": 3}), "smart_phy_errors").fired


def test_a_counter_that_went_back_says_nothing() -> None:
    found = ruling(case(was={"reallocated": 8}, now={"reallocated": 0}), "smart_reallocated")
    assert found.outcome is Outcome.NOT_APPLICABLE


def test_a_counter_without_a_value_from_before_is_no_growth() -> None:
    odd = case()
    before = {key: value for key, value in (odd.before or {}).items() if key != "reallocated"}
    found = ruling(replace(odd, before=before, after={**before, "reallocated": 9}), "smart_reallocated")
    assert (found.fired, found.severity) == (True, Severity.WARNING)


def test_a_counter_that_fell_silent_is_named() -> None:
    odd = case(was={"reallocated": 4})
    after = {key: value for key, value in (odd.after or {}).items() if key != "reallocated"}
    found = ruling(replace(odd, after=after), "smart_reallocated")
    assert (found.fired, found.cause, found.evidence) == (True, Cause.HOST, {"before": 4})


def test_rules_of_another_protocol_say_so() -> None:
    found = ruling(case("SCSI"), "smart_reallocated")
    assert (found.outcome, found.message) == (Outcome.NOT_APPLICABLE, "SAS drives do not keep this counter.")


def test_without_smart_from_after_no_counter_is_judged() -> None:
    rulings = judge(replace(case(), after=None))
    assert [each.rule for each in rulings if each.rule.startswith("smart_") and each.outcome is Outcome.CLEAR] == []


def test_every_ruling_has_a_sentence_and_can_be_stored() -> None:
    cases: list[Case] = [case(), case("SCSI"), case("NVMe"), Case(), case(now={"pending": 8, "health": False})]
    for each in cases:
        for one in judge(each):
            stored: dict[str, Any] = one.as_json()
            assert stored["message"].endswith(".")
            assert stored["title"]
