"""JSON with pieces in it that are none."""

import json
from typing import Any

from tests.fuzz.values import Raw


def write(value: Any) -> str:
    """Return a value as JSON; what is `Raw` as it is."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(name))}:{write(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(write(inner) for inner in value) + "]"
    return json.dumps(value)
