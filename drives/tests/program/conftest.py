"""A pretend host with two disks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drives.tests.program.simulated_host import SimulatedHost


@pytest.fixture
def host(tmp_path: Path) -> Iterator[SimulatedHost]:
    """A host with the drives SERIAL-A (sda) and SERIAL-B (sdb), both free."""
    made = SimulatedHost(tmp_path)
    made.add_disk("sda", "SERIAL-A", wwn=1)
    made.add_disk("sdb", "SERIAL-B", wwn=2)
    yield made
    made.shut_down()
