"""The lab as pytest fixtures. Import `lab` and `lab_disk` in a conftest.py, or name this module in pytest_plugins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from tests.lab import requirements
from tests.lab.disks import LabDisk
from tests.lab.lab import MIB, Lab


class DiskFactory(Protocol):
    """Add a disk to the lab for one test."""

    def __call__(self, size: int = 64 * MIB, **wishes: Any) -> LabDisk: ...


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """A host with sshd and failing disks, for the whole session."""
    problem = requirements.missing()
    if problem and requirements.is_a_must():
        pytest.fail(problem)
    if problem:
        pytest.skip(problem)
    with Lab() as running:
        yield running


@pytest.fixture
def lab_disk(lab: Lab) -> Iterator[DiskFactory]:
    """Make disks that are gone after the test."""
    made: list[LabDisk] = []

    def make(size: int = 64 * MIB, **wishes: Any) -> LabDisk:
        made.append(lab.add_disk(size, **wishes))
        return made[-1]

    yield make
    for disk in made:
        lab.remove_disk(disk)
