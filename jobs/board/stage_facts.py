"""What is known of a stage by its name, also when this version no longer has it."""

from jobs.progress import weight_of
from jobs.stages import Stage, all_stages

SURFACE_PASSES = 8


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


__all__ = ["SURFACE_PASSES", "known_stage", "label_of", "short_label_of", "weight_of"]
