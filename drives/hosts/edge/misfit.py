"""What is raised when an answer does not fit."""

from typing import ClassVar

from drives.hosts.errors import HostTroubled


class AnswerUnfit(HostTroubled):
    """An answer has other types, sizes or numbers than it can have. Nothing of it was used; it is asked for again."""

    code: ClassVar[str] = "answer_unfit"


class AnswerTooLong(AnswerUnfit):
    """An answer is longer than anybody should have to hold in memory."""

    code: ClassVar[str] = "answer_too_long"


class Misfit(Exception):
    """A value does not fit: what is wrong with it, and where it is. Becomes AnswerUnfit where the host is known."""

    def __init__(self, wrong: str) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.path: list[str | int] = []

    def inside(self, key: str | int) -> "Misfit":
        """Return the same, seen from one level further out."""
        self.path.insert(0, key)
        return self

    def __str__(self) -> str:
        place = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in self.path).lstrip(".")
        return f"{place or 'it'} {self.wrong}"

    def of(self, host_name: str) -> AnswerUnfit:
        """Return the sentence about this host."""
        return AnswerUnfit(f"{host_name} gave an answer that does not fit: {self}. Nothing of it was used.")


def too_long(host_name: str, most_bytes: int) -> AnswerTooLong:
    """Return the sentence about an answer that was cut off."""
    size = f"{most_bytes / 2**20:.3g} MB"
    return AnswerTooLong(f"{host_name} said more than {size} where less is expected, and was cut off.")
