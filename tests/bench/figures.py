"""A measured number and what it should be."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One line of the table. `target` is the most it may be; None: for information."""

    name: str
    value: float
    target: float | None = None

    @property
    def ok(self) -> bool:
        """Whether the target is met."""
        return self.target is None or self.value <= self.target

    def as_json(self) -> dict[str, Any]:
        """Return the line as JSON."""
        return {**asdict(self), "ok": self.ok}


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share of the values lies (0.5: the median)."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]
