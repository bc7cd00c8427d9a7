"""The verdict of a surface test, with its findings. Pure."""

from typing import Any

from jobs.stages.badblocks import span_text
from jobs.stages.base import Finding, Limits, Proof, Severity, StageReport, State, Verdict
from jobs.stages.surface import figures, plan
from jobs.stages.surface.legs import KEEP_BLOCKS, bad_count, condemns


def final_report(state: State, limits: Limits) -> StageReport:
    """Return the verdict. PASSED needs a proof for each pattern and, where there is one, for the tail."""
    count = bad_count(state)
    needed = len(state["patterns"]) + bool(state["tail"])
    proofs = tuple(Proof(**row) for row in state["proofs"])
    failed = condemns(state, limits)
    total = int(state["bytes_total"])
    done = min(total, figures.bytes_done(state)) if failed else total
    if not failed and len(proofs) != needed:
        return not_proved(f"{len(proofs)} of {needed} parts were shown to be complete", state)
    return StageReport(
        Verdict.FAILED if failed else Verdict.PASSED,
        message=_words(state, count),
        percent=round(100 * done / max(1, total), 2),
        bytes_done=done,
        bytes_total=total,
        findings=(*_findings(state, count, failed=failed), *figures.notes(state)),
        proof=proofs,
        bad_blocks=count,
        log=state["log"],
        state={**state, "phases": figures.phases(state)},
    )


def not_proved(why: str, state: State) -> StageReport:
    """Say that a run proves nothing, and why: neither for the drive nor against it."""
    return given_up(f"The surface test proves nothing: {why}.", state)


def given_up(sentence: str, state: State) -> StageReport:
    """Say why the test ends without a verdict; how far it was is kept."""
    return StageReport(
        Verdict.UNKNOWN,
        message=sentence,
        percent=figures.percent(state),
        bytes_done=figures.bytes_done(state),
        bytes_total=state["bytes_total"],
        bad_blocks=len(state["bad"]),
        findings=figures.notes(state),
        log=state["log"],
        state=state,
    )


def _words(state: State, count: int) -> str:
    if not count:
        return "Every block was written and verified"
    kinds = ("unreadable", "unwritable", "corrupted")
    named = [kind for kind, number in zip(kinds, state["counts"], strict=True) if number]
    kind = named[0] if len(named) == 1 else "bad"
    return f"{count} {kind} block{'s' if count != 1 else ''}"


def _findings(state: State, count: int, *, failed: bool) -> tuple[Finding, ...]:
    if not count:
        return ()
    located = bool(state["bad"])
    blocks = state["bad"] or state["unplaced"]
    where = (
        f"{_some(len(blocks), count)}at {span_text(blocks)}"
        if located
        else f"near {span_text(blocks)} (they did not show again when the place was read once more)"
    )
    severity = Severity.FAILURE if failed else Severity.WARNING
    message = f"{_words(state, count)} {where}, counted in blocks of {state['block']} bytes.{_advice(state)}"
    return (Finding("bad_blocks", severity, message, data=_numbers(state, blocks, located=located)),)


def _some(located: int, count: int) -> str:
    return f"({located} of them located) " if located < count else ""


def _advice(state: State) -> str:
    read, _, corrupt = state["counts"]
    if not corrupt or read:
        return ""
    return " Test the drive on another port before you blame it: memory or the controller can also do this."


def _numbers(state: State, blocks: list[int], *, located: bool) -> dict[str, Any]:
    read, write, corrupt = state["counts"]
    return {
        "block_size": state["block"],
        "blocks": blocks[:KEEP_BLOCKS],
        "located": located,
        "read_errors": read,
        "write_errors": write,
        "corrupted": corrupt,
        "pattern": plan.pattern_of(state),
    }
