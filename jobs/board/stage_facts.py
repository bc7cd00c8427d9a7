"""What is known of a stage by its name, also when this version no longer has it."""

from jobs.progress import weight_of
from jobs.stages import Stage, all_stages
from jobs.stages.base import STANDARD

CLASSIC_PASSES, STANDARD_PASSES = 8, 4


def surface_passes(plan: str) -> int:
    """Return how often a surface test goes over the whole drive, writing or reading."""
    return STANDARD_PASSES if plan == STANDARD else CLASSIC_PASSES


def known_stage(name: str) -> Stage | None:
    """Return the stage, or None for one that only lives on in history."""
    return next((stage for stage in all_stages() if stage.key == name), None)


def label_of(name: str) -> str:
    """Return the stage's name for people."""
    stage = known_stage(name)
    return stage.label if stage else name.replace("_", " ").capitalize()


def short_label_of(name: str) -> str:
    """Return the stage's name where there is little room."""
    stage = known_stage(name)
    return stage.short if stage else label_of(name)


__all__ = ["known_stage", "label_of", "short_label_of", "surface_passes", "weight_of"]
