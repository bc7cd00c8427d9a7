"""The rows of the fault matrix in which something happens meanwhile: to the drive, its SMART, its host or its tools."""

from __future__ import annotations

from tests.acceptance import fault_checks as checks
from tests.acceptance import fault_stories as stories
from tests.acceptance.fault_matrix import AT, Row, by_both_plans, fault, smart

HANGS, TOOLLESS, GERMAN, FULL = "hangs", "without badblocks", "speaks German", "full"
STOOD_STILL = "stood still"
FAILED_ONCE = {"kind": "short", "result": "read-failure", "remaining": 50, "hours": 90, "lba": 1234}
DRIVES_AWAY = (
    *by_both_plans("vanishing", "passed", story=stories.vanishes),
    *by_both_plans("hanging for a while", "passed", story=stories.hangs_a_while, host=HANGS),
    *by_both_plans("hanging", "unknown", story=stories.hangs_for_good, words=STOOD_STILL, host=HANGS),
)
SELF_TESTS = (
    Row(
        "self-tests that pass", "passed", plan="", self_tests=("short", "long"), check=checks.ran_self_tests("ok", "ok")
    ),
    Row(
        "self-test failing at 40 %",
        "failed",
        self_tests=("long",),
        findings=("self_test_failed",),
        words="read failure, first at LBA 4711",
        prepare=smart(results={"extended": {"result": "read-failure", "percent": 40, "lba": 4711}}),
        untouched=True,
    ),
    Row(
        "self-test never advancing",
        "unknown",
        self_tests=("long",),
        words=STOOD_STILL,
        prepare=smart(hold_percent=30),
        story=stories.never_advances,
        untouched=True,
        check=checks.ended_on_the_drive,
    ),
    Row(
        "self-test without a trace",
        "unknown",
        plan="",
        self_tests=("short",),
        words="no trace",
        prepare=smart(drops_self_tests=True),
    ),
    Row(
        "self-test that resets break off",
        "unknown",
        plan="",
        self_tests=("long",),
        words="interrupted 2 times",
        prepare=smart(results={"extended": {"result": "reset", "percent": 20}}),
    ),
)
EXIT_BITS = (
    Row(
        "smartctl bit 8",
        "failed",
        findings=("smart_failing",),
        prepare=smart(health=False),
        untouched=True,
    ),
    Row(
        "smartctl bit 8 in the middle",
        "failed",
        findings=("smart_failing",),
        story=stories.smart_says(health=False),
    ),
    Row(
        "smartctl bit 32 before and after",
        "passed",
        findings=("smart_failed_attributes",),
        prepare=lambda disk: disk.smart.set_attribute(1, worst=51),
        check=checks.grew("smart_failed_attributes", 1, 1),
    ),
    Row(
        "smartctl bit 32 in the middle",
        "failed",
        findings=("smart_failed_attributes",),
        story=stories.attribute_falls(1, worst=51),
        check=checks.grew("smart_failed_attributes", 0, 1),
    ),
    Row("smartctl bit 64 before and after", "passed", prepare=smart(ata_errors=3)),
    Row(
        "smartctl bit 64 in the middle",
        "passed",
        findings=("smart_error_log",),
        prepare=smart(ata_errors=3),
        story=stories.smart_says(ata_errors=5),
        check=checks.grew("smart_error_log", 3, 5),
    ),
    Row(
        "smartctl bit 128 before and after",
        "passed",
        findings=("smart_failed_self_tests",),
        prepare=smart(log=[FAILED_ONCE]),
        check=checks.grew("smart_failed_self_tests", 1, 1),
    ),
    Row(
        "smartctl bit 128 in the middle",
        "failed",
        findings=("smart_failed_self_tests",),
        story=stories.smart_says(log=[FAILED_ONCE]),
        check=checks.grew("smart_failed_self_tests", 0, 1),
    ),
)
TOOLS = (
    Row("tool missing", "passed", host=TOOLLESS),
    Row("tool missing", "unknown", plan="classic", host=TOOLLESS, words="badblocks was not found", untouched=True),
    *by_both_plans("tool killed", "passed", story=stories.tool_is_killed, check=checks.was_written_again),
    *by_both_plans("tool killed each time", "unknown", story=stories.tool_is_killed_each_time, words="any further"),
    *by_both_plans("locale not C", "passed", host=GERMAN),
    *by_both_plans(
        "locale not C, EIO on read",
        "failed",
        standard=("bad_blocks",),
        classic=("bad_blocks",),
        host=GERMAN,
        prepare=fault("eio-read"),
    ),
)
HOSTS_DISK = (
    Row(
        "host's disk full at the start",
        "passed",
        host=FULL,
        before_start=lambda scene: scene.bench.lab.room.fill(),
        story=stories.room_comes_back,
    ),
    Row("host's disk full meanwhile", "passed", host=FULL, story=stories.host_is_full_meanwhile),
    Row("host's disk full meanwhile", "passed", plan="classic", host=FULL, story=stories.host_is_full_meanwhile),
    Row(
        "host's disk full, EIO on read",
        "failed",
        host=FULL,
        findings=("bad_blocks",),
        prepare=fault("eio-read"),
        story=stories.host_is_full_meanwhile,
    ),
    Row(
        "host's disk full, EIO on read",
        "failed",
        plan="classic",
        host=FULL,
        findings=("bad_blocks",),
        prepare=lambda disk: disk.fault("eio-read", AT, 4096),
        story=stories.host_is_full_meanwhile,
    ),
)
ROWS = (*DRIVES_AWAY, *SELF_TESTS, *EXIT_BITS, *TOOLS, *HOSTS_DISK)
