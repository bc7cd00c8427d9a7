"""Looking at a run from outside: how far its engine has read, written and come."""

from __future__ import annotations

from drives.hosts.program import held_file, processes
from drives.hosts.program.machine import device_number
from drives.hosts.program.problem import Json
from drives.hosts.program.progress import Parser, resume
from drives.hosts.program.run_dir import RunDir

PIECE = 1024 * 1024


def read_on(run: RunDir, parser: Parser) -> bool:
    """Let the parser read what was added to standard error; was there anything?"""
    try:
        descriptor = run.open("stderr")
    except OSError:
        return False
    before = parser.offset
    with open(descriptor, "rb") as stream:
        stream.seek(parser.offset)
        piece = stream.read(PIECE)
        while piece:
            parser.feed(piece)
            piece = stream.read(PIECE)
    return parser.offset != before


def store(run: RunDir, parser: Parser) -> None:
    run.write("progress.json", {"progress": parser.as_json(), "parser": parser.checkpoint()})


def progress_of(run: RunDir, *, kept: bool) -> Json | None:
    """The progress of a run; without a keeper its output is read here, from where it was left."""
    saved = run.read("progress.json")
    if own_engine(run) and not kept:
        return _with_checkpoint(run, saved.get("progress"))
    parser_state = saved.get("parser")
    if kept or run.has("exit.json") or own_engine(run):
        progress = saved.get("progress")
        return progress if isinstance(progress, dict) else None
    parser = resume(parser_state) if isinstance(parser_state, dict) else Parser()
    if read_on(run, parser):
        store(run, parser)
    return parser.as_json()


def _with_checkpoint(run: RunDir, progress: Json | None) -> Json | None:
    """After a power cut the last progress may be lost or old; the checkpoint was flushed."""
    told = progress if isinstance(progress, dict) else {}
    kept, known = run.read("checkpoint.json"), told.get("checkpoint") or {}
    if kept and float(kept.get("at", 0)) > float(known.get("at", 0)):
        told = dict(told, checkpoint=kept)
    return told or None


def own_engine(run: RunDir) -> bool:
    """An engine of the program itself says where it is; of another one this must be seen from outside."""
    return "engine" in run.read("request.json")


def position(pid: int, number: str) -> int | None:
    """How far into the drive the engine is, by its own open file.

    It also holds the guard's open file, which never moves: the furthest one counts.
    """
    if not number:
        return None
    places = [
        processes.position(pid, descriptor)
        for descriptor, status in processes.open_files(pid)
        if held_file.is_device(status) and device_number(status) == number
    ]
    known = [place for place in places if place is not None]
    return max(known) if known else None
