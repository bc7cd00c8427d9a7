"""The settings that colour the board."""

from dataclasses import dataclass

from settingsapp import services as settings_services


@dataclass(frozen=True, slots=True)
class BoardLimits:
    """From which temperature on, and after how long a silence, a row asks for attention."""

    temp_warn_c: int
    temp_crit_c: int
    stale_s: int
    slots: int


def board_limits() -> BoardLimits:
    """Read the settings that the board needs."""
    current = settings_services.current()
    return BoardLimits(
        temp_warn_c=current.temp_warn_c,
        temp_crit_c=current.temp_crit_c,
        stale_s=current.stale_threshold_seconds,
        slots=current.max_parallel_burnins,
    )
