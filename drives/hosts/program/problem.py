"""What the program answers when it cannot or will not do what it was asked."""

from __future__ import annotations

from typing import Any, Dict

Json = Dict[str, Any]


class Problem(Exception):
    """A code for the product and a sentence for a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def as_json(self) -> Json:
        return {"code": self.code, "message": self.message}
