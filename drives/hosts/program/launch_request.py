"""What a launch asks for, checked before anything is made on the host."""

from __future__ import annotations

from drives.hosts.program import run_dir, wanted
from drives.hosts.program.engines import own_engines
from drives.hosts.program.fields import required_text, table, texts
from drives.hosts.program.problem import Json, Problem

PLACE = "{device}"  # stands for the drive in the words of a command


def check(request: Json) -> str:
    """Refuse what could never run; the name of the run."""
    run_id = run_dir.checked(required_text(request, "run_id"))
    wanted.read(table(request, "guard"))
    if ("argv" in request) == ("engine" in request):
        raise Problem("bad_request", "A launch needs either argv or engine, and not both.")
    if "engine" in request:
        own_engines.check(table(request, "engine"))
        return run_id
    argv = texts(request, "argv")
    if not argv or not argv[0] or not any(PLACE in word for word in argv[1:]):
        raise Problem("bad_request", f"argv must be a command with the word {PLACE} in it.")
    return run_id


def kept(request: Json, run_id: str) -> Json:
    """The part of a request that says what is to be started, and on which drive."""
    what: Json = {name: request[name] for name in ("guard", "argv", "engine") if name in request}
    return dict(what, run_id=run_id)
