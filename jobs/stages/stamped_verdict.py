"""What the engine "stamped" found, judged and said in sentences. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobs.stages import stamped_plan as plan
from jobs.stages.badblocks import span_text
from jobs.stages.base import Cause, Finding, Limits, Proof, Severity, StageReport, State, Verdict, unknown
from jobs.stages.stamped_words import SENTENCES, advice_for, bytes_text, plural

TERMINATED, DEVICE_GONE = "terminated", "device_gone"
BEGIN_AGAIN = ("sample_mismatch", "bad_start")
FORGIVABLE = ("unreadable", "unwritable")  # places that the drive itself reports; all else it passed off as good
WHY_STOPPED = {
    DEVICE_GONE: "the drive no longer answers anywhere. Look at its power, its cable and its port",
    "other_drive": "another drive than the one it began with is in its place",
    "bad_block_size": "its logical blocks have a size that this test does not know. Use the plan “classic”",
}
KEEP_BLOCKS = 1_000
Error = Mapping[str, Any]


def why_afresh(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return why the test begins again, for the findings of the verdict."""
    check = result.get("sample_check") or {}
    differing = [entry["block"] for entry in check.get("mismatches") or []]
    if not differing:
        return {"message": "The checkpoint of the interrupted test could not be read; it began again.", "blocks": []}
    message = (
        f"{len(differing)} of {check.get('checked')} places that were looked at after an interruption no longer held "
        "what the test had written: somebody else wrote to the drive, or it lost data when its power went. "
        "The test began again from the start."
    )
    return {"message": message, "blocks": differing}


def is_through(state: State, collected: Mapping[str, Any]) -> bool:
    """Return whether the engine itself came to its end, also when nobody was left to write down that it did."""
    result = collected.get("result") or {}
    own = result.get("run_stamp") == state["run_stamp"]
    return own and bool(result.get("completed") or result.get("gave_up"))


def judge(state: State, run: Mapping[str, Any], result: Mapping[str, Any], limits: Limits) -> StageReport:
    """Return the verdict on a run that ended by itself. PASSED needs every byte of every pass."""
    doubt = _doubt(state, run, result)
    errors = list(result.get("errors") or [])
    bad = bad_blocks(errors)
    hard = [error for error in errors if error["kind"] not in FORGIVABLE]
    failed = not doubt and (bool(hard) or len(bad) > limits.bad_block_threshold)
    if not doubt and not failed:
        doubt = _unproved(state, result, errors)
    common = {
        "findings": _findings(state, result, errors, doubted=bool(doubt), failed=failed),
        "bad_blocks": len(bad),
        "log": state["log"],
        "position_log": list(result.get("position_log") or []),
    }
    if doubt:
        return unknown(f"The surface test proves nothing: {doubt}.", state, **common)
    done = sum(entry["bytes_written"] + entry["bytes_verified"] for entry in result["passes"])
    total = int(state["bytes_total"])
    return StageReport(
        Verdict.FAILED if failed else Verdict.PASSED,
        message=_summary(result, errors, bad) if failed else "Every block was written and verified",
        percent=round(100 * min(done, total) / max(1, total), 2) if failed else 100.0,
        bytes_done=min(done, total) if failed else total,
        bytes_total=total,
        proof=_proof(state, result, errors),
        state={
            **state,
            "phases": plan.phases({"pass": len(state["passes"])}) if not failed else state["phases"],
            "claims": _claims(result, errors, bad),
        },
        **common,
    )


def bad_blocks(errors: Sequence[Error]) -> list[int]:
    """Return the numbers of the blocks with an error, each once."""
    return sorted({error["block"] for error in errors if error["block"] is not None})


def _claims(result: Mapping[str, Any], errors: Sequence[Error], bad: Sequence[int]) -> dict[str, int]:
    """Return what the verdict's rules weigh: what was written, and what was found."""
    kinds = [error["kind"] for error in errors]
    read, write = kinds.count("unreadable"), kinds.count("unwritable")
    return {
        "parts": len(result["passes"]),
        "read_errors": read,
        "write_errors": write,
        "corrupted": len(kinds) - read - write,
        "bad_blocks": len(bad),
        "claimed_bytes": sum(int(entry["bytes_written"]) for entry in result["passes"]),
    }


def _doubt(state: State, run: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """Return why the run says nothing about the drive, neither good nor bad."""
    if not result:
        return "the engine left no result"
    if result.get("run_stamp") != state["run_stamp"] or result.get("size_bytes") != state["size"]:
        return "its result is that of another test"
    stopped = str(result.get("stopped") or "")
    if stopped and not result.get("gave_up"):
        return WHY_STOPPED.get(stopped, f"it stopped early ({stopped})")
    if run.get("guard_checked") is False:
        return "the host could not show that the engine had this very drive open"
    return ""


def _unproved(state: State, result: Mapping[str, Any], errors: Sequence[Error]) -> str:
    """Return what a run without enough errors to fail the drive has left open; empty: it proved all of it."""
    if result.get("gave_up"):
        return f"it ended at {len(errors)} errors, fewer than are forgiven, before all of the drive was seen"
    if not result.get("completed") or _hides_errors(result) or len(result["passes"]) != len(state["passes"]):
        return "it did not come to its end"
    for index, done in enumerate(result["passes"]):
        blocks = {error["block"] for error in errors if error["pass"] == index}
        enough = int(state["size"]) - len(blocks) * int(result["logical_block"])
        whole = not blocks and done["bytes_written"] == done["bytes_verified"] == state["size"]
        nearly = blocks and min(done["bytes_written"], done["bytes_verified"]) >= enough
        if not (whole or nearly):
            return (
                f"of {state['size']} bytes, {done['bytes_written']} were written and {done['bytes_verified']} verified "
                f"in the pass of {plan.name_of(state, index)}"
            )
    return ""


def _hides_errors(result: Mapping[str, Any]) -> bool:
    """Whether a result counts errors that it does not list."""
    return int(result.get("error_count") or 0) != len(result.get("errors") or [])


def _proof(state: State, result: Mapping[str, Any], errors: Sequence[Error]) -> tuple[Proof, ...]:
    lines = []
    for index, done in enumerate(result["passes"]):
        count = sum(1 for error in errors if error["pass"] == index)
        whole = done["bytes_written"] == done["bytes_verified"] == state["size"]
        claim = f"{done['bytes_written']:,} bytes written, {done['bytes_verified']:,} read back as written"
        lines.append(
            Proof(
                label=f"Pass of {plan.name_of(state, index)}",
                value=f"{claim} of {state['size']:,}, {plural(count, 'error')}{_speeds(done)}",
                ok=whole and not count,
            )
        )
    return tuple(lines)


def _speeds(done: Mapping[str, Any]) -> str:
    seconds = [float(done.get(f"{phase}_seconds") or 0) for phase in plan.PHASES]
    if min(seconds) < 1:
        return ""
    write, verify = done["bytes_written"] / seconds[0] / 1e6, done["bytes_verified"] / seconds[1] / 1e6
    return f"; {write:.0f} MB/s written, {verify:.0f} MB/s read"


def _summary(result: Mapping[str, Any], errors: Sequence[Error], bad: Sequence[int]) -> str:
    if result.get("wraps_at_bytes"):
        return f"Fake capacity: after {bytes_text(result['wraps_at_bytes'])} it begins again from its start"
    if _drops_from(result, errors) is not None:
        return "Fake capacity: nothing written behind a certain place has stayed"
    kinds = list(dict.fromkeys(error["kind"] for error in errors))
    count = len(bad) or len(errors)
    if kinds == ["unflushed"]:
        return "The drive could not empty its cache onto the medium"
    if len(kinds) == 1 and kinds[0] in SENTENCES:
        return f"{plural(count, 'block')} {SENTENCES[kinds[0]].short}"
    return f"{plural(count, 'bad block')}: {', '.join(SENTENCES[kind].short for kind in kinds if kind in SENTENCES)}"


def _findings(
    state: State, result: Mapping[str, Any], errors: Sequence[Error], *, doubted: bool, failed: bool
) -> tuple[Finding, ...]:
    capacity = None if doubted else _capacity(state, result, errors)
    found = [] if capacity is None else [capacity]
    for kind in dict.fromkeys(error["kind"] for error in errors):
        if capacity is not None and kind in ("foreign_address", "lost", "stale"):
            continue  # is what faked capacity looks like
        found.append(_of_kind(kind, [error for error in errors if error["kind"] == kind], result, failed=failed))
    for note in state["notes"]:
        found.append(
            Finding("began_again", Severity.WARNING, note["message"], cause=Cause.HOST, data={"blocks": note["blocks"]})
        )
    repeated = sum(int(entry.get("retried") or 0) for entry in result.get("passes") or [])
    if repeated:
        words = f"{plural(repeated, 'transfer')} failed and worked when repeated. Look at the cable and the port."
        found.append(Finding("repeated_transfers", Severity.WARNING, words, cause=Cause.LINK, data={"count": repeated}))
    if result.get("stopped") == DEVICE_GONE:
        words = "The drive stopped answering in the middle of the test. Look at its power, its cable and its port."
        found.append(Finding("device_gone", Severity.WARNING, words, cause=Cause.LINK))
    return tuple(found)


def _of_kind(kind: str, errors: Sequence[Error], result: Mapping[str, Any], *, failed: bool) -> Finding:
    sentence = SENTENCES.get(kind) or SENTENCES["corrupt"]
    blocks = bad_blocks(errors)
    size = result.get("logical_block")
    where = f" at {span_text(blocks)}, counted in blocks of {size} bytes" if blocks else ""
    data: dict[str, Any] = {"kind": kind, "block_size": size, "blocks": blocks[:KEEP_BLOCKS]}
    found = list(dict.fromkeys(str(error.get("found", "")) for error in errors))[:5]
    if kind == "foreign_address":
        data["held_instead"] = [error.get("address") for error in errors][:KEEP_BLOCKS]
    return Finding(
        code=sentence.code,
        severity=Severity.FAILURE if failed else Severity.WARNING,
        message=f"{plural(len(blocks), 'block') if blocks else 'The drive'} {sentence.long}{where}.{advice_for(kind)}",
        data={**data, "found": found},
    )


def _capacity(state: State, result: Mapping[str, Any], errors: Sequence[Error]) -> Finding | None:
    """Return that the drive has less room than it claims, where that was seen."""
    real, claimed = result.get("wraps_at_bytes"), bytes_text(state["size"])
    if real:
        words = f"It claims {claimed}, but after {bytes_text(real)} it begins again from its start"
    else:
        real = _drops_from(result, errors)
        if real is None:
            return None
        words = f"It claims {claimed}, but nothing that was written from byte {real:,} on has stayed"
    message = f"{words}: the capacity is faked. Do not use it, send it back. What goes beyond its real size is lost."
    return Finding(
        "fake_capacity", Severity.FAILURE, message, data={"real_bytes": real, "claimed_bytes": state["size"]}
    )


def _drops_from(result: Mapping[str, Any], errors: Sequence[Error]) -> int | None:
    """Return from which byte on nothing stayed: so many blocks in a row lost that the test was given up."""
    blocks = [error["block"] for error in errors if error["kind"] in ("lost", "stale") and error["block"] is not None]
    if not blocks or not result.get("gave_up") or len(blocks) != len(errors):
        return None
    in_a_row = blocks == list(range(blocks[0], blocks[0] + len(blocks)))
    return blocks[0] * int(result["logical_block"]) if in_a_row else None
