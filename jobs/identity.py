"""Which physical drive a burn-in is of, by whatever host, port or name it is seen. Pure.

Its serial number alone. The size is left out on purpose: a hidden area makes one drive show two sizes. So is the WWN:
a view in which it is missing would count as another drive. Two different drives of one serial number are the price:
they wait for each other, and a host that shows both refuses both anyway.
"""

import re

from drives.hosts.program.identity import canonical_serial

# Shorter ones are a part of another drive's too easily. Seagate's have 8 characters, and others more.
SHORTEST_PART = 8
LONGEST = 240  # a serial number has up to 80 characters, of which each may become three when case is ignored
# The names of a registry: NAA 3, 5 and 6. Many cheap NVMe drives share one made-up EUI, which proves nothing.
REGISTERED_WWN = re.compile(r"0x[356](?:[0-9a-f]{15}|[0-9a-f]{31})")


def identity_of(serial: str) -> str:
    """Return the key of the drive with this serial number, "" for none.

    Case, spaces and punctuation do not count: the guard on the host tells them apart, but adapters and APIs add, pad
    and drop them, and to take two drives for one only makes somebody wait.
    """
    folded = canonical_serial(serial).casefold()
    return "".join(sign for sign in folded if sign.isalnum()) or folded


def parts_of(identity: str) -> list[str]:
    """Return the beginnings and ends of a key, itself too, by which a view may know the drive that shortens it."""
    lengths = range(SHORTEST_PART, len(identity) + 1)
    return sorted({part for length in lengths for part in (identity[:length], identity[-length:])})


def is_part(one: str, other: str) -> bool:
    """Say whether one of two keys is the beginning or the end of the other."""
    return one in parts_of(other) or other in parts_of(one)


def is_worldwide(wwn: str) -> bool:
    """Say whether this WWN is one that no other drive should have."""
    return bool(REGISTERED_WWN.fullmatch(wwn))
