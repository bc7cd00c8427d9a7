"""One world for all requests, and the table of what they got."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.fuzz.amount import ASKED_FOR
from tests.fuzz.answers import Tally
from tests.fuzz.world import World, without_network

tally = Tally()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Fill the database once; every request takes back what it changed, and this takes back the rest."""
    with django_db_blocker.unblock(), without_network(), transaction.atomic():
        made = World()
        yield made
        made.close()
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def answers() -> Tally:
    """Where answers are counted."""
    return tally


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many requests there were and what became of them: by route when somebody asked for a number of them."""
    if tally.routes:
        terminalreporter.section("answers to generated requests, by route" if ASKED_FOR else "generated requests")
        terminalreporter.write_line("\n".join(tally.lines() if ASKED_FOR else tally.lines()[-2:]))
