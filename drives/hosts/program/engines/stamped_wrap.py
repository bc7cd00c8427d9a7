"""Does a drive begin again from its start, because it has less room than it says?"""

from __future__ import annotations

from typing import Callable, Iterable, Optional, Tuple

from drives.hosts.program.engines.stamped_naming import FOREIGN
from drives.hosts.program.problem import Json

MOST_FACTOR = 1024

AddressIn = Callable[[int], Optional[int]]


def wraps_at(findings: Iterable[Json], address_in: AddressIn, blocks: int) -> int | None:
    """After how many of its blocks it does; None when the foreign blocks have another reason.

    `address_in` reads a block and gives the address that is stamped into it.
    """
    for own, held in _witnesses(findings):
        room = _shortest(own, held, address_in)
        if _repeats(room, address_in, min(room, blocks - room)):
            return room
    return None


def _witnesses(findings: Iterable[Json]) -> Iterable[Tuple[int, int]]:
    """Blocks that hold what was written to a later address; one is as good as its neighbours."""
    seen = set()
    for finding in findings:
        if finding["kind"] == FOREIGN and finding["address"] > finding["block"]:
            distance = finding["address"] - finding["block"]
            if distance not in seen:
                seen.add(distance)
                yield finding["block"], finding["address"]


def _shortest(own: int, held: int, address_in: AddressIn) -> int:
    """The last writer came some whole number of rounds later: find the length of one round."""
    distance = held - own
    for factor in range(2, MOST_FACTOR):
        while distance % factor == 0 and address_in(own + distance // factor) == held:
            distance //= factor
    return distance


def _repeats(room: int, address_in: AddressIn, written_twice: int) -> bool:
    """A single block that went astray is not a wrap: places that have nothing to do with it must repeat too."""
    for place in {0, written_twice // 2, written_twice - 1}:
        held = address_in(place)
        if held is None or held == place or (held - place) % room:
            return False
    return True
