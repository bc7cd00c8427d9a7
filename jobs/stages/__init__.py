"""The stages of a burn-in, discovered from this folder: one file each, nothing to register."""

import importlib
import inspect
import pkgutil
from functools import cache

from jobs.stages.base import Stage


class StageDefinitionError(Exception):
    """A stage file breaks the contract; the sentence says how."""


@cache
def _found() -> dict[str, Stage]:
    stages: dict[str, Stage] = {}
    orders: dict[int, str] = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        own = [
            kind
            for kind in vars(module).values()
            if inspect.isclass(kind) and issubclass(kind, Stage) and kind.__module__ == module.__name__
        ]
        concrete = [kind for kind in own if not inspect.isabstract(kind)]
        if not concrete:
            continue
        if len(concrete) > 1:
            raise StageDefinitionError(f"{info.name}.py defines {len(concrete)} stages; a file holds one.")
        stage = concrete[0]()
        if stage.key != info.name:
            raise StageDefinitionError(
                f"{info.name}.py defines the stage {stage.key!r}; key and file name must be equal."
            )
        if stage.order in orders:
            raise StageDefinitionError(f"{stage.key} and {orders[stage.order]} both have order {stage.order}.")
        orders[stage.order] = stage.key
        stages[stage.key] = stage
    return dict(sorted(stages.items(), key=lambda item: item[1].order))


def all_stages() -> tuple[Stage, ...]:
    """Return every stage in its usual order."""
    return tuple(_found().values())


def get_stage(key: str) -> Stage:
    """Return the stage of this name. Raises StageDefinitionError for a stage that no longer exists."""
    try:
        return _found()[key]
    except KeyError:
        raise StageDefinitionError(f"There is no stage {key!r} in this version.") from None


__all__ = ["Stage", "StageDefinitionError", "all_stages", "get_stage"]
