"""The surface by stamps: passes only with proof, names what it finds, and goes on where it was interrupted."""

from typing import Any

import pytest

from jobs.stages import get_stage
from jobs.stages.base import STANDARD, Limits, StageReport, Verdict
from jobs.stages.surface_test import BLIND_SPOTS
from jobs.tests.badblocks_output import write_log
from jobs.tests.stages.fake_host import FakeHost, context

STAGE = get_stage("surface_validate")
SIZE = 64 * 2**20
BLOCK = 512
REBOOTED = {"state": "lost", "exit_code": None, "reason": {"code": "rebooted", "message": "The host was restarted."}}


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


def start(host: FakeHost, **changes: Any) -> StageReport:
    return STAGE.start(context(host, size=SIZE, surface_plan=STANDARD, **changes))


def poll(host: FakeHost, report: StageReport, **changes: Any) -> StageReport:
    return STAGE.poll(context(host, report.state, size=SIZE, surface_plan=STANDARD, **changes))


def error(block: int | None, kind: str, index: int = 0, **more: Any) -> dict[str, Any]:
    return {"block": block, "kind": kind, "found": "what was found", "pass": index, "phase": "verify", **more}


def result(host: FakeHost, *errors: dict[str, Any], **changes: Any) -> dict[str, Any]:
    passes = []
    for index, (kind, number) in enumerate((("stamp", 1), ("zero", 0))):
        bad = sum(BLOCK for one in errors if one["pass"] == index and one["block"] is not None)
        seconds = {"write_seconds": 2.0, "verify_seconds": 4.0}
        done = {"bytes_written": SIZE, "bytes_verified": SIZE - bad, "errors": 0, "retried": 0}
        passes.append({"kind": kind, "number": number, **seconds, **done})
    told = {
        "completed": True,
        "gave_up": False,
        "stopped": "",
        "run_stamp": host.launched[-1]["engine"]["run_stamp"],
        "size_bytes": SIZE,
        "logical_block": BLOCK,
        "passes": passes,
        "errors": list(errors),
        "error_count": len(errors),
        "wraps_at_bytes": None,
        "position_log": [{"pass": 0, "phase": "write", "mbps": [200.0], "worst_ms": [9.0]}],
    }
    return {**told, **changes}


def judged(host: FakeHost, *errors: dict[str, Any], limits: Limits | None = None, **changes: Any) -> StageReport:
    report = start(host)
    host.end(result=result(host, *errors, **changes))
    return poll(host, report, limits=limits or Limits())


def checkpoint(position: int, phase: str = "write", index: int = 0) -> dict[str, Any]:
    return {"pass": index, "phase": phase, "position": position, "run_stamp": "ab", "position_log": "long"}


def interrupt(host: FakeHost, report: StageReport, kept: dict[str, Any] | None, **ended: Any) -> StageReport:
    """End the newest run as a crash does, and let the stage look until the next one is launched."""
    progress = {"checkpoint": kept} if kept else None
    host.end(**{**REBOOTED, **ended}, progress=progress)
    report = poll(host, report)
    return poll(host, report) if report.verdict is Verdict.RUNNING else report


def test_it_passes_when_every_pass_was_written_and_read_back_whole(host: FakeHost) -> None:
    report = judged(host)
    assert report.verdict is Verdict.PASSED
    assert report.bytes_done == report.bytes_total == 4 * SIZE
    assert [line.ok for line in report.proof] == [True, True]
    assert "34 MB/s written, 17 MB/s read" in report.proof[0].value
    assert report.position_log[0]["mbps"] == [200.0]
    assert [(phase["write"], phase["verify"]) for phase in report.state["phases"]] == [(100.0, 100.0)] * 2
    assert report.findings == ()


def test_it_asks_the_engine_for_stamps_and_zeros_and_guards_the_drive(host: FakeHost) -> None:
    start(host)
    asked = host.launched[0]
    assert asked["engine"]["name"] == "stamped"
    assert [one["kind"] for one in asked["engine"]["passes"]] == ["stamp", "zero"]
    assert asked["guard"]["serial"] == "ZA1"
    assert "start" not in asked["engine"]


def test_a_start_that_is_repeated_after_a_crash_adopts_the_run(host: FakeHost) -> None:
    first, second = start(host), start(host)
    assert len(host.launched) == 1
    assert first.state["run_stamp"] == second.state["run_stamp"]
    assert STAGE.poll(context(host, {"crashes": 1}, size=SIZE, surface_plan=STANDARD)).state["run_id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"completed": False},
        {"passes": []},
        {"error_count": 3},
        {"run_stamp": "another"},
        {"size_bytes": SIZE - 512},
        {"stopped": "other_drive", "completed": False},
        {"stopped": "bad_block_size", "completed": False},
        {"stopped": "something new", "completed": False},
    ],
)
def test_it_says_unknown_when_a_run_proves_nothing(host: FakeHost, changes: dict[str, Any]) -> None:
    report = judged(host, **changes)
    assert report.verdict is Verdict.UNKNOWN
    assert report.message.startswith("The surface test proves nothing: ")


def test_it_waits_for_a_drive_that_went_away_and_goes_on_when_it_is_back(host: FakeHost) -> None:
    here, host.disks = host.disks, []
    report = judged(host, stopped="device_gone", completed=False)
    assert (report.verdict, report.state["run_id"]) == (Verdict.RUNNING, "")
    assert report.waiting
    report = STAGE.poll(context(host, report.state, size=SIZE, surface_plan=STANDARD))
    assert (report.waiting != "", len(host.launched)) == (True, 1)
    host.disks = here
    report = STAGE.poll(context(host, report.state, size=SIZE, surface_plan=STANDARD))
    assert (report.waiting, len(host.launched)) == ("", 2)


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


def test_it_goes_on_at_the_hosts_whole_checkpoint(host: FakeHost) -> None:
    report = start(host)
    stamp = report.state["run_stamp"]
    report = interrupt(host, report, kept := checkpoint(4096, "verify"))
    again = host.launched[1]
    assert again["run_id"] != host.launched[0]["run_id"]
    assert (again["engine"]["start"], again["engine"]["run_stamp"]) == (kept, stamp)
    assert again["engine"]["passes"] == host.launched[0]["engine"]["passes"]
    host.end(result=result(host))
    assert poll(host, report).verdict is Verdict.PASSED


def test_it_goes_on_at_its_own_copy_when_the_host_has_lost_everything(host: FakeHost) -> None:
    report = start(host)
    run_id = report.state["run_id"]
    host.runs[run_id]["progress"] = {**checkpoint(0), "checkpoint": checkpoint(8192, "write", 1)}
    glance = STAGE.glance(report.state, {"runs": host.runs})
    kept = {**report.state, **glance.shown}
    assert "position_log" not in kept["checkpoint"]
    host.runs.clear()
    for _ in range(2):
        kept = STAGE.poll(context(host, kept, size=SIZE)).state
    assert host.launched[-1]["engine"]["start"]["position"] == 8192
    assert kept["runs"] == [run_id, host.launched[-1]["run_id"]]


def test_it_gives_up_after_three_interruptions_without_progress_between_them(host: FakeHost) -> None:
    report = interrupt(host, start(host), checkpoint(4096))
    for _ in range(3):
        assert report.verdict is Verdict.RUNNING
        report = interrupt(host, report, checkpoint(4096))
    assert report.verdict is Verdict.UNKNOWN
    assert "interrupted 3 times" in report.message


def test_interruptions_with_progress_between_them_may_be_any_number(host: FakeHost) -> None:
    report = start(host)
    for position in range(4096, 12 * 4096, 4096):
        report = interrupt(host, report, checkpoint(position))
    assert report.verdict is Verdict.RUNNING
    assert len(host.launched) == 12


@pytest.mark.parametrize(
    "ended",
    [
        {"state": "exited", "signal": 9, "reason": None},
        {"state": "exited", "exit_code": 143, "reason": None, "result": {"stopped": "terminated"}},
        {"state": "refused", "reason": {"code": "busy", "message": "Busy."}},
    ],
)
def test_other_ends_from_outside_are_interruptions_too(host: FakeHost, ended: dict[str, Any]) -> None:
    report = interrupt(host, start(host), checkpoint(4096), **ended)
    assert report.verdict is Verdict.RUNNING
    assert len(host.launched) == 2


def test_a_refusal_is_unknown_and_names_the_reason(host: FakeHost) -> None:
    host.refuse = {"code": "mounted", "message": "It is mounted at /tank."}
    report = start(host)
    assert (report.verdict, report.message) == (Verdict.UNKNOWN, "It is mounted at /tank.")


def test_a_drive_that_changed_while_it_was_interrupted_is_begun_again_with_other_stamps(host: FakeHost) -> None:
    report = interrupt(host, start(host), checkpoint(4096))
    check = {"checked": 64, "unreadable": 0, "mismatches": [{"block": 5, "kind": "lost", "found": "zeros"}]}
    mismatch = {"completed": False, "stopped": "sample_mismatch", "sample_check": check}
    host.end(result={"stopped": "sample_mismatch", **mismatch}, exit_code=1)
    report = poll(host, poll(host, report))
    assert "start" not in host.launched[2]["engine"]
    assert host.launched[2]["engine"]["run_stamp"] != host.launched[0]["engine"]["run_stamp"]
    host.end(result=result(host))
    report = poll(host, report)
    assert report.verdict is Verdict.PASSED
    assert [(one.code, one.data["blocks"]) for one in report.findings] == [("began_again", [5])]


def test_the_table_reads_progress_in_the_same_shape_as_of_badblocks(host: FakeHost) -> None:
    report = start(host)
    assert report.message == "write stamps"
    moving = {"phase": "verify", "pass": 1, "pattern": "zero", "percent": 50.0, "bytes_done": 3 * SIZE + SIZE // 2}
    host.runs[report.state["run_id"]].update(progress={**moving, "checkpoint": checkpoint(0)}, paused=True)
    glance = STAGE.glance(report.state, {"runs": host.runs})
    assert (glance.message, glance.percent, glance.bytes_total) == ("verify zeros, paused", 87.5, 4 * SIZE)
    assert glance.shown["phases"] == [
        {"pattern": "stamps", "write": 100.0, "verify": 100.0},
        {"pattern": "zeros", "write": 100.0, "verify": 50.0},
    ]
    assert STAGE.glance(report.state, {"runs": {}}).decide


def test_cancelling_ends_the_engine_and_every_run_is_known_for_cleaning(host: FakeHost) -> None:
    report = interrupt(host, start(host), checkpoint(4096))
    STAGE.cancel(context(host, report.state))
    assert host.signals[0] == (host.launched[1]["run_id"], "terminate")
    assert STAGE.run_ids(report.state) == tuple(run["run_id"] for run in host.launched)
    watch = STAGE.watch(report.state)
    assert watch is not None
    assert watch.runs == (host.launched[1]["run_id"],)


def test_a_verdict_of_badblocks_says_what_it_cannot_see(host: FakeHost) -> None:
    report = STAGE.start(context(host, size=SIZE))
    for pattern in ("0xaa", "0x55", "0xff", "0x00"):
        assert report.findings == ()
        host.end(log=write_log(16383, pattern))
        report = STAGE.poll(context(host, report.state, size=SIZE))
    assert report.verdict is Verdict.PASSED
    assert report.findings == (BLIND_SPOTS,)
