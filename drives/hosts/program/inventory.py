"""Which drives this host has, who they are, and what uses them."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import List, Tuple

from drives.hosts.program import claims, disks, refuse, smart, tools
from drives.hosts.program.boot import boot_id
from drives.hosts.program.claims import Survey
from drives.hosts.program.disk import Disk
from drives.hosts.program.fields import flag
from drives.hosts.program.identity import ask_smartctl, from_smartctl, join
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json
from drives.hosts.program.reason import Reason


def answer(machine: Machine, request: Json) -> Json:
    """Look at all disks at once. What could not be read is a sentence in `errors`, and never looks like "free"."""
    with_smart = flag(request, "smart")
    found = disks.find_all(machine)
    survey = claims.survey(machine)
    looked = disks.everywhere(found.disks, lambda disk: _look(machine, disk, survey, with_smart=with_smart))
    _mark_duplicates(looked)
    return {
        "disks": looked,
        "boot_id": boot_id(machine),
        "now": time.time(),
        "system": machine.system,
        "errors": [*found.errors, *survey.failures],
    }


def _look(machine: Machine, disk: Disk, survey: Survey, *, with_smart: bool) -> Json:
    told, errors = _ask(machine, disk, with_smart=with_smart)
    known = replace(disk, identity=join(from_smartctl(told), disk.identity))
    reasons = refuse.every_reason(machine, known, survey)
    return {
        "devname": known.name,
        "path": known.path,
        "size_bytes": known.size_bytes,
        **known.identity.as_json(),
        "protocol": _protocol(told),
        "rotational": _rotational(told, known),
        "logical_block": known.logical_block,
        "physical_block": known.physical_block,
        "read_only": known.read_only,
        "removable": known.removable,
        "temperature_c": smart.celsius(told) if with_smart else None,
        "smart_health": _health(told) if with_smart else "",
        "in_use": [reason.as_json() for reason in reasons],
        "errors": errors,
    }


def _ask(machine: Machine, disk: Disk, *, with_smart: bool) -> Tuple[Json, List[str]]:
    try:
        return ask_smartctl(machine, disk.path, *(("-H", "-A") if with_smart else ()))[1], []
    except tools.ToolError as error:
        return {}, [f"{disk.path}: {error}."]


def _mark_duplicates(looked: List[Json]) -> None:
    counted = Counter(disk["serial"] for disk in looked if disk["serial"])
    for disk in looked:
        if counted[disk["serial"]] > 1:
            message = f"More than one drive of this host says it is {disk['serial']}."
            disk["in_use"].insert(0, Reason("duplicate_serial", message).as_json())


def _protocol(told: Json) -> str:
    device = told.get("device")
    value = device.get("protocol") if isinstance(device, dict) else None
    return value if isinstance(value, str) else ""


def _rotational(told: Json, disk: Disk) -> bool | None:
    rate = told.get("rotation_rate")
    return rate > 0 if isinstance(rate, int) else disk.rotational


def _health(told: Json) -> str:
    status = told.get("smart_status")
    passed = status.get("passed") if isinstance(status, dict) else None
    return {True: "PASSED", False: "FAILED"}[passed] if isinstance(passed, bool) else ""
