"""A run of the stamped engine that was interrupted goes on in another run, on the same drive only."""

import os
import signal
from typing import Any

import pytest

from drives.hosts.program.engines import stamped, stamped_phases, stamped_report, stamped_state
from drives.hosts.program.engines.stamped_log import unpack
from drives.hosts.program.engines.stamped_state import State
from drives.tests.program.stamp_bench import MIB, ONE, SIZE, TWO, ZERO, Faults, StampBench, bench, faults

__all__ = ["bench", "faults"]
FILLER = b"\x22" * 512


def terminate_at(monkeypatch: pytest.MonkeyPatch, phase: type[stamped_phases.Phase], offset: int) -> None:
    """Send SIGTERM to the engine when the transfer of this place is done."""
    settle = phase.settle

    def settled(self: stamped_phases.Phase, transfer: Any) -> None:
        settle(self, transfer)
        if transfer.offset == offset:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(phase, "settle", settled)


def interrupted(
    bench: StampBench, phase: type[stamped_phases.Phase], offset: int, *passes: dict[str, Any]
) -> dict[str, Any]:
    """Run until that transfer is done; the checkpoint."""
    with pytest.MonkeyPatch.context() as patch:
        terminate_at(patch, phase, offset)
        assert bench.work(*passes) == 143
    assert bench.result["stopped"] == "terminated"
    return bench.checkpoint


def test_a_terminated_run_leaves_a_checkpoint_in_the_run_and_in_its_progress(bench: StampBench) -> None:
    checkpoint = interrupted(bench, stamped_phases.WritePhase, MIB)

    assert (checkpoint["pass"], checkpoint["phase"], checkpoint["position"]) == (0, "write", 2 * MIB)
    assert checkpoint["device"] == {"serial": "SERIAL-A", "wwn": "", "size_bytes": SIZE, "logical_block": 512}
    assert checkpoint["passes"][0]["bytes_written"] == 2 * MIB
    assert bench.progress["checkpoint"] == checkpoint
    assert (bench.progress["position"], bench.progress["completed"]) == (2 * MIB, False)


def test_an_interrupted_verification_goes_on_where_it_was(bench: StampBench, faults: type[Faults]) -> None:
    faults.unreadable = {700 * 512}
    checkpoint = interrupted(bench, stamped_phases.VerifyPhase, MIB, ONE, ZERO)

    assert bench.work(ONE, ZERO, start=checkpoint) == 0

    assert (checkpoint["phase"], checkpoint["position"]) == ("verify", 2 * MIB)
    assert [one["bytes_written"] for one in bench.result["passes"]] == [SIZE, SIZE]
    assert [one["bytes_verified"] for one in bench.result["passes"]] == [SIZE - 512, SIZE - 512]
    assert bench.found("pass", "block", "kind") == [(0, 700, "unreadable"), (1, 700, "unreadable")]


def test_what_was_verified_is_not_verified_again(bench: StampBench) -> None:
    checkpoint = interrupted(bench, stamped_phases.VerifyPhase, MIB)
    checkpoint["passes"][0]["bytes_verified"] = 0

    bench.work(start=checkpoint)

    assert bench.result["passes"][0]["bytes_verified"] == SIZE - 2 * MIB


def test_an_interrupted_writing_begins_before_the_checkpoint(
    bench: StampBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamped_state, "SAFETY_MARGIN", MIB)
    checkpoint = interrupted(bench, stamped_phases.WritePhase, MIB)
    bench.put(MIB // 512, FILLER * (2 * MIB // 512))

    assert bench.work(start=checkpoint) == 0

    assert bench.result["error_count"] == 0
    assert bench.result["sample_check"] == {"checked": 64, "unreadable": 0, "mismatches": []}
    done = bench.result["passes"][0]
    assert done["bytes_written"] == done["bytes_verified"] == SIZE


def test_bad_blocks_of_a_transfer_that_was_not_settled_are_not_taken_off_what_was_written() -> None:
    size, written = 1024 * MIB, 512 * MIB
    chosen = stamped.options({"name": "stamped", "run_stamp": "0" * 16, "passes": [{"kind": "stamp", "number": 1}]})
    state, again = (State(chosen, size, 512, {"serial": "SERIAL-A"}) for _ in range(2))
    state.position = state.tally.bytes_written = written
    for place in (written - 512, written, written + 512):
        state.findings.add({"block": place // 512, "kind": "unwritable", "pass": 0, "phase": "write", "found": "EIO"})
    state.tally.bytes_written -= 512  # the first of them belongs to a transfer that was counted

    again.restore(state.checkpoint())
    again.rewind()

    assert again.tally.bytes_written == again.position == written - stamped_state.safety_margin(size)


@pytest.mark.parametrize(
    ("size", "margin"), [(128 * MIB, 4 * MIB), (2**30, 16 * MIB), (32 * 2**30, 512 * MIB), (20 * 2**40, 512 * MIB)]
)
def test_a_small_drive_does_not_go_back_further_than_its_cache_is_large(size: int, margin: int) -> None:
    assert stamped_state.safety_margin(size) == margin


def test_errors_that_are_found_again_count_once(bench: StampBench, faults: type[Faults]) -> None:
    faults.unwritable = {9 * 512, 3000 * 512}
    checkpoint = interrupted(bench, stamped_phases.WritePhase, MIB)

    bench.work(start=checkpoint)

    assert [error["block"] for error in checkpoint["errors"]] == [9, 3000]
    assert bench.found("block", "kind") == [(9, "unwritable"), (3000, "unwritable")]
    assert bench.result["passes"][0]["bytes_written"] == SIZE - 1024


def test_a_run_that_starts_without_counts_claims_only_what_it_did(bench: StampBench) -> None:
    bench.work()

    assert bench.work(ONE, ZERO, start={"pass": 1, "phase": "write", "position": 0}) == 0

    assert [one["bytes_written"] for one in bench.result["passes"]] == [0, SIZE]


@pytest.mark.parametrize("start", [{"phase": "verify", "position": MIB}, {"phase": "write", "position": 2 * MIB}])
def test_a_drive_that_holds_something_else_is_not_written_to(bench: StampBench, start: dict[str, Any]) -> None:
    before = bench.drive.read_bytes()

    assert bench.work(start={"pass": 0, **start}) == 1

    assert (bench.result["stopped"], bench.result["completed"]) == ("sample_mismatch", False)
    assert bench.result["sample_check"]["checked"] == len(bench.result["sample_check"]["mismatches"]) == 64
    assert bench.result["sample_check"]["mismatches"][0]["kind"] == "lost"
    assert bench.drive.read_bytes() == before


def test_at_the_beginning_of_a_pass_the_last_one_is_looked_for(bench: StampBench) -> None:
    start = {"pass": 1, "phase": "write", "position": 0}
    bench.work(ONE)
    bench.put(0, b"".join(bench.stamped_block(2, address) for address in range(2000)))

    assert bench.work(ONE, TWO, start=start) == 0
    bench.put(0, FILLER * (SIZE // 512))
    assert bench.work(ONE, TWO, start=start) == 1

    assert bench.result["stopped"] == "sample_mismatch"


def test_what_a_power_cut_took_from_the_cache_shows_the_pass_before(bench: StampBench) -> None:
    bench.work(ONE)

    assert bench.work(ONE, TWO, start={"pass": 1, "phase": "write", "position": 2 * MIB}) == 0
    assert bench.result["sample_check"]["mismatches"] == []
    bench.put(0, FILLER * (SIZE // 512))
    assert bench.work(ONE, TWO, start={"pass": 1, "phase": "write", "position": 2 * MIB}) == 1


def test_at_the_very_beginning_there_is_nothing_to_look_for(bench: StampBench) -> None:
    assert bench.work(start={"pass": 0, "phase": "write", "position": 0}) == 0

    assert bench.result["sample_check"]["checked"] == 0


def test_known_bad_blocks_are_no_strangers(bench: StampBench, faults: type[Faults]) -> None:
    faults.when_flushed.append(lambda: bench.put(0, FILLER * 60))
    checkpoint = interrupted(bench, stamped_phases.VerifyPhase, 2 * MIB)

    assert len(checkpoint["errors"]) == 60
    assert bench.work(start=checkpoint) == 0
    assert (bench.result["error_count"], bench.result["completed"]) == (60, True)


def test_another_drive_is_refused_unseen(bench: StampBench) -> None:
    checkpoint = interrupted(bench, stamped_phases.WritePhase, MIB)
    bench.identity("SERIAL-B")
    before = bench.drive.read_bytes()

    assert bench.work(start=checkpoint) == 1

    assert (bench.result["stopped"], bench.result["sample_check"]) == ("other_drive", None)
    assert bench.drive.read_bytes() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"position": SIZE + 1},
        {"passes": []},
        {"passes": [{"kind": "zero", "number": 0}]},
        {"errors": [{"block": 5}]},
        {"errors": 5},
    ],
)
def test_a_start_that_does_not_fit_is_refused(bench: StampBench, wrong: dict[str, Any]) -> None:
    checkpoint = interrupted(bench, stamped_phases.WritePhase, MIB)
    before = bench.drive.read_bytes()

    assert bench.work(start={**checkpoint, **wrong}) == 1

    assert bench.result["stopped"] == "bad_start"
    assert bench.drive.read_bytes() == before


def test_the_speeds_of_the_first_run_are_kept(bench: StampBench) -> None:
    checkpoint = interrupted(bench, stamped_phases.VerifyPhase, MIB)
    first = unpack(checkpoint["position_log"])

    bench.work(start=checkpoint)

    wrote, verified = bench.result["position_log"]
    assert wrote == first[0]
    assert verified["mbps"][0] == first[1]["mbps"][0] is not None
    assert verified["mbps"][3 * MIB * 1000 // SIZE] is not None


def test_a_log_that_cannot_be_read_is_left_out(bench: StampBench) -> None:
    checkpoint = interrupted(bench, stamped_phases.WritePhase, MIB)

    assert bench.work(start={**checkpoint, "position_log": "rubbish"}) == 0


def test_the_first_that_a_resumed_run_writes_down_is_where_it_goes_on(
    bench: StampBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = interrupted(bench, stamped_phases.VerifyPhase, MIB)
    papers: list[tuple[str, dict[str, Any]]] = []
    write = stamped_report.Clerk.write

    def noted(self: stamped_report.Clerk, name: str, value: dict[str, Any], *, durable: bool) -> None:
        papers.append((name, value))
        write(self, name, value, durable=durable)

    monkeypatch.setattr(stamped_report, "PROGRESS_EVERY", 0.0)
    monkeypatch.setattr(stamped_report.Clerk, "write", noted)
    bench.work(start=checkpoint)

    name, first = papers[0]
    assert (name, first["phase"]) == ("checkpoint.json", "verify")
    assert first["position"] >= 2 * MIB


def test_a_run_that_starts_at_the_end_of_the_last_verification_is_through(bench: StampBench) -> None:
    bench.work(ONE, ZERO)
    through = {**bench.checkpoint, "pass": 1, "phase": "verify", "position": SIZE}

    assert bench.work(ONE, ZERO, start=through) == 0

    assert bench.result["completed"] is True
    assert bench.result["sample_check"]["checked"] == 64
    for done in bench.result["passes"]:
        assert done["bytes_written"] == done["bytes_verified"] == SIZE
