"""Texts of a host, made harmless: nothing that cannot be seen, nothing that a database or a terminal stumbles over.

What is taken out is replaced by `�`, so that a person sees that there was something. Pure.
"""

import re

from burnin_site.core.one_line import INSTEAD, is_hidden
from drives.hosts.edge import limits

_SPACES = re.compile(r"\s+")
_ASCII = re.compile(r"[ -~]*")
_TAB = "\t"


def plain(text: str, most: int = limits.TEXT) -> str:
    """Return a text as one line of characters that can be seen, cut to this length.

    Line breaks and strange blanks become spaces. Controls, marks of direction, half characters (surrogates), NUL,
    private and unassigned characters become `�`.
    """
    if len(text) > most:
        text = text[: most - 1] + "…"
    if _is_plain(text):
        return text
    return "".join(_seen(character) for character in text)


def exact(text: str) -> str:
    """Return an identity: as `plain`, but what was not there before never looks like something ordinary."""
    if text.isascii() and text.isprintable() and len(text) <= limits.TEXT:
        return text
    return plain("".join(INSTEAD if each.isspace() and each != " " else each for each in text[: limits.TEXT + 1]))


def lines(text: str, most: int) -> str:
    """Return a text of several lines, each made plain; of one that is too long, the beginning."""
    if len(text) > most:
        text = text[: most - 1] + "…"
    return "\n".join(_line(line) for line in text.replace("\r\n", "\n").split("\n"))


def sentence(text: object) -> str:
    """Return an error of a library or a host as one sentence that may be shown, stored and logged."""
    return _SPACES.sub(" ", plain(str(text), limits.SENTENCE)).strip()


def is_identity(text: str) -> bool:
    """Say whether this can be told from every other serial number or WWN: printable ASCII, and not too long.

    The standards allow nothing else (ACS-4 7.12.7.10, SPC-5 7.7.10, NVMe 2.0 5.17). What was replaced or cut is none.
    """
    return len(text) <= limits.IDENTITY and _ASCII.fullmatch(text) is not None


def _line(line: str) -> str:
    if _is_plain(line):
        return line
    return "".join(character if character == _TAB else _seen(character) for character in line)


def _seen(character: str) -> str:
    if character.isspace():
        return " "
    return INSTEAD if is_hidden(character) else character


def _is_plain(text: str) -> bool:
    """Whether nothing has to be replaced. Nearly all texts are ASCII: they cost two looks."""
    return text.isprintable() and (text.isascii() or not any(map(is_hidden, text)))
