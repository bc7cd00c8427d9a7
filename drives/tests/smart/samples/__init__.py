"""Trimmed outputs of real drives."""

import json
from pathlib import Path
from typing import Any


def load(name: str) -> dict[str, Any]:
    """Return smartctl's JSON for one of the drives in this folder."""
    read: dict[str, Any] = json.loads((Path(__file__).parent / f"{name}.json").read_text())
    return read
