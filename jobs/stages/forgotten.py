"""Runs that the host may have, and that a crash of ours made us forget."""

from collections.abc import Iterable

from jobs.stages.base import HostDoor


def end_all(host: HostDoor, known: str, following: Iterable[str]) -> None:
    """End the run that is known, and those that may have been launched after it before anything was stored.

    Of those the next is launched only when the one before has ended. One that was never launched leaves a marker on
    the host, so that it never begins; the runs of another attempt have other names.
    """
    if known:
        host.signal(run_id=known, action="terminate")
    for run_id in following:
        run = host.signal(run_id=run_id, action="terminate")["run"]
        if run.get("state") != "exited":
            return
