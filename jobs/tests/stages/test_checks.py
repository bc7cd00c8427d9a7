"""Before and after: precheck lets only the right, free and healthy drive in; final check judges what changed."""

from typing import Any

import pytest

from jobs.stages.base import STANDARD, Cause, Limits, Severity, StageReport, Verdict
from jobs.stages.final_check import FinalCheck
from jobs.stages.precheck import Precheck
from jobs.tests.stages.fake_host import FakeHost, context
from jobs.tests.stages.smart_answers import ata

SIZE = 64 * 2**20
DISK = {"serial": "ZA1", "devname": "sdb", "size_bytes": SIZE, "wwn": "0x5000c500a1b2c3d4", "in_use": []}


def precheck(host: FakeHost, disks: list[dict[str, Any]] | None = None, **changes: Any) -> StageReport:
    host.disks = [DISK] if disks is None else disks
    host.smart_answers = host.smart_answers or [ata()]
    return Precheck().start(context(host, **changes))


def test_the_right_free_and_healthy_drive_passes() -> None:
    report = precheck(FakeHost())
    assert report.verdict is Verdict.PASSED
    assert report.state["smart"]["temperature"] == 35


@pytest.mark.parametrize(
    ("disks", "words"),
    [
        ([], "was not found"),
        ([DISK, {**DISK, "devname": "sdc"}], "2 disks"),
        ([{**DISK, "size_bytes": 0}], "0 bytes"),
        ([{**DISK, "size_bytes": SIZE + 512}], "were confirmed"),
        ([{**DISK, "wwn": "0x5000c500ffffffff"}], "WWN"),
        ([{**DISK, "read_only": True}], "read-only"),
        ([{**DISK, "in_use": [{"code": "mounted", "message": "Mounted at /tank."}]}], "Mounted at /tank."),
    ],
)
def test_any_other_drive_is_left_alone_and_not_called_bad(disks: list[dict[str, Any]], words: str) -> None:
    report = precheck(FakeHost(), disks)
    assert report.verdict is Verdict.UNKNOWN
    assert words in report.message


def test_a_drive_in_use_may_test_itself() -> None:
    used = [{**DISK, "in_use": [{"code": "mounted", "message": "Mounted at /tank."}]}]
    assert precheck(FakeHost(), used, plan_destructive=False).verdict is Verdict.PASSED


def test_stamps_need_no_badblocks() -> None:
    host = FakeHost()
    host.tools["badblocks"] = None
    assert precheck(host, surface_plan=STANDARD).verdict is Verdict.PASSED


@pytest.mark.parametrize("tool", ["smartctl", "badblocks"])
def test_a_missing_tool_is_named_with_what_to_install(tool: str) -> None:
    host = FakeHost()
    host.tools[tool] = None
    report = precheck(host)
    assert report.verdict is Verdict.UNKNOWN
    assert report.message.startswith(f"{tool} was not found on nas-1. Install ")


def test_a_plan_that_only_reads_needs_no_badblocks() -> None:
    host = FakeHost()
    host.tools["badblocks"] = None
    assert precheck(host, plan_destructive=False).verdict is Verdict.PASSED


def test_a_failing_drive_fails() -> None:
    host = FakeHost()
    host.smart_answers = [ata(smart_status={"passed": False})]
    assert precheck(host).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("warning", "verdict"), [(2, Verdict.PASSED), (4, Verdict.FAILED), (6, Verdict.FAILED), (0, Verdict.FAILED)]
)
def test_an_nvme_drive_that_only_warns_of_its_temperature_is_not_failing(warning: int, verdict: Verdict) -> None:
    host = FakeHost()
    host.smart_answers = [
        {
            "device": {"protocol": "NVMe"},
            "smartctl": {"exit_status": 8},
            "smart_status": {"passed": False},
            "nvme_smart_health_information_log": {"critical_warning": warning},
        }
    ]
    assert precheck(host).verdict is verdict


@pytest.mark.parametrize(("degrees", "verdict"), [(54, Verdict.PASSED), (55, Verdict.UNKNOWN)])
def test_a_hot_drive_is_stopped_at_the_limit_and_the_heat_is_named(degrees: int, verdict: Verdict) -> None:
    host = FakeHost()
    host.smart_answers = [ata(temperature={"current": degrees})]
    report = precheck(host, limits=Limits(temp_crit_c=55))
    assert report.verdict is verdict
    assert all((found.cause, found.severity) == (Cause.HEAT, Severity.WARNING) for found in report.findings)
    assert ("Cool it and start again" in report.message) is (verdict is Verdict.UNKNOWN)


def test_a_failing_drive_fails_however_hot_it_is() -> None:
    host = FakeHost()
    host.smart_answers = [ata(smart_status={"passed": False}, temperature={"current": 70})]
    report = precheck(host)
    assert (report.verdict, [found.code for found in report.findings]) == (Verdict.FAILED, ["smart_failing"])


def test_a_drive_that_smartctl_cannot_read_is_unknown() -> None:
    host = FakeHost()
    message = {"string": "Unknown USB bridge", "severity": "error"}
    host.smart_answers = [{"smartctl": {"exit_status": 1, "messages": [message]}}]
    report = precheck(host)
    assert report.verdict is Verdict.UNKNOWN
    assert "Unknown USB bridge" in report.message


def final(before: dict[int, int], after: dict[int, int], policy: str = "used", **changes: Any) -> StageReport:
    host = FakeHost()
    smart = precheck_facts(before)
    host.smart_answers = [with_attributes(after, **changes)]
    return FinalCheck().start(context(host, earlier={"precheck": {"smart": smart, "policy": policy}}))


def with_attributes(values: dict[int, int], **changes: Any) -> dict[str, Any]:
    table = [
        {
            "id": number,
            "name": "x",
            "value": 100,
            "worst": 100,
            "thresh": 0,
            "when_failed": "",
            "flags": {"prefailure": False},
            "raw": {"value": value, "string": str(value)},
        }
        for number, value in values.items()
    ]
    return ata(ata_smart_attributes={"table": table}, **changes)


def precheck_facts(values: dict[int, int]) -> dict[str, Any]:
    host = FakeHost()
    host.smart_answers = [with_attributes(values)]
    return dict(precheck(host).state["smart"])


CLEAN = {5: 0, 10: 0, 184: 0, 187: 0, 188: 0, 197: 0, 198: 0, 199: 0}


def test_a_drive_that_did_not_change_passes() -> None:
    report = final(CLEAN, CLEAN)
    assert (report.verdict, report.findings) == (Verdict.PASSED, ())


@pytest.mark.parametrize("number", [5, 10, 184, 187, 197, 198])
def test_a_counter_that_rose_fails_the_drive(number: int) -> None:
    report = final(CLEAN, {**CLEAN, number: 2}, policy="new")
    assert report.verdict is Verdict.FAILED
    assert report.findings[0].severity is Severity.FAILURE


@pytest.mark.parametrize("number", [5, 187])
def test_what_was_there_before_does_not_fail_a_used_drive(number: int) -> None:
    used = {**CLEAN, number: 3}
    assert final(used, used).verdict is Verdict.PASSED


def test_sectors_still_pending_after_a_full_write_fail_even_a_used_drive() -> None:
    used = {**CLEAN, 197: 3}
    assert final(used, used).verdict is Verdict.FAILED


@pytest.mark.parametrize(("remapped", "verdict"), [(2, Verdict.PASSED), (3, Verdict.FAILED)])
def test_a_used_drive_may_remap_two_sectors_and_is_warned_about(remapped: int, verdict: Verdict) -> None:
    report = final(CLEAN, {**CLEAN, 5: remapped})
    assert report.verdict is verdict
    assert [finding.code for finding in report.findings] == ["smart_reallocated"]


@pytest.mark.parametrize(
    ("setting", "hours", "policy"),
    [("auto", 50, "new"), ("auto", 51, "used"), ("new", 900, "new"), ("used", 1, "used")],
)
def test_the_policy_is_settled_at_the_precheck(setting: str, hours: int, policy: str) -> None:
    host = FakeHost()
    host.smart_answers = [ata(hours=hours)]
    assert precheck(host, limits=Limits(verdict_policy=setting)).state["policy"] == policy


def test_what_the_surface_test_found_is_not_told_twice() -> None:
    host = FakeHost()
    host.smart_answers = [with_attributes(CLEAN)]
    surface = {"counts": [1, 0, 0], "bad": [7], "proofs": [{"label": "Pattern 0xaa", "value": "", "ok": False}]}
    earlier = {"precheck": {"smart": precheck_facts(CLEAN)}, "surface_validate": surface}
    report = FinalCheck().start(context(host, earlier=earlier, limits=Limits(bad_block_threshold=1)))
    assert (report.verdict, report.findings) == (Verdict.PASSED, ())


def test_link_errors_warn_and_accuse_the_cable() -> None:
    report = final(CLEAN, {**CLEAN, 199: 40})
    assert report.verdict is Verdict.PASSED
    assert (report.findings[0].severity, report.findings[0].cause) == (Severity.WARNING, Cause.LINK)


@pytest.mark.parametrize(("timeouts", "verdict"), [(4, Verdict.PASSED), (5, Verdict.FAILED)])
def test_a_few_time_outs_warn_and_many_fail(timeouts: int, verdict: Verdict) -> None:
    assert final(CLEAN, {**CLEAN, 188: timeouts}).verdict is verdict


def test_there_is_no_verdict_without_a_snapshot_from_before() -> None:
    host = FakeHost()
    host.smart_answers = [ata()]
    assert FinalCheck().start(context(host)).verdict is Verdict.UNKNOWN
