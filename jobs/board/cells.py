"""A cell of a live page: what a template prints first and a script updates later."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from burnin_site.core.bounded import SENTENCE_CHARS, cut


@dataclass(frozen=True, slots=True)
class Cell:
    """Text and tone of a marked element. With `at`, the browser prints the time itself, in the way `form` names."""

    text: str = ""
    tone: str = ""
    at: int | None = None
    form: str = ""
    title: str = ""
    href: str = ""
    hidden: bool = False

    def __post_init__(self) -> None:
        """Cut what is too long for any page."""
        for name in ("text", "title"):
            object.__setattr__(self, name, cut(getattr(self, name), SENTENCE_CHARS))

    def data(self) -> dict[str, Any]:
        """Return the cell for the browser, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None, False)}


def moment(value: datetime | None, form: str, text: str = "", **rest: Any) -> Cell:
    """Return a cell that shows a time; an empty one when there is none."""
    if value is None:
        return Cell(**rest)
    return Cell(text=text, at=int(value.timestamp()), form=form, **rest)


def cells_data(cells: dict[str, Cell]) -> dict[str, dict[str, Any]]:
    """Return all cells of a row for the browser."""
    return {name: cell.data() for name, cell in cells.items()}
