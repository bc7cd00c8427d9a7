"""SMART: read a drive's report, start and abort its self-tests, read its temperature."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Callable, Dict, List, Sequence

from drives.hosts.program import disks, tools
from drives.hosts.program.disk import Disk
from drives.hosts.program.fields import required_text
from drives.hosts.program.identity import (
    COULD_NOT_READ,
    Identity,
    ask_smartctl,
    canonical_serial,
    from_smartctl,
    join,
    parse_json,
)
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json, Problem

KINDS = ("short", "long", "conveyance")
READ_SECONDS = 40  # a question to a host ends after 60 s, and a drive that hangs must not take the others along
AT_ONCE = 16


def answer(machine: Machine, request: Json) -> Json:
    """Do one SMART action on the drive with this serial number."""
    serial = canonical_serial(required_text(request, "serial"))
    action = required_text(request, "action")
    words = _words(action, request)
    hinted = disks.hinted(machine, request)
    if hinted is not None and action == "read":
        answered = _read_by_hint(machine, hinted, serial)
        if answered:
            return answered
    elif hinted is not None and _is_there(machine, hinted, serial):
        return _run(machine, hinted, serial, words)
    return _run(machine, disks.resolve(machine, serial), serial, words)


def _is_there(machine: Machine, disk: Disk, serial: str) -> bool:
    return disks.with_identity(machine, disk).identity.serial == serial


def _read_by_hint(machine: Machine, disk: Disk, serial: str) -> Json:
    """The report of the drive at the expected place, empty when another drive is there."""
    try:
        answered = _run(machine, disk, serial, ["-x"])
    except Problem:
        return {}
    readable = not answered["exit_code"] & COULD_NOT_READ
    told = from_smartctl(answered["json"]) if readable else Identity()
    return answered if join(told, disk.identity).serial == serial else {}


def answer_all(machine: Machine, requests: Sequence[Json]) -> Json:
    """`read` for many drives at once; a drive that cannot be read has an error of its own."""

    def read(request: Json) -> Json:
        try:
            return answer(machine, dict(request, action="read"))
        except Problem as problem:
            return {"error": problem.as_json()}

    return _by_serial(requests, read)


def temperatures(machine: Machine, requests: Sequence[Json]) -> Json:
    """The temperature of many drives at once, null for one that did not say."""
    return _by_serial(requests, lambda request: temperature(machine, request))


def temperature(machine: Machine, request: Json) -> int | None:
    """The temperature of a drive in °C, when the drive that answers is the right one."""
    serial = canonical_serial(required_text(request, "serial"))
    hinted = disks.hinted(machine, request)
    try:
        if hinted is not None:
            told = ask_smartctl(machine, hinted.path, "-A")[1]
            if join(from_smartctl(told), hinted.identity).serial == serial:
                return celsius(told)
        found = disks.resolve(machine, serial)
        return celsius(ask_smartctl(machine, found.path, "-A")[1])
    except (Problem, tools.ToolError):
        return None


def celsius(told: Json) -> int | None:
    table = told.get("temperature")
    value = table.get("current") if isinstance(table, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _words(action: str, request: Json) -> List[str]:
    if action == "read":
        return ["-x"]
    if action == "abort":
        return ["-i", "-X"]
    if action == "start":
        kind = required_text(request, "kind")
        if kind in KINDS:
            return ["-i", "-t", kind]
        raise Problem("bad_request", f"There is no self-test {kind!r}.")
    raise Problem("bad_request", f"SMART knows no action {action!r}.")


def _run(machine: Machine, disk: Disk, serial: str, words: List[str]) -> Json:
    try:
        ran = tools.run(machine, ("smartctl", "--json=co", *words, disk.path), seconds=READ_SECONDS)
        told = parse_json(ran.out)
    except tools.ToolError as error:
        message = f"SMART of {serial} ({disk.path}) could not be read: {error}."
        raise Problem("smart_failed", message) from error
    shown = from_smartctl(told).serial
    if shown and shown != serial and not ran.exit_code & COULD_NOT_READ:
        raise Problem("wrong_drive", f"{disk.path} is now the drive {shown}, not {serial}.")
    return {
        "devname": disk.name,
        "exit_code": ran.exit_code,
        "json": told,
        "stderr": ran.err,
    }


def _by_serial(requests: Sequence[Json], work: Callable[[Json], object]) -> Json:
    if not requests:
        return {}
    serials = [required_text(request, "serial") for request in requests]
    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(requests))) as pool:
        answers: List[object] = list(pool.map(work, requests))
    answered: Dict[str, object] = dict(map(lambda *pair: pair, serials, answers))
    return answered
