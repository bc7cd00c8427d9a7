"""A language that is not English, really there: compiled from the system's own sources, for one lab."""

from __future__ import annotations

from pathlib import Path

from tests.lab.loops import run

LOCALE, CHARMAP = "de_DE", "UTF-8"


def german(directory: Path) -> dict[str, str]:
    """Compile the German locale below this directory; the environment of a host whose programs speak it."""
    directory.mkdir(parents=True)
    name = f"{LOCALE}.{CHARMAP}"
    run("localedef", "--no-archive", "-i", LOCALE, "-f", CHARMAP, str(directory / name))
    return {"LOCPATH": str(directory), "LANG": name, "LC_ALL": name, "LANGUAGE": "de"}
