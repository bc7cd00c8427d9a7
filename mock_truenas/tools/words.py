"""Reads a command line as getopt does: clustered letters, values glued or apart, options anywhere."""

from typing import NamedTuple


class BadUsage(Exception):
    """The command line says something the command does not know."""


class Words(NamedTuple):
    """A command line taken apart."""

    options: list[tuple[str, str]]
    operands: list[str]

    def has(self, *names: str) -> bool:
        """Whether one of these options was given."""
        return any(name in names for name, _ in self.options)

    def values(self, *names: str) -> list[str]:
        """Give the values of these options in the order given."""
        return [value for name, value in self.options if name in names]

    def last(self, *names: str, default: str = "") -> str:
        """Give the value given last."""
        return ([default, *self.values(*names)])[-1]


def take_apart(words: list[str], *, flags: str, valued: str, long_valued: str = "") -> Words:
    """Take a command line apart. `long_valued` names the long options that take the next word."""
    options: list[tuple[str, str]] = []
    operands: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            operands.extend(rest)
            break
        if word.startswith("--"):
            options.append(_long(word, rest, long_valued.split()))
        elif word.startswith("-") and word != "-":
            options.extend(_cluster(word[1:], rest, flags=flags, valued=valued))
        else:
            operands.append(word)
    return Words(options, operands)


def _long(word: str, rest: list[str], long_valued: list[str]) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if name in long_valued and not equals:
        value = _next(name, rest)
    return name, value


def _cluster(letters: str, rest: list[str], *, flags: str, valued: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    while letters:
        letter, letters = letters[0], letters[1:]
        if letter in valued:
            found.append((f"-{letter}", letters or _next(f"-{letter}", rest)))
            break
        if letter not in flags:
            raise BadUsage(f"invalid option -- '{letter}'")
        found.append((f"-{letter}", ""))
    return found


def _next(name: str, rest: list[str]) -> str:
    if not rest:
        raise BadUsage(f"option requires an argument -- '{name.lstrip('-')}'")
    return rest.pop(0)
