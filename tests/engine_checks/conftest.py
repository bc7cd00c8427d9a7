"""The lab, and the host-side program on it without the product."""

from __future__ import annotations

import pytest

from tests.engine_checks.engine_host import EngineHost
from tests.lab.fixtures import lab, lab_disk
from tests.lab.lab import Lab

__all__ = ["lab", "lab_disk"]


@pytest.fixture(scope="session")
def host(lab: Lab) -> EngineHost:
    """Return the program, packed as the product sends it."""
    return EngineHost(lab)
