"""The surface stage: passes only with proof, says unknown when in doubt, and finds the right blocks."""

from typing import Any

import pytest

from jobs.stages.base import Limits, StageReport, Verdict
from jobs.stages.surface_validate import SurfaceValidate
from jobs.tests.badblocks_output import compare_log, write_log
from jobs.tests.stages.fake_host import FakeHost, context

STAGE = SurfaceValidate()
LAST = 16383
PATTERNS = ("0xaa", "0x55", "0xff", "0x00")


def poll(host: FakeHost, report: StageReport, **changes: Any) -> StageReport:
    return STAGE.poll(context(host, report.state, **changes))


def run_clean(
    host: FakeHost, report: StageReport, patterns: tuple[str, ...] = PATTERNS, last: int = LAST
) -> StageReport:
    for pattern in patterns:
        host.end(log=write_log(last, pattern))
        report = poll(host, report)
    return report


def test_it_passes_when_every_pattern_is_proved(host: FakeHost) -> None:
    report = run_clean(host, STAGE.start(context(host)))
    assert report.verdict is Verdict.PASSED
    assert [line.ok for line in report.proof] == [True] * 4
    assert report.bytes_done == report.bytes_total == 8 * 64 * 2**20
    assert [run["argv"][run["argv"].index("-t") + 1] for run in host.launched] == list(PATTERNS)


def test_it_tests_the_bytes_behind_the_last_whole_block(host: FakeHost) -> None:
    size = 64 * 2**20 + 512
    report = STAGE.start(context(host, size=size))
    for pattern in PATTERNS:
        host.end(log=write_log(LAST, pattern))
        report = poll(host, report, size=size)
    assert report.verdict is Verdict.RUNNING
    engine = host.launched[-1]["engine"]
    assert (engine["name"], engine["offset"], engine["length"]) == ("tail", 64 * 2**20, 512)
    host.end(result={"complete": True, "bad_ranges": []})
    assert poll(host, report, size=size).verdict is Verdict.PASSED


def test_it_fails_when_the_last_bytes_do_not_hold(host: FakeHost) -> None:
    size = 64 * 2**20 + 512
    report = STAGE.start(context(host, size=size))
    for pattern in PATTERNS:
        host.end(log=write_log(LAST, pattern))
        report = poll(host, report, size=size)
    host.end(result={"complete": True, "bad_ranges": [[64 * 2**20, 64 * 2**20 + 512]]})
    assert poll(host, report, size=size).verdict is Verdict.FAILED


def test_it_locates_a_corrupted_block_before_it_fails_the_drive(host: FakeHost) -> None:
    report = STAGE.start(context(host))
    host.end(stdout="6024\n", log=write_log(LAST, errors=(0, 0, 1)))
    report = poll(host, report)
    assert report.verdict is Verdict.RUNNING
    recheck = host.launched[-1]["argv"]
    assert "-wsv" not in recheck
    assert recheck[-2:] == ["6024", "5000"]
    host.end(stdout="5000\n", log=compare_log(5000, 6024, errors=(0, 0, 1)))
    report = poll(host, report)
    assert report.verdict is Verdict.FAILED
    assert report.findings[0].data["blocks"] == [5000]
    assert report.bad_blocks == 1
    assert "another port" in report.findings[0].message


def test_it_stops_after_the_first_pattern_that_finds_bad_blocks(host: FakeHost) -> None:
    report = STAGE.start(context(host))
    host.end(stdout="5120\n", log=write_log(LAST, errors=(1, 0, 0)))
    report = poll(host, report)
    host.end(stdout="5120\n", log=compare_log(4096, 5120, errors=(1, 0, 0)))
    report = poll(host, report)
    assert report.verdict is Verdict.FAILED
    assert report.message == "1 unreadable block"
    assert len(host.launched) == 2


def test_it_goes_on_when_the_number_of_bad_blocks_is_allowed(host: FakeHost) -> None:
    limits = Limits(bad_block_threshold=1)
    report = STAGE.start(context(host, limits=limits))
    host.end(stdout="5120\n", log=write_log(LAST, errors=(1, 0, 0)))
    report = poll(host, report, limits=limits)
    host.end(stdout="5120\n", log=compare_log(4096, 5120, errors=(1, 0, 0)))
    report = poll(host, report, limits=limits)
    assert report.verdict is Verdict.RUNNING
    for pattern in PATTERNS[1:]:
        host.end(log=write_log(LAST, pattern))
        report = poll(host, report, limits=limits)
    assert report.verdict is Verdict.PASSED
    assert report.bad_blocks == 1


@pytest.mark.parametrize(
    "ending",
    [
        {"exit_code": 1},
        {"exit_code": 127, "log": "badblocks: not found"},
        {"log": ""},
        {"log": write_log(LAST).split("Reading")[0]},
        {"log": write_log(LAST), "guard_checked": False},
        {"log": write_log(LAST), "reason": {"code": "output_too_large", "message": "Too much output."}},
    ],
)
def test_it_says_unknown_when_a_run_proves_nothing(host: FakeHost, ending: dict[str, Any]) -> None:
    report = STAGE.start(context(host))
    host.end(**ending)
    report = poll(host, report)
    assert report.verdict is Verdict.UNKNOWN
    assert report.message


def test_it_says_unknown_when_the_guard_refuses(host: FakeHost) -> None:
    host.refuse = {"code": "mounted", "message": "/dev/sdb is mounted at /tank."}
    report = STAGE.start(context(host))
    assert report.verdict is Verdict.UNKNOWN
    assert report.message == "/dev/sdb is mounted at /tank."


@pytest.mark.parametrize("ending", [{"state": "lost", "exit_code": None}, {"exit_code": None, "signal": 9}])
def test_it_starts_the_pattern_again_when_badblocks_was_killed(host: FakeHost, ending: dict[str, Any]) -> None:
    report = STAGE.start(context(host))
    first = host.launched[-1]
    host.end(**ending)
    report = poll(host, report)
    assert report.verdict is Verdict.RUNNING
    report = poll(host, report)
    assert host.launched[-1]["argv"] == first["argv"]
    assert host.launched[-1]["run_id"] != first["run_id"]
    assert run_clean(host, report).verdict is Verdict.PASSED


def test_it_gives_up_after_three_interruptions(host: FakeHost) -> None:
    report = STAGE.start(context(host))
    for _ in range(3):
        host.end(exit_code=None, signal=9)
        report = poll(host, report)
        if report.verdict is Verdict.RUNNING:
            report = poll(host, report)
    assert report.verdict is Verdict.UNKNOWN
    assert "interrupted 3 times" in report.message


def test_it_does_again_what_was_lost_because_the_disk_of_the_host_was_full(host: FakeHost) -> None:
    report = STAGE.start(context(host))
    host.end(log=write_log(LAST, "0xaa").replace("Reading and comparing: ", ""), host_full=True)
    report = poll(host, report)
    assert report.verdict is Verdict.RUNNING
    report = poll(host, report)
    assert "the disk of the host is full" in report.state["interruptions"][-1]["why"]
    assert [run["argv"][run["argv"].index("-t") + 1] for run in host.launched] == ["0xaa", "0xaa"]
    assert run_clean(host, report).verdict is Verdict.PASSED


def test_it_says_that_the_disk_of_the_host_is_full(host: FakeHost) -> None:
    report = STAGE.start(context(host))
    host.runs[report.state["run_id"]]["host_full"] = True
    assert poll(host, report).message == "write 0xaa; the disk of the host is full"


def test_it_adopts_its_run_when_it_is_started_twice(host: FakeHost) -> None:
    STAGE.start(context(host))
    STAGE.start(context(host))
    assert len(host.launched) == 1


def test_it_ends_its_process_when_it_is_cancelled(host: FakeHost) -> None:
    report = STAGE.start(context(host))
    STAGE.cancel(context(host, report.state))
    assert host.signals[0] == (host.launched[0]["run_id"], "terminate")


def test_it_shows_where_it_is(host: FakeHost) -> None:
    report = STAGE.start(context(host))
    run = {
        **host.runs[host.launched[0]["run_id"]],
        "progress": {
            "phase": "verify",
            "pattern": "0xaa",
            "percent": 50.0,
            "position": 32 * 2**20,
            "errors": [0, 0, 0],
        },
    }
    glance = STAGE.glance(report.state, {"runs": {report.state["run_id"]: run}})
    assert not glance.decide
    assert glance.message == "verify 0xaa"
    assert glance.bytes_done == 96 * 2**20
    assert glance.shown["phases"][0] == {"pattern": "0xaa", "write": 100.0, "verify": 50.0}


def test_it_asks_for_a_decision_when_its_run_is_not_running(host: FakeHost) -> None:
    report = STAGE.start(context(host))
    host.end(log=write_log(LAST))
    assert STAGE.glance(report.state, host.probe(runs=[report.state["run_id"]])).decide
