"""Sentences for the faults that the engine "stamped" can tell apart. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """A fault: its code, the word for a line, and the end of "3 blocks …"."""

    code: str
    short: str
    long: str


SENTENCES = {
    "unreadable": Sentence("bad_blocks", "unreadable", "could not be read"),
    "unwritable": Sentence("bad_blocks", "unwritable", "could not be written"),
    "corrupt": Sentence("corruption", "corrupted", "came back with flipped bits, and the drive reported no error"),
    "stale": Sentence("stale_writes", "stale", "still held what was there before: the drive confirmed a write it lost"),
    "lost": Sentence("lost_writes", "lost", "held nothing of what was written: the drive confirmed a write it lost"),
    "foreign_address": Sentence(
        "misdirected_writes", "misdirected", "held what was written for another place: a write or a read went astray"
    ),
    "unflushed": Sentence("unflushed", "not flushed", "could not empty its cache onto the medium"),
}
OTHER_PORT = (
    " Test the drive on another port and cable before you blame it: the controller or the memory of the host can also "
    "do this. If it happens there too, do not trust it with data."
)
REPLACE = " Replace the drive while it is new; watch it closely if you keep it."


def advice_for(kind: str) -> str:
    """Return what to do about a fault, as sentences with a space before them."""
    return REPLACE if kind in ("unreadable", "unwritable", "unflushed") else OTHER_PORT


def plural(count: int, noun: str) -> str:
    """Return a number of things."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def bytes_text(count: int) -> str:
    """Return a size to the byte, with a rounded one beside it."""
    for unit, size in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6)):
        if count >= size:
            return f"{count / size:.3g} {unit} ({count:,} bytes)"
    return f"{count:,} bytes"
