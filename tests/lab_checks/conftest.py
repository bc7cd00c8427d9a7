"""The lab, for its own tests."""

from __future__ import annotations

from tests.lab.fixtures import lab, lab_disk

__all__ = ["lab", "lab_disk"]
