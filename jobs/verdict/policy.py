"""By which measure a drive is judged: as new, or as one that has a life behind it."""

from enum import StrEnum

NEW_UP_TO_HOURS = 50  # the maker's own tests take some hours; more says that somebody used it
AUTO = "auto"


class Policy(StrEnum):
    """`new`: anything that grows is a reason to send it back. `used`: little growth is forgiven, and named."""

    NEW = "new"
    USED = "used"


def choose_policy(setting: str, hours: int | None) -> Policy:
    """Return the policy that was set; `auto` goes by the drive's power-on hours, and is strict where it tells none."""
    if setting in (Policy.NEW, Policy.USED):
        return Policy(setting)
    return Policy.USED if hours is not None and hours > NEW_UP_TO_HOURS else Policy.NEW
