from collections.abc import Iterator
from pathlib import Path

import pytest

from burnin_site.supervisor.tests.rehearsal import Rehearsal


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    """Supervisors of small programs on an empty data directory."""
    stage = Rehearsal(tmp_path)
    yield stage
    stage.end()
