"""The header of a host's group."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from drives.models import Host
from jobs.board.cells import Cell, cells_data, moment
from jobs.board.figures import duration_text, since_text
from jobs.board.limits import BoardLimits
from jobs.board.queries import BoardHost


@dataclass(frozen=True, slots=True)
class HostRow:
    """The header of a group."""

    host: Host
    doors: tuple[str, ...]
    cells: dict[str, Cell]

    def data(self) -> dict[str, Any]:
        """Return the header's body for the browser."""
        return {"cells": cells_data(self.cells)}


def build_host_row(entry: BoardHost, limits: BoardLimits, *, now: datetime) -> HostRow:
    """Return the header of a host."""
    host = entry.host
    slots = host.max_parallel or limits.slots
    return HostRow(
        host=host,
        doors=tuple(name for name, there in (("TrueNAS API", bool(host.api_url)), ("SSH", host.has_shell)) if there),
        cells={
            "name": Cell(host.name),
            "system": Cell(host.system),
            "simulated": Cell("simulated", hidden=not host.simulated),
            "disarmed": Cell(
                "disarmed",
                "attention",
                hidden=host.armed,
                title="Nothing on this host is erased until an admin arms it.",
            ),
            "slots": Cell(f"{entry.running} of {slots} slots"),
            "polled": _polled(host, now),
            "state": state_cell(host, now=now),
        },
    )


def _polled(host: Host, now: datetime) -> Cell:
    seen = host.last_polled_at
    if host.stopped or host.waiting_since or seen is None:
        return Cell(hidden=True)
    return moment(seen, "ago", f"polled {duration_text((now - seen).total_seconds())} ago")


def state_cell(host: Host, *, now: datetime) -> Cell:
    """Say what is wrong with a host, and what to do."""
    if host.stopped:
        return Cell(f"Stopped. {host.error}".strip(), "failed", title=host.error)
    if host.waiting_since:
        text = f"waiting for host {since_text(host.waiting_since, now)}"
        return moment(host.waiting_since, "waiting", text, tone="attention", title=host.error)
    if host.host_key_offered and not host.host_key:
        return Cell("its fingerprint waits to be accepted", "attention")
    if host.error:
        return Cell(host.error, "attention", title=host.error)
    return Cell("not asked yet", "muted") if host.last_polled_at is None else Cell(hidden=True)
