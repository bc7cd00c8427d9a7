"""The drive's own words: its health, its tests, its wear, its age."""

from dataclasses import replace

import pytest

from jobs.stages.base import Severity
from jobs.tests.verdict.case_of import SOUND, case, fired, ruling
from jobs.verdict import Outcome, Policy, SelfTestResult, choose_policy


@pytest.mark.parametrize("protocol", ["ATA", "SCSI", "NVMe"])
def test_a_drive_that_calls_itself_failing_fails(protocol: str) -> None:
    assert ruling(case(protocol, now={"health": False}), "smart_failing").condemns


def test_a_critical_warning_of_nvme_fails_the_drive() -> None:
    found = ruling(case("NVMe", now={"critical_warning": 4}), "smart_failing")
    assert (found.condemns, found.evidence["critical_warning"]) == (True, 4)


@pytest.mark.parametrize(("warning", "fails"), [(2, False), (3, True), (6, True), (0, True)])
def test_a_status_that_only_heat_made_failing_does_not_fail_the_drive(warning: int, *, fails: bool) -> None:
    hot = {"health": False, "critical_warning": warning}
    assert ruling(case("NVMe", now=hot), "smart_failing").condemns is fails


def test_it_also_counts_when_the_test_never_came_to_its_end() -> None:
    assert ruling(replace(case(was={"health": False}), after=None), "smart_failing").condemns


def test_a_drive_that_gives_no_verdict_on_itself_proves_nothing() -> None:
    silent = {key: value for key, value in SOUND["ATA"].items() if key != "health"}
    assert ruling(replace(case(), after=silent), "smart_failing").outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        ([], Outcome.NOT_APPLICABLE),
        (["passed", "passed"], Outcome.CLEAR),
        (["passed", "skipped"], Outcome.NOT_APPLICABLE),
        (["unknown"], Outcome.NOT_APPLICABLE),
        (["passed", "failed"], Outcome.FIRED),
    ],
)
def test_self_tests_need_an_end_to_count(states: list[str], outcome: Outcome) -> None:
    tests = [SelfTestResult("short", state, "It failed its self-test: read failure") for state in states]
    found = ruling(case(self_tests=tests), "self_test")
    assert (found.outcome, found.condemns) == (outcome, outcome is Outcome.FIRED)


@pytest.mark.parametrize(("left", "fails"), [(10, False), (9, True)])
def test_spare_blocks_below_the_drives_own_limit_fail_it(left: int, *, fails: bool) -> None:
    assert ruling(case("NVMe", now={"available_spare": left}), "nvme_spare").condemns is fails


@pytest.mark.parametrize(("used", "fires"), [(99, False), (100, True)])
def test_a_worn_out_drive_is_named(used: int, *, fires: bool) -> None:
    found = ruling(case("NVMe", now={"percentage_used": used}), "nvme_wear")
    assert (found.fired, found.condemns) == (fires, False)
    assert found.evidence["now"] == used


@pytest.mark.parametrize(("hours", "policy", "fires"), [(50, "new", False), (51, "new", True), (51, "used", False)])
def test_a_drive_that_is_to_be_new_and_is_not_is_named(hours: int, policy: str, *, fires: bool) -> None:
    old = case(was={"hours": hours}, policy=Policy(policy))
    assert fired(old) == (["power_on_hours"] if fires else [])
    assert ruling(old, "power_on_hours").severity is not Severity.FAILURE


@pytest.mark.parametrize(
    ("setting", "hours", "policy"),
    [("auto", None, "new"), ("auto", 50, "new"), ("auto", 51, "used"), ("new", 9000, "new"), ("used", 0, "used")],
)
def test_the_policy_is_the_settings_or_goes_by_the_hours(setting: str, hours: int | None, policy: str) -> None:
    assert choose_policy(setting, hours) == policy
