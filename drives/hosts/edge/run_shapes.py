"""What the host-side program says of a run (docs/host-program.md, "probe" and "Own engines")."""

from typing import Any

from drives.hosts.edge import limits
from drives.hosts.edge.readers import (
    first_of,
    keyed,
    listed,
    long_text,
    maybe,
    number,
    one_of,
    table,
    text,
    truth,
    whole,
    word,
)

STATES = ("absent", "starting", "running", "exited", "refused", "lost", "interrupted")
BYTES = whole()
COUNT = whole(0, 2**60)  # three of them still add up to less than 2**63
TIME = number(0, 1e12)
PERCENT = number(0, 100)
PID = whole(0, 2**32)
PASS = whole(0, 1_000)
PHASE = one_of("write", "verify")
CODE = word(r"[a-z][a-z0-9_]{0,63}", "code")
RUN_ID = word(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", "name of a run")
THREE = listed(COUNT, 3, 3)
BLOCKS = first_of(COUNT, limits.FINDINGS)

REASON = table({"code": CODE, "message": text()})
WHY = table(optional={"code": maybe(CODE), "message": maybe(text())})  # of a run whose files may be damaged

FINDING = table(
    {"kind": CODE},
    {
        "block": maybe(BYTES),
        "pass": PASS,
        "phase": PHASE,
        "found": maybe(text(limits.NAME)),
        "offset": BYTES,
        "text": text(),
        "address": maybe(number(0, 2.0**64)),
        "bits": maybe(COUNT),
    },
)
STAMPED_FINDING = table({"kind": CODE, "block": maybe(BYTES), "pass": PASS, "phase": PHASE}, {"found": maybe(text())})

PLACE = table(
    {"pass": PASS, "phase": PHASE, "position": BYTES},
    {"errors": listed(FINDING, limits.FINDINGS), "at": TIME, "position_log": long_text, "wraps_at_bytes": maybe(BYTES)},
)


def _place_or_nothing(value: Any) -> Any:
    return {} if value == {} else PLACE(value)


PROGRESS = table(
    optional={
        "phase": maybe(PHASE),
        "pass": PASS,
        "pattern": maybe(text(limits.NAME)),
        "percent": maybe(PERCENT),
        "position": maybe(BYTES),
        "bytes_done": maybe(BYTES),
        "bytes_total": maybe(BYTES),
        "errors": maybe(THREE),
        "rate": maybe(number(-1e15, 1e15)),
        "elapsed_s": maybe(TIME),
        "completed": maybe(truth),
        "done": BYTES,
        "total": BYTES,
        "checkpoint": maybe(_place_or_nothing),
    }
)
SEEN = table(  # the checkpoint of badblocks
    optional={
        "phase": maybe(PHASE),
        "pattern": maybe(text(limits.NAME)),
        "percent": maybe(PERCENT),
        "position": maybe(BYTES),
        "errors": maybe(THREE),
        "at": maybe(TIME),
    }
)


def _checkpoint(value: Any) -> Any:
    """Read the checkpoint of badblocks, or that of the program's own engine, which names its pass."""
    return PLACE(value) if isinstance(value, dict) and "pass" in value else SEEN(value)


RUN = table(
    {"run_id": RUN_ID, "state": one_of(*STATES)},
    {
        "exit_code": maybe(whole(-(2**31), 2**31)),
        "signal": maybe(whole(0, 1_000)),
        "keeper_alive": maybe(truth),
        "keeper_pid": maybe(PID),
        "pid": maybe(PID),
        "paused": maybe(truth),
        "stopped_by_request": maybe(truth),
        "started_at": maybe(TIME),
        "finished_at": maybe(TIME),
        "boot_id": maybe(text(64)),
        "guard_checked": maybe(truth),
        "guard_note": maybe(text()),
        "output_bytes": maybe(BYTES),
        "host_full": maybe(truth),
        "device": maybe(table()),
        "progress": maybe(PROGRESS),
        "checkpoint": maybe(_checkpoint),
        "reason": maybe(WHY),
    },
)

LATENCY = table(optional=dict.fromkeys(("p50", "p95", "p99", "max"), maybe(number(0, 1e12))))
ACCESSES = table(optional={"asked": COUNT, "done": COUNT, "latency_ms": maybe(LATENCY)})
RANGES = first_of(listed(BYTES, 2, 2), limits.FINDINGS)
CELLS = listed(maybe(number(0, 1e12)), limits.CELLS)
PHASE_LOG = table({"pass": PASS, "phase": PHASE}, {"mbps": maybe(CELLS), "worst_ms": maybe(CELLS)})
PASS_DONE = table(
    {
        "bytes_written": BYTES,
        "bytes_verified": BYTES,
        "write_seconds": TIME,
        "verify_seconds": TIME,
        "errors": COUNT,
    },
    {"retried": maybe(COUNT), "kind": text(limits.NAME), "number": COUNT},
)
SAMPLE_CHECK = table(
    optional={
        "checked": COUNT,
        "mismatches": maybe(first_of(table({"block": BYTES}), limits.FINDINGS)),
    }
)
STAMPED_RESULT = table(
    {"passes": listed(PASS_DONE, limits.PASSES), "errors": listed(STAMPED_FINDING, limits.FINDINGS)},
    {
        "run_stamp": text(limits.NAME),
        "size_bytes": BYTES,
        "logical_block": whole(1, 2**30),
        "completed": truth,
        "gave_up": truth,
        "stopped": maybe(text(limits.NAME)),
        "error_count": COUNT,
        "wraps_at_bytes": maybe(BYTES),
        "sample_check": maybe(SAMPLE_CHECK),
        "position_log": maybe(listed(PHASE_LOG, 2 * limits.PASSES)),
    },
)
OTHER_RESULT = table(
    optional={
        "complete": truth,
        "out_of_time": truth,
        "error_count": COUNT,
        "errors": listed(FINDING, limits.FINDINGS),
        "reads": maybe(ACCESSES),
        "writes": maybe(ACCESSES),
        "verified": COUNT,
        "bad_ranges": RANGES,
        "patterns": first_of(table(optional={"errors": listed(FINDING, limits.FINDINGS)}), limits.PASSES),
        "checked": COUNT,
        "mismatches": BLOCKS,
        "unreadable": BLOCKS,
    }
)


def _result(value: Any) -> Any:
    """Read what an engine of the program itself came to; only the stamped one names its stamp."""
    return STAMPED_RESULT(value) if isinstance(value, dict) and "run_stamp" in value else OTHER_RESULT(value)


COLLECTED = table(
    {"run": RUN, "stdout": long_text, "log": long_text},
    {"stdout_truncated": truth, "result": maybe(_result)},
)
RUNS = keyed(RUN, limits.RUNS)
