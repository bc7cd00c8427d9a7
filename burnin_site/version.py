"""The product's version, read from the first heading of the change log."""

import re
from pathlib import Path

HEADING = re.compile(r"^## v?(\d+\.\d+\.\d+\S*)", re.MULTILINE)


def read_version(changelog: Path) -> str:
    """Return the newest version named in the change log, or "0.0.0" where there is none."""
    found = HEADING.search(changelog.read_text(encoding="utf-8")) if changelog.exists() else None
    return found.group(1) if found else "0.0.0"
