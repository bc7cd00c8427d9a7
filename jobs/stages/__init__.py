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
    kinds = {info.name: kind for info in pkgutil.iter_modules(__path__) if (kind := _kind_in(info.name))}
    engines = {engine for kind in kinds.values() for engine in kind.engines}
    stages: dict[str, Stage] = {}
    orders: dict[int, str] = {}
    for name, kind in kinds.items():
        if kind in engines:
            continue  # one of the ways to do another stage
        if kind.key != name and not kind.engines:
            raise StageDefinitionError(f"{name}.py defines the stage {kind.key!r}; key and file name must be equal.")
        if kind.order in orders:
            raise StageDefinitionError(f"{kind.key} and {orders[kind.order]} both have order {kind.order}.")
        orders[kind.order] = kind.key
        stages[kind.key] = kind()
    return dict(sorted(stages.items(), key=lambda item: item[1].order))


def _kind_in(name: str) -> type[Stage] | None:
    """Return the class of the stage that a file defines, None for a file that defines none."""
    module = importlib.import_module(f"{__name__}.{name}")
    own: list[type[Stage]] = [
        kind
        for kind in vars(module).values()
        if inspect.isclass(kind) and issubclass(kind, Stage) and kind.__module__ == module.__name__
    ]
    concrete = [kind for kind in own if not inspect.isabstract(kind)]
    if len(concrete) > 1:
        raise StageDefinitionError(f"{name}.py defines {len(concrete)} stages; a file holds one.")
    return concrete[0] if concrete else None


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
