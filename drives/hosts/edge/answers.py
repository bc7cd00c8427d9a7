"""What each operation of the host-side program may answer, and how long it may be."""

import json
from collections.abc import Mapping
from typing import Any

from drives.hosts.edge import limits
from drives.hosts.edge.misfit import Misfit
from drives.hosts.edge.readers import (
    Reader,
    first_of,
    keyed,
    listed,
    maybe,
    number,
    one_of,
    table,
    text,
    truth,
    whole,
    word,
)
from drives.hosts.edge.run_shapes import CODE, COLLECTED, REASON, RUN, RUNS, TIME
from drives.hosts.edge.unpack import unpack

Answer = dict[str, Any]
DEVNAME = word(r"[A-Za-z0-9!_.:-]{1,64}", "device name")
PROTOCOLS = ("ATA", "SCSI", "NVMe", "")
CELSIUS = whole(-1_000, 1_000)  # a drive without a sensor says strange things; what is believed is decided elsewhere
BLOCK = whole(0, 2**30)


def _protocol(value: Any) -> str:
    """Read a protocol; one that nobody here speaks is none."""
    said = text()(value)
    return str(said) if said in PROTOCOLS else ""


DISK = table(
    {"devname": DEVNAME, "size_bytes": whole()},
    {
        "serial": maybe(text()),
        "wwn": maybe(text()),
        "model": maybe(text(120)),
        "protocol": maybe(_protocol),
        "rotational": maybe(truth),
        "logical_block": maybe(BLOCK),
        "physical_block": maybe(BLOCK),
        "read_only": maybe(truth),
        "removable": maybe(truth),
        "temperature_c": maybe(CELSIUS),
        "smart_health": maybe(one_of("PASSED", "FAILED", "")),
        "in_use": first_of(REASON, limits.REASONS),
        "errors": first_of(text(), limits.SENTENCES),
    },
)
INVENTORY = table(
    {"disks": listed(DISK, limits.DRIVES)},
    {
        "errors": first_of(text(), limits.SENTENCES),
        "system": maybe(text(120)),
        "boot_id": maybe(text(64)),
        "now": TIME,
    },
)
TOOL = table(optional={"path": text(), "version": text(limits.NAME)})
HELLO = table(
    optional={
        "tools": keyed(maybe(TOOL), 32),
        "program": text(limits.NAME),
        "python": text(limits.NAME),
        "system": text(120),
        "release": text(limits.NAME),
        "hostname": text(255),
        "boot_id": text(64),
        "now": TIME,
        "root": truth,
    },
)
SMART = table(
    {"exit_code": whole(-1_000, 2**31)},
    {"json": maybe(table()), "stderr": maybe(text()), "devname": maybe(text(64))},
)


def _smart_or_error(value: Any) -> Any:
    """Read one drive's report inside a probe: no longer than one that was asked for by itself."""
    if len(json.dumps(value, ensure_ascii=False, separators=(",", ":"))) > limits.SMART_BYTES:
        raise Misfit(f"is longer than {limits.SMART_BYTES // limits.MEGABYTE} MB")
    return table({"error": REASON})(value) if isinstance(value, dict) and "error" in value else SMART(value)


PROBE = table(
    {"runs": RUNS},
    {
        "now": number(0, 1e12),
        "boot_id": text(64),
        "smart": keyed(_smart_or_error, limits.SMART_REPORTS),
        "temperatures": keyed(maybe(CELSIUS), limits.DRIVES),
        "inventory": INVENTORY,
    },
)
SHAPES: Mapping[str, Reader] = {
    "hello": HELLO,
    "inventory": INVENTORY,
    "smart": SMART,
    "probe": PROBE,
    "permit": table({"token": word(r"[A-Za-z0-9]{1,128}", "permit")}),
    "launch": table({"run": RUN}, {"adopted": maybe(truth)}),
    "signal": table({"run": RUN}),
    "collect": COLLECTED,
    "clean": table(),
}
MOST_BYTES: Mapping[str, int] = {
    "inventory": limits.INVENTORY_BYTES,
    "smart": limits.SMART_BYTES,
    "collect": limits.COLLECT_BYTES,
}
REFUSAL = table(optional={"error": maybe(table({"code": CODE}, {"message": maybe(text())}))})
KIND = table(optional={"ok": truth, "simulated": truth})


def most_bytes(op: str, request: Mapping[str, Any]) -> int:
    """Return how long the answer to this question may be."""
    if op != "probe":
        return MOST_BYTES.get(op, limits.ANSWER_BYTES)
    more = limits.INVENTORY_BYTES if request.get("inventory") else 0
    further = max(0, len(request.get("runs") or ()) - limits.PROBE_RUNS)
    return limits.PROBE_BYTES + further * limits.PROBE_BYTES_PER_RUN + more


def read_answer(raw: bytes, *, op: str, request: Mapping[str, Any], host_name: str) -> Answer:
    """Return an answer as plain values that can be kept. Its shape is still to be checked: see `check_answer`.

    Raises AnswerUnfit, AnswerTooLong; ValueError when it is no JSON object.
    """
    told = unpack(raw, host_name=host_name, most_bytes=most_bytes(op, request))
    if not isinstance(told, dict):
        raise ValueError("no object")
    return _fitting(KIND, told, host_name)


def check_answer(answer: Answer, *, op: str, host_name: str) -> Answer:
    """Return the answer to a question, every value of the type and size that it must have. Raises AnswerUnfit."""
    if answer.get("ok"):
        return _fitting(SHAPES.get(op, table()), answer, host_name)
    return _fitting(REFUSAL, answer, host_name)


def _fitting(shape: Reader, told: Answer, host_name: str) -> Answer:
    try:
        fitting: Answer = shape(told)
    except Misfit as misfit:
        raise misfit.of(host_name) from None
    return fitting
