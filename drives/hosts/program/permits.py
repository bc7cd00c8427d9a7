"""Permits: each launch needs one, made by this host a moment before, for exactly this launch, and good for once.

A request to launch may reach the host late (a frozen worker, a stuck connection) or twice (after its run directory was
cleaned away). The host therefore trusts only what it gave out itself, this boot, within the last ten minutes by its own
clock that cannot be set, and takes it back by a rename, of which of many at once only one succeeds.

base/permits/HASH.open    a permit that was given out: what it is for, and when
base/permits/HASH.spent   the same after it was used
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from contextlib import suppress

from drives.hosts.program import files, launch_request, run_dir
from drives.hosts.program.boot import boot_id
from drives.hosts.program.fields import text
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json, Problem
from drives.hosts.program.trusted import Folder

LIFE_SECONDS = 600.0
KEPT_SECONDS = 86400.0  # a spent one is remembered this long, only to say "used before" instead of "not known"
OPEN, SPENT = ".open", ".spent"
NOT_STARTED = "Nothing was started."


def answer(machine: Machine, request: Json) -> Json:
    """Give out a permit for one launch; the rest of the request is that launch, word for word."""
    run = launch_request.check(request)
    folder = _folder(machine, request)
    _forget_old(folder)
    token = secrets.token_hex(16)
    given = {"for": launch_request.kept(request, run), "boot_id": boot_id(machine), "at": clock()}
    files.write_json(folder, _name(token, OPEN), given, durable=True)
    return {"token": token, "expires_in": LIFE_SECONDS}


def spend(machine: Machine, request: Json, run_id: str) -> None:
    """Use up the permit of a launch; raise Problem when there is none that allows exactly this."""
    token = text(request, "token", "")
    if not token:
        raise Problem("token_missing", f"This launch came without a permit of this host. {NOT_STARTED}")
    given = _take(_folder(machine, request), token)
    if given.get("boot_id") != boot_id(machine) or not 0 <= clock() - _number(given.get("at")) <= LIFE_SECONDS:
        message = "The permit for this launch is older than ten minutes, or than this boot of the host."
        raise Problem("token_expired", f"{message} {NOT_STARTED}")
    wrong = _difference(given.get("for"), launch_request.kept(request, run_id))
    if wrong:
        raise Problem("token_mismatch", f"The permit for this launch was given for another {wrong}. {NOT_STARTED}")


def clock() -> float:
    """Seconds that nobody can set, and that go on while the machine sleeps where the system has such a clock."""
    number = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if number is None else time.clock_gettime(number)


def _take(folder: Folder, token: str) -> Json:
    spent = _name(token, SPENT)
    try:
        files.move(folder, _name(token, OPEN), spent)
    except FileNotFoundError:
        if files.has(folder, spent):
            raise Problem("token_reused", f"The permit for this launch was used before. {NOT_STARTED}") from None
        message = f"This host never gave out the permit that came with this launch. {NOT_STARTED}"
        raise Problem("token_unknown", message) from None
    files.sync(folder)  # used up must stay used up, also after a power cut
    return files.read_json(folder, spent) or {}


def _difference(given: object, asked: Json) -> str:
    """What the permit was given for and the launch differ in, as a word; "" when they are the same."""
    if not isinstance(given, dict):
        return "launch"
    allowed, wanted = given.get("guard"), asked["guard"]
    if isinstance(allowed, dict) and allowed != wanted:
        for name, word in (("plan", "plan"), ("user", "person"), ("overrides", "set of overrides")):
            if allowed.get(name) != wanted.get(name):
                return word
        return "drive"
    if given.get("run_id") != asked["run_id"]:
        return "run"
    return "" if given == asked else "command"


def _folder(machine: Machine, request: Json) -> Folder:
    with run_dir.base_folder(machine, request) as base:
        return base.below("permits", make=True)


def _name(token: str, ending: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest() + ending


def _forget_old(folder: Folder) -> None:
    oldest = time.time() - KEPT_SECONDS
    for name in os.listdir(folder.descriptor):
        with suppress(OSError):
            if os.stat(name, dir_fd=folder.descriptor, follow_symlinks=False).st_mtime < oldest:
                os.unlink(name, dir_fd=folder.descriptor)


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else float("-inf")
