"""Anticipated problems: their text is written for a person and may be shown."""

from typing import Any, ClassVar


class BurninError(Exception):
    """Something was asked for that cannot be done. `str(error)` is a sentence: what, which, what to do."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409

    def __init__(self, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.detail: dict[str, Any] = detail


def body(sentence: str, code: str, detail: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return an error as the API tells it, whichever part of the server refuses."""
    return {"error": sentence, "code": code, "detail": detail or {}}
