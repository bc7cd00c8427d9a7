"""The whole board as the server prints it first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from drives.models import Host
from jobs.board import queries
from jobs.board.cells import Cell
from jobs.board.drive_row import DriveRow, build_row
from jobs.board.host_row import HostRow, build_host_row
from jobs.board.limits import BoardLimits, board_limits
from jobs.board.stats import build_stats


@dataclass(frozen=True, slots=True)
class Group:
    """A host and its drives."""

    head: HostRow
    rows: Sequence[DriveRow]


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Everything on the board."""

    stats: dict[str, Cell]
    groups: Sequence[Group]
    limits: BoardLimits

    @property
    def steps(self) -> "FirstSteps":
        """How far a new installation has come."""
        hosts = [group.head.host for group in self.groups]
        return FirstSteps(
            host=bool(hosts),
            fingerprint=any(host.host_key for host in hosts),
            discovered=any(group.rows for group in self.groups),
            armed=any(host.armed for host in hosts),
        )

    @property
    def is_new(self) -> bool:
        """Whether nothing can be seen yet."""
        return not any(group.rows for group in self.groups)


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """What a new installation has behind it."""

    host: bool
    fingerprint: bool
    discovered: bool
    armed: bool


def build_page(now: datetime) -> BoardPage:
    """Return the board. The number of queries does not depend on the number of drives or hosts."""
    limits = board_limits()
    return BoardPage(build_stats(now), _groups(limits, now), limits)


def build_group(host_id: int, now: datetime) -> Group:
    """Return one host's group. Raises Host.DoesNotExist."""
    limits = board_limits()
    hosts = queries.load_hosts(Host.objects.filter(pk=host_id))
    if not hosts:
        raise Host.DoesNotExist(f"There is no host {host_id}.")
    drives = queries.load_board(queries.shown_drives().filter(host_id=host_id))
    rows = [build_row(entry, limits, now=now) for entry in drives]
    return Group(build_host_row(hosts[0], limits, now=now), sorted(rows, key=in_order))


def build_one_row(drive_id: int, now: datetime) -> DriveRow | None:
    """Return one drive's row, or None when it does not belong on the board."""
    found = queries.load_board(queries.shown_drives().filter(pk=drive_id))
    return build_row(found[0], board_limits(), now=now) if found else None


def in_order(row: DriveRow) -> str:
    """Return by what the rows of a group are sorted."""
    return row.order


def _groups(limits: BoardLimits, now: datetime) -> list[Group]:
    rows: dict[int, list[DriveRow]] = defaultdict(list)
    for entry in queries.load_board(queries.shown_drives()):
        rows[entry.drive.host_id].append(build_row(entry, limits, now=now))
    return [
        Group(build_host_row(entry, limits, now=now), sorted(rows[entry.host.pk], key=in_order))
        for entry in queries.load_hosts(Host.objects.all())
    ]
