"""What every smartctl answer is made of."""

from typing import Any

VERSION = (7, 3)
BANNER = (
    "smartctl 7.3 2022-02-28 r5338 [x86_64-linux-mock] (simulated)\n"
    "Copyright (C) 2002-22, Bruce Allen, Christian Franke, www.smartmontools.org\n"
)
_ALL = {"info", "health", "capabilities", "attributes", "errors", "selftests"}
SECTIONS_OF: dict[str, set[str]] = {
    "-i": {"info"},
    "--info": {"info"},
    "-H": {"health"},
    "--health": {"health"},
    "-c": {"capabilities"},
    "--capabilities": {"capabilities"},
    "-A": {"attributes"},
    "--attributes": {"attributes"},
    "-a": _ALL,
    "--all": _ALL,
    "-x": {*_ALL, "extended"},
    "--xall": {*_ALL, "extended"},
    "-l selftest": {"selftests"},
    "--log selftest": {"selftests"},
    "-l xselftest": {"selftests", "extended log"},
    "--log xselftest": {"selftests", "extended log"},
    "-l error": {"errors"},
    "--log error": {"errors"},
    "-l devstat": {"statistics"},
    "--log devstat": {"statistics"},
}
HEALTH_FAILED, PREFAIL_NOW, SELFTEST_ERRORS = 8, 16, 128
DATA_SECTION = "=== START OF READ SMART DATA SECTION ===\n"
INFO_SECTION = "=== START OF INFORMATION SECTION ===\n"


class Reading:
    """An answer under construction: the JSON, the text and the exit status."""

    def __init__(
        self,
        *,
        document: dict[str, Any] | None = None,
        text: str = "",
        exit_status: int = 0,
        messages: list[str] | None = None,
    ) -> None:
        self.document: dict[str, Any] = document or {}
        self.text = text
        self.exit_status = exit_status
        self.messages = messages or []


def capacity(size: int) -> str:
    """Give a size as smartctl writes it: all digits, then three of them with a unit."""
    value, units = float(size), iter(("bytes", "KB", "MB", "GB", "TB", "PB"))
    unit = next(units)
    while value >= 1000:
        value, unit = value / 1000, next(units)
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{size:,} bytes [{value:.{digits}f} {unit}]"
