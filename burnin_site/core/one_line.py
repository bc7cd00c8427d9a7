"""The one rule for names: one line, of characters that can be seen.

At every entrance (forms, API, admin, environment, command line) a name that breaks it is refused with a sentence. What
got in before is replaced where it goes out: a notification about it is sent all the same. Line breaks would add a
header to a mail or a line to a log, C0/C1 controls steer a terminal, bidirectional marks turn what follows around, and
a zero-width character makes two names that look the same.
"""

import re
import unicodedata
from typing import Final

# Cc: controls. Cf: zero width, bidirectional marks, tags. Cs: half characters. Co: private use. Zl, Zp: line breaks.
HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and marks by category, and blank on the screen: fillers, joiners, variation selectors, the empty Braille cell.
BLANK: Final = frozenset(
    map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0))
)
VARIATION_SELECTORS: Final = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
INSTEAD: Final = "\N{REPLACEMENT CHARACTER}"
NAMELESS: Final = {0x00: "NULL", 0x09: "TAB", 0x0A: "LINE FEED", 0x0D: "CARRIAGE RETURN", 0x1B: "ESCAPE"}


def is_hidden(character: str) -> bool:
    """Whether nobody can see that this character is there. A plain space is seen; any other kind of space is not."""
    category = unicodedata.category(character)
    if category in HIDDEN_CATEGORIES or (category == "Zs" and character != " "):
        return True
    return character in BLANK or any(ord(character) in selectors for selectors in VARIATION_SELECTORS)


def named(character: str) -> str:
    """Return what to call a character: `U+200B ZERO WIDTH SPACE`."""
    code = ord(character)
    name = unicodedata.name(character, NAMELESS.get(code, "a control character" if CONTROL.match(character) else ""))
    return f"U+{code:04X} {name}".strip()


def wrong_line(text: str) -> str:
    """Say what is wrong with a name, naming the character; empty when nothing is."""
    for place, character in enumerate(text, start=1):
        if character in "\r\n":
            return f"This must be a single line: it has a line break ({named(character)}) at place {place}."
        if is_hidden(character):
            return f"Leave out {named(character)} at place {place}: it cannot be seen."
    return ""


def wrong_text(text: str) -> str:
    """Say what is wrong with a text of several lines: tabs and line breaks are allowed, nothing else that hides."""
    return wrong_line(re.sub(r"\r\n|[\r\n\t]", " ", text))


def wrong_secret(text: str) -> str:
    """Say what is wrong with a password of one line. It is not repeated, and may have any character but a control."""
    found = CONTROL.search(text)
    return f"Leave out {named(found.group())}: a password is a single line." if found else ""


def visible(text: str) -> str:
    """Return this line with `�` for what hides in it; its spaces and tabs stay."""
    return "".join(INSTEAD if is_hidden(each) and each != "\t" else each for each in text)


def one_line(text: object) -> str:
    """Return this text as one line: line breaks and other spaces become a space, what else hides becomes `�`."""
    seen = "".join(INSTEAD if is_hidden(each) and not each.isspace() else each for each in str(text))
    return " ".join(seen.split())
