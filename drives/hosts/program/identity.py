"""Who a drive is: serial number and WWN, as smartctl or else the kernel gives them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, FrozenSet, Tuple

from drives.hosts.program import tools
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json

SMARTCTL_SECONDS = 30  # with 20 s for a drive that answers no read this stays below the 60 s of a question
COULD_NOT_READ = 0b11  # exit bits 0 and 1: bad command line, device could not be opened


@dataclass(frozen=True)
class Identity:
    """What a drive says about itself. `wwns` holds every name it goes by, `wwn` the preferred one."""

    serial: str = ""
    wwn: str = ""
    model: str = ""
    wwns: FrozenSet[str] = field(default_factory=frozenset)

    def as_json(self) -> Json:
        return {"serial": self.serial, "wwn": self.wwn, "model": self.model}


def canonical_serial(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())


def canonical_wwn(text: str) -> str:
    """One spelling for all the ways a world wide name is written; "" for what is not one."""
    bare = re.sub(r"^(naa|eui|wwn|uuid|nguid)[.\-]", "", text.replace("\0", "").strip().lower())
    digits = re.sub(r"[\s:\-]", "", bare[2:] if bare.startswith("0x") else bare)
    if not re.fullmatch(r"[0-9a-f]{8,32}", digits) or not digits.strip("0"):
        return ""
    return "0x" + digits


def from_smartctl(answer: Json) -> Identity:
    """Read the identity out of smartctl's JSON."""
    wwns = [wwn for wwn in map(canonical_wwn, _wwn_spellings(answer)) if wwn]
    return Identity(
        serial=canonical_serial(_text(answer, "serial_number")),
        wwn=wwns[0] if wwns else "",
        model=_model(answer),
        wwns=frozenset(wwns),
    )


def join(told: Identity, kernel: Identity) -> Identity:
    """What smartctl told, filled up with what the kernel knows."""
    same_drive = not told.serial or not kernel.serial or told.serial == kernel.serial
    return Identity(
        serial=told.serial or kernel.serial,
        wwn=told.wwn or kernel.wwn,
        model=told.model or kernel.model,
        wwns=(told.wwns | kernel.wwns) if same_drive or not told.wwns else told.wwns,
    )


def ask_smartctl(machine: Machine, path: str, *more: str) -> Tuple[int, Json]:
    """Ask smartctl about a drive; raise ToolError when it has nothing to say."""
    ran = tools.run(machine, ("smartctl", "--json=c", "-i", *more, path), seconds=SMARTCTL_SECONDS)
    answer = parse_json(ran.out)
    if ran.exit_code & COULD_NOT_READ:
        raise tools.ToolError(f"smartctl could not read {path}{_said(answer)}")
    return ran.exit_code, answer


def parse_json(text: str) -> Json:
    try:
        answer = json.loads(text)
    except ValueError as error:
        raise tools.ToolError("smartctl did not answer in JSON (7.0 or later is needed)") from error
    if not isinstance(answer, dict):
        raise tools.ToolError("smartctl did not answer with a JSON object")
    return answer


def _said(answer: Json) -> str:
    messages = _table(answer, "smartctl").get("messages")
    texts = [_text(entry, "string") for entry in messages or [] if isinstance(entry, dict)]
    return f" ({'; '.join(text for text in texts if text)})" if any(texts) else ""


def _wwn_spellings(answer: Json) -> Tuple[str, ...]:
    wwn = _table(answer, "wwn")
    spellings = []
    if wwn:
        spellings.append(_hex(wwn.get("naa"), 1) + _hex(wwn.get("oui"), 6) + _hex(wwn.get("id"), 9))
    spellings.append(_text(answer, "logical_unit_id"))
    namespaces = answer.get("nvme_namespaces")
    for namespace in namespaces if isinstance(namespaces, list) else []:
        eui = _table(namespace, "eui64") if isinstance(namespace, dict) else {}
        if eui:
            spellings.append(_hex(eui.get("oui"), 6) + _hex(eui.get("ext_id"), 10))
    return tuple(spellings)


def _hex(value: Any, width: int) -> str:
    return f"{value:0{width}x}" if isinstance(value, int) else ""


def _model(answer: Json) -> str:
    joined = " ".join(
        _text(answer, f"{prefix}vendor") + " " + _text(answer, f"{prefix}product") for prefix in ("scsi_", "")
    )
    model = _text(answer, "model_name") or _text(answer, "scsi_model_name") or joined
    return " ".join(model.split())


def _text(answer: Json, name: str) -> str:
    value = answer.get(name)
    return value if isinstance(value, str) else ""


def _table(answer: Json, name: str) -> Json:
    value = answer.get(name)
    return value if isinstance(value, dict) else {}
