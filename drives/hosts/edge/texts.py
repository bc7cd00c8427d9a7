"""Texts of a host, made harmless: nothing that cannot be seen, nothing that a database or a terminal stumbles over.

What is taken out is replaced by `�`, so that a person sees that there was something. Pure.
"""

import re

from drives.hosts.edge import limits

INSTEAD = "\N{REPLACEMENT CHARACTER}"
# Letters, marks and symbols by category, and blank on the screen: fillers, joiners, variation selectors.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
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
    if text.isprintable() and (text.isascii() or not _BLANK.search(text)):
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
    if line.isprintable() and (line.isascii() or not _BLANK.search(line)):
        return line
    return "".join(character if character == _TAB else _seen(character) for character in line)


def _seen(character: str) -> str:
    if character.isspace():
        return " "
    return character if character.isprintable() and not _BLANK.match(character) else INSTEAD
