"""Many burn-ins at once, each with a story of its own; one request looks at all of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from tests.lab.disks import LabDisk
from tests.lab.waiting import wait_until
from tests.product.bench_host import OVER, BenchHost
from tests.product.running import Product

LOOK_EVERY_S = 1.0
LAST_WAIT_S = 90.0
STUCK_AFTER_S = 2 * 3600
MOST_MOVES = 5
Condition = Callable[[], object]


@dataclass(eq=False)
class Scene:
    """One disk in its burn-in, as the API showed it last."""

    bench: BenchHost
    disk: LabDisk
    job_id: int = 0
    refused: dict[str, Any] = field(default_factory=dict)
    job: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""
    moves: int = 0
    stood_still_s: float = 0.0

    @property
    def state(self) -> str:
        """How it ended: a state of a burn-in, or "refused"."""
        return "refused" if self.refused else str(self.job.get("state", "not started"))

    @property
    def sentence(self) -> str:
        """What the product says of the end."""
        return str(self.refused.get("message") or self.job.get("error_text", ""))

    def stage(self, name: str = "surface_validate") -> dict[str, Any]:
        """Return one stage; empty before there is one."""
        return next((stage for stage in self.job.get("stages", ()) if stage["name"] == name), {})

    def findings(self) -> dict[str, dict[str, Any]]:
        """Return what all stages found, by code."""
        return {each["code"]: each for stage in self.job.get("stages", ()) for each in stage["findings"]}

    def over(self) -> bool:
        """Say whether the burn-in has ended."""
        return self.state in OVER

    def moved(self, share: float = 0.02) -> bool:
        """Say whether the surface test has done this share of its bytes."""
        stage = self.stage()
        return bool(stage and stage["bytes_total"] and stage["bytes_done"] >= share * stage["bytes_total"])

    def says(self, words: str) -> bool:
        """Say whether the burn-in waits, and says this of it."""
        return words in str(self.job.get("waiting_reason", ""))

    def post(self, deed: str) -> None:
        """Do something to the burn-in: pause, retry, cancel."""
        self.bench.product.post(f"/api/v1/burnin/{self.job_id}/{deed}")

    def message(self) -> str:
        """Return what the running stage says of itself on the page."""
        return str(self._of_running("message") or "")

    def is_listed_since(self, moment: datetime) -> bool:
        """Say whether the host's disks were read after that moment."""
        row = self.bench.row()
        return bool(row["last_polled_at"]) and datetime.fromisoformat(row["last_polled_at"]) > moment

    def is_stuck(self) -> bool:
        """Let two hours without progress pass in the book; say whether the burn-in was ended for it.

        A look that is under way does not know of them and writes over them: then they pass again. A stage that moves
        begins at zero again; right after it was made to stand still it may, but that may not go on.
        """
        still = self._of_running("still_s")
        if still is None:
            return self.over()
        self.moves += still < self.stood_still_s
        assert self.moves <= MOST_MOVES, f"{self.disk.serial} moves; it is not stuck"
        self.stood_still_s = still
        if still < STUCK_AFTER_S:
            self._ask("UPDATE jobs_burninstage SET still_s = still_s + 7200")
        return False

    def _of_running(self, column: str) -> Any:
        row = self._ask(f"SELECT {column} FROM jobs_burninstage")  # noqa: S608 - our own column names
        return row[0] if row else None

    def _ask(self, statement: str) -> Any:
        path = self.bench.product.directory / "app.db"
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as book:
            return book.execute(f"{statement} WHERE job_id = ? AND state = 'running'", (self.job_id,)).fetchone()


Story = Callable[[Scene], Iterator[Condition]]


def now() -> datetime:
    """Return the moment, as the API's times are."""
    return datetime.now(UTC)


class Play:
    """Goes on with each story when what it waits for has happened, until all of them and their burn-ins are over."""

    def __init__(self, product: Product, stories: list[tuple[Scene, Story]]) -> None:
        self._product = product
        self._scenes = [scene for scene, _ in stories if not scene.refused]
        self._stories = {scene: story(scene) for scene, story in stories if not scene.refused}
        self._waits: dict[Scene, Condition] = dict.fromkeys(self._stories, lambda: True)
        self._over_since: dict[Scene, float] = {}

    def through(self, *, within_s: float) -> None:
        """Play all; what is not over by then keeps its state, which its row will not take for an end."""
        with suppress(AssertionError):
            wait_until(self._all_over, "every burn-in is over", within_s=within_s, every_s=LOOK_EVERY_S)
        for scene in self._waits:
            scene.trouble = "its story did not come to its end"

    def _all_over(self) -> bool:
        self._look()
        for scene in list(self._waits):
            self._go_on(scene)
        return not self._waits and all(scene.over() for scene in self._scenes)

    def _look(self) -> None:
        answer = self._product.get("/api/v1/burnin")
        assert not answer["next"], "all burn-ins are on one page"
        jobs = {job["id"]: job for job in answer["results"]}
        for scene in self._scenes:
            scene.job = jobs[scene.job_id]

    def _overdue(self, scene: Scene) -> None:
        """Raise when a story still waits long after its burn-in has ended: it will do so for ever."""
        since = self._over_since.setdefault(scene, monotonic())
        assert monotonic() - since < LAST_WAIT_S, "its burn-in ended before its story"

    def _go_on(self, scene: Scene) -> None:
        try:
            if self._waits[scene]():
                self._waits[scene] = next(self._stories[scene])
            elif scene.over():
                self._overdue(scene)
        except StopIteration:
            del self._waits[scene]
        except (AssertionError, OSError, RuntimeError) as error:
            scene.trouble = f"{type(error).__name__}: {error}"
            del self._waits[scene]
            scene.disk.clear()  # else it would never end
