"""A first value in the environment that cannot be used is told at start-up, not at the first burn-in."""

from typing import Any

from django.core.checks import CheckMessage, Error

from settingsapp.registry import DECLARED


def check_first_values(**_options: Any) -> list[CheckMessage]:
    """Return one error per variable whose value its setting does not accept."""
    problems: list[CheckMessage] = []
    for declared in DECLARED:
        try:
            _ = declared.default
        except ValueError as error:
            name = declared.key.upper()
            problems.append(Error(f"{name}: {error}", hint=f"Correct {name} in .env.", id="settingsapp.E001"))
    return problems
