"""Where the things of one pretend host are kept, and the choices made when it was started."""

from pathlib import Path
from typing import TypedDict, cast

from mock_truenas.world import documents
from mock_truenas.world.catalog import Drive, drives_of
from mock_truenas.world.clock import Clock


class Choices(TypedDict):
    """What the person who started the host chose; the commands read it too."""

    world_id: str
    hostname: str
    short_seconds: float
    long_seconds: float
    surface_seconds: float
    tick_seconds: float


class Place:
    """One pretend host's data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root"
        self.bin = folder / "bin"
        self.state = folder / "state"
        self.clock = Clock(folder)
        self._choices: Choices | None = None
        self._drives: dict[str, Drive] | None = None

    @property
    def choices(self) -> Choices:
        """Give what was chosen at the start."""
        if self._choices is None:
            self._choices = cast(Choices, documents.read(self.folder / "world.json"))
        return self._choices

    def choose(self, choices: Choices) -> None:
        """Keep the choices where the commands find them."""
        documents.write(self.folder / "world.json", choices)
        self._choices = choices

    @property
    def drives(self) -> dict[str, Drive]:
        """Give all drives by name, also those that have vanished."""
        if self._drives is None:
            self._drives = drives_of(self.choices["hostname"])
        return self._drives
