"""What a hostile host says: texts, answers and numbers that no honest host has."""

import json
import random
from typing import Any

Answer = dict[str, Any]
NASTY = (
    "\ud800half",
    "nul\0byte",
    "line\nbreak\r\n",
    "\u202egnp.exe",
    "zero\u200bwidth",
    "<script>alert(1)</script>",
    "\x1b[2J\x1b]0;title\x07",
    "\u3164\u2800",
    "x" * 5000,
)
WRONG: tuple[Any, ...] = (None, True, 2**70, -(2**70), 1e308, -1, "text", "\ud800", [], [[]], {}, {"a": []}, [None], "")
DISK: Answer = {
    "devname": "sda",
    "path": "/dev/sda",
    "serial": "ZA1",
    "wwn": "0x5000c500a1b2c3d4",
    "model": "ST16000",
    "size_bytes": 16 * 10**12,
    "protocol": "ATA",
    "rotational": True,
    "logical_block": 512,
    "physical_block": 4096,
    "read_only": False,
    "removable": False,
    "temperature_c": 30,
    "smart_health": "PASSED",
    "in_use": [{"code": "filesystem", "message": "It carries ext4."}],
    "errors": ["One sentence."],
}
PLACE: Answer = {"pass": 0, "phase": "write", "position": 4096, "errors": [], "at": 1.5, "position_log": "eJw="}
RUN: Answer = {
    "run_id": "j1-surface",
    "state": "running",
    "exit_code": None,
    "signal": None,
    "keeper_alive": True,
    "keeper_pid": 77,
    "pid": 78,
    "paused": False,
    "stopped_by_request": False,
    "started_at": 1.5,
    "finished_at": None,
    "boot_id": "b-1",
    "device": {"path": "/dev/sda", "rdev": "8:0", "identity": {"serial": "ZA1"}},
    "guard_checked": True,
    "guard_note": "",
    "output_bytes": 12,
    "host_full": False,
    "progress": {
        "phase": "write",
        "pass": 0,
        "pattern": "stamp 1",
        "percent": 1.5,
        "position": 4096,
        "bytes_done": 4096,
        "bytes_total": 8192,
        "errors": [0, 0, 0],
        "rate": 10.5,
        "elapsed_s": 3,
        "completed": False,
        "checkpoint": PLACE,
    },
    "checkpoint": PLACE,
    "reason": {"code": "busy", "message": "Somebody uses it."},
}
RESULT: Answer = {
    "run_stamp": "00c0ffee00c0ffee",
    "size_bytes": 8192,
    "logical_block": 512,
    "completed": True,
    "gave_up": False,
    "stopped": "",
    "error_count": 1,
    "wraps_at_bytes": None,
    "sample_check": {"checked": 64, "mismatches": [{"block": 1, "kind": "lost", "found": "zeros"}]},
    "passes": [
        {
            "kind": "stamp",
            "number": 1,
            "bytes_written": 8192,
            "bytes_verified": 8192,
            "write_seconds": 1.5,
            "verify_seconds": 1.5,
            "errors": 1,
            "retried": 0,
        }
    ],
    "errors": [{"kind": "corrupt", "block": 3, "pass": 0, "phase": "verify", "found": "1 bit differs", "bits": 1}],
    "position_log": [{"pass": 0, "phase": "write", "mbps": [1.5, None], "worst_ms": [None, 2.5]}],
}
SMART: Answer = {"exit_code": 0, "devname": "sda", "stderr": "", "json": {"device": {"protocol": "ATA"}}}
ANSWERS: dict[str, Answer] = {
    "hello": {
        "program": "1",
        "python": "3.11",
        "system": "Linux",
        "release": "6.1",
        "hostname": "nas",
        "boot_id": "b-1",
        "now": 1.5,
        "root": True,
        "tools": {"smartctl": {"path": "/usr/sbin/smartctl", "version": "7.3"}, "fio": None},
    },
    "inventory": {"disks": [DISK], "boot_id": "b-1", "now": 1.5, "system": "Linux", "errors": ["One sentence."]},
    "smart": SMART,
    "probe": {"boot_id": "b-1", "now": 1.5, "runs": {"j1-surface": RUN}, "smart": {"ZA1": SMART}},
    "permit": {"token": "abcdef", "expires_in": 600.0},
    "launch": {"run": RUN, "adopted": False},
    "signal": {"run": RUN},
    "collect": {"run": RUN, "stdout": "", "stdout_truncated": False, "log": "", "result": RESULT},
    "clean": {"run_id": "j1-surface"},
}


def answer(op: str, *, simulated: bool = False) -> Answer:
    """Return what an honest host answers."""
    return {"ok": True, "simulated": simulated, **ANSWERS.get(op, {})}


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of every value inside this one."""
    inside: list[tuple[str | int, ...]] = []
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, content in children:
        inside += [(*path, key), *places(content, (*path, key))]
    return inside


def replaced(value: Any, path: tuple[str | int, ...], other: Any) -> Any:
    """Return a copy of this value with another one at this path."""
    copy = json.loads(json.dumps(value))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = other
    return copy


def wrong_somewhere(op: str, dice: random.Random) -> Answer:
    """Return an answer with a wrong value in some field."""
    honest = answer(op)
    return dict(replaced(honest, dice.choice(places(honest)), dice.choice(WRONG)))


def drives(count: int, **changes: Any) -> Answer:
    """Return an inventory of so many drives."""
    disks = [{**DISK, "devname": f"sd{number}", "serial": f"S{number}", **changes} for number in range(count)]
    return {**answer("inventory"), "disks": disks}


def many_drives(count: int) -> bytes:
    """Return an inventory of so many drives, as it comes over the wire: hundreds of bytes each."""
    disk = json.dumps({**DISK, "errors": []}).encode()
    return b'{"ok": true, "simulated": false, "disks": [%b]}' % b",".join([disk] * count)


def nasty_drives() -> Answer:
    """Return an inventory whose every text is nasty in its own way."""
    disks = [
        {**DISK, "devname": f"sd{number}", "serial": f"S{number}{text}", "model": text, "errors": [text]}
        for number, text in enumerate(NASTY)
    ]
    for disk in disks:
        disk["in_use"] = [{"code": "filesystem", "message": disk["model"]}]
    return {**answer("inventory"), "disks": disks, "system": NASTY[5], "errors": list(NASTY)}
