"""Give orders to a fault file system."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any, cast

ANSWER_WITHIN_S = 30


class OrderRefused(RuntimeError):
    """The file system could not do what was asked."""


class FaultClient:
    """Speak to the control socket of one fault file system."""

    def __init__(self, control: Path) -> None:
        self.control = control

    def tell(self, **order: Any) -> dict[str, Any]:
        """Give one order and wait until it is in force; its answer."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(ANSWER_WITHIN_S)
            line.connect(str(self.control))
            line.sendall(json.dumps(order).encode() + b"\n")
            with line.makefile("rb") as answers:
                answer = cast("dict[str, Any]", json.loads(answers.readline()))
        if not answer.pop("ok"):
            raise OrderRefused(answer["message"])
        return answer
