"""What the stamped engine found, judged: passed only with proof, and each fault by its name."""

from typing import Any

import pytest

from jobs.stages.base import Limits, Verdict
from jobs.tests.stages.fake_host import FakeHost
from jobs.tests.stages.stamped_stage import (
    BLOCK,
    error,
    judged,
    poll,
    result,
    start,
)


@pytest.mark.parametrize("name", ["bytes_written", "bytes_verified"])
@pytest.mark.parametrize("index", [0, 1])
def test_one_missing_block_of_one_pass_is_no_pass(host: FakeHost, name: str, index: int) -> None:
    report = start(host)
    found = result(host)
    found["passes"][index][name] -= BLOCK
    host.end(result=found)
    assert poll(host, report).verdict is Verdict.UNKNOWN


def test_it_says_unknown_without_a_result_or_when_the_host_did_not_see_the_drive_open(host: FakeHost) -> None:
    report = start(host)
    host.end(log="Traceback", exit_code=1)
    assert poll(host, report).verdict is Verdict.UNKNOWN
    report = start(host := FakeHost())
    host.end(result=result(host), guard_checked=False)
    assert poll(host, report).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("found", "code", "words"),
    [
        (error(7, "unreadable"), "bad_blocks", "could not be read"),
        (error(7, "unwritable"), "bad_blocks", "could not be written"),
        (error(7, "corrupt", bits=3), "corruption", "flipped bits"),
        (error(7, "stale"), "stale_writes", "write it lost"),
        (error(7, "lost"), "lost_writes", "write it lost"),
        (error(7, "foreign_address", address=99), "misdirected_writes", "went astray"),
        (error(None, "unflushed"), "unflushed", "cache"),
    ],
)
def test_each_fault_fails_the_drive_by_its_name(host: FakeHost, found: dict[str, Any], code: str, words: str) -> None:
    report = judged(host, found)
    assert report.verdict is Verdict.FAILED
    assert [(one.code, one.severity) for one in report.findings] == [(code, "failure")]
    assert words in report.findings[0].message
    assert not report.proof[0].ok


def test_what_worked_only_when_repeated_is_told_and_blamed_on_the_link(host: FakeHost) -> None:
    report = start(host)
    told = result(host)
    told["passes"][1]["retried"] = 3
    host.end(result=told)
    report = poll(host, report)
    assert report.verdict is Verdict.PASSED
    assert [(one.code, one.severity, one.cause, one.data["count"]) for one in report.findings] == [
        ("repeated_transfers", "warning", "link", 3)
    ]


def test_what_was_passed_off_as_good_is_never_forgiven(host: FakeHost) -> None:
    generous = Limits(bad_block_threshold=50)
    forgiven = judged(host, error(7, "unreadable"), limits=generous)
    assert (forgiven.verdict, forgiven.bad_blocks) == (Verdict.PASSED, 1)
    assert forgiven.findings[0].severity == "warning"
    for kind in ("corrupt", "lost", "stale", "foreign_address", "unflushed"):
        assert judged(FakeHost(), error(7, kind), limits=generous).verdict is Verdict.FAILED


def test_more_bad_blocks_than_forgiven_fail_and_as_many_in_two_passes_count_once(host: FakeHost) -> None:
    twice = [error(7, "unreadable"), error(7, "unreadable", 1)]
    assert judged(host, *twice, limits=Limits(bad_block_threshold=1)).verdict is Verdict.PASSED
    more = [*twice, error(8, "unreadable")]
    assert judged(FakeHost(), *more, limits=Limits(bad_block_threshold=1)).verdict is Verdict.FAILED


def test_a_drive_that_wraps_is_called_a_fake_with_its_real_size(host: FakeHost) -> None:
    astray = [error(block, "foreign_address", address=block + 9) for block in range(100)]
    gave_up: dict[str, Any] = {"completed": False, "gave_up": True, "stopped": "max_errors"}
    report = judged(host, *astray, wraps_at_bytes=5 * 2**20, **gave_up)
    assert report.verdict is Verdict.FAILED
    assert [one.code for one in report.findings] == ["fake_capacity"]
    assert report.findings[0].data["real_bytes"] == 5 * 2**20
    assert "send it back" in report.findings[0].message


def test_a_drive_that_drops_what_lies_beyond_is_called_a_fake(host: FakeHost) -> None:
    lost = [error(block, "lost") for block in range(5000, 5100)]
    report = judged(host, *lost, completed=False, gave_up=True, stopped="max_errors")
    assert report.verdict is Verdict.FAILED
    assert report.findings[0].data["real_bytes"] == 5000 * BLOCK
    assert report.message.startswith("Fake capacity")


def test_giving_up_below_what_is_forgiven_is_no_verdict(host: FakeHost) -> None:
    errors = [error(block, "unreadable") for block in range(100)]
    gave_up: dict[str, Any] = {"completed": False, "gave_up": True, "stopped": "max_errors"}
    report = judged(host, *errors, limits=Limits(bad_block_threshold=200_000), **gave_up)
    assert report.verdict is Verdict.UNKNOWN
