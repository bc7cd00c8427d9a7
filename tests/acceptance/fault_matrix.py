"""The fault matrix: what is wrong with a drive or its host, and the verdict that a whole burn-in must come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.acceptance.fault_stories import quiet
from tests.lab.disks import LabDisk
from tests.lab.lab import MIB
from tests.product.scenes import Scene, Story

SECTOR, BLOCK = 512, 4096
SIZES = {"standard": 16 * MIB + SECTOR, "classic": 32 * MIB, "": 32 * MIB}
AT = 8 * MIB  # where the faults of places are
Prepare = Callable[[LabDisk], object]
Check = Callable[[Scene], None]


def as_it_is(_disk: LabDisk) -> None:
    """Nothing is wrong with it."""


@dataclass(frozen=True, eq=False)
class Row:
    """One burn-in. `plan` is empty where only self-tests are chosen; `host` where any host will do.

    `findings` must be there, all with this cause; `words` must be in the sentence of the end or in one of those.
    """

    name: str
    state: str
    plan: str = "standard"
    self_tests: tuple[str, ...] = ()
    wishes: Mapping[str, Any] = field(default_factory=dict)
    prepare: Prepare = as_it_is
    before_start: Check | None = None
    story: Story = quiet
    findings: tuple[str, ...] = ()
    cause: str = "drive"
    words: str = ""
    untouched: bool = False
    host: str = ""
    check: Check | None = None

    @property
    def title(self) -> str:
        """Return the name of its test."""
        return f"{self.name} ({self.plan or 'self-tests'})"

    @property
    def order(self) -> dict[str, Any]:
        """Return what the disk is to be like."""
        return {"size": SIZES[self.plan], **self.wishes}

    @property
    def choices(self) -> dict[str, Any]:
        """Return what is chosen in the start dialog."""
        tests = {"run_short": "short" in self.self_tests, "run_long": "long" in self.self_tests}
        return {**tests, "plan": self.plan} if self.plan else {**tests, "run_surface": False, "plan": None}


def fault(kind: str, length: int = BLOCK, **options: Any) -> Prepare:
    """Return an order for a fault of one place."""
    return lambda disk: disk.fault(kind, AT, length, **options)


def flipped_bits(kind: str) -> Prepare:
    """Return an order for one wrong bit in each of three blocks."""

    def prepare(disk: LabDisk) -> None:
        for block in range(3):
            disk.fault(kind, AT + block * BLOCK + 100, 1, xor=1)

    return prepare


def whole(kind: str) -> Prepare:
    """Return an order for a fault of the whole surface."""
    return lambda disk: disk.fault(kind, 0, disk.size)


def smart(**state: Any) -> Prepare:
    """Return an order for what SMART says."""
    return lambda disk: disk.smart.update(**state)


def by_both_plans(
    name: str, state: str, *, standard: tuple[str, ...] = (), classic: tuple[str, ...] = (), **more: Any
) -> tuple[Row, Row]:
    """Return the same burn-in by either plan, which may find the same thing under another name."""
    return (
        Row(name, state, plan="standard", findings=standard, **more),
        Row(name, state, plan="classic", findings=(*classic, "cannot_see") if state == "passed" else classic, **more),
    )


def check_row(row: Row, scene: Scene) -> None:
    """See that a burn-in ended as its row says."""
    assert not scene.trouble, f"{scene.trouble}; {scene.job}"
    assert scene.state == row.state, (scene.sentence, scene.job)
    found = scene.findings()
    assert set(row.findings) <= found.keys(), found
    said = [scene.sentence, *(found[code]["message"] for code in row.findings)]
    assert row.words in " ".join(said), said
    weighed = [found[code] for code in row.findings if found[code]["severity"] != "info"]
    assert {each["cause"] for each in weighed} <= {row.cause}, weighed
    condemned = [each["code"] for each in found.values() if each["severity"] == "failure"]
    assert bool(condemned) == (row.state == "failed"), found
    assert not row.untouched or scene.disk.bytes_written() == 0
    if row.check:
        row.check(scene)
