"""What the tests of the live feed share."""

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction

from burnin_site.core.live import services, sources
from burnin_site.core.live.tests.fake_source import FakeSource

Change = Callable[[int, str], int]


@pytest.fixture
def board() -> Iterator[type[FakeSource]]:
    """Register the fake page as the board."""
    real = dict(sources._paths)
    sources.register("board", f"{FakeSource.__module__}.FakeSource")
    FakeSource.things.clear()
    FakeSource.asked.clear()
    yield FakeSource
    sources._paths.clear()
    sources._paths.update(real)


@pytest.fixture
def change(board: type[FakeSource]) -> Change:
    """Return a function that changes a thing the way services do: number and row in one transaction."""

    def make(number: int, text: str) -> int:
        with transaction.atomic():
            version = services.next_version()
            board.things[number] = (version, text)
        return version

    return make
