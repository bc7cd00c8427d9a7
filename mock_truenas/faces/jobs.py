"""The jobs of the REST face: each follows the self-tests of one call. They live in memory, as on CORE."""

import itertools
import math
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from mock_truenas.world import drive_state, selftests
from mock_truenas.world.drive_state import DriveNow
from mock_truenas.world.place import Place

Json = dict[str, Any]
WAIT = "smart.test.wait"
STATES = {"passed": "SUCCESS", "failed": "FAILED", "aborted": "ABORTED", "reset": "FAILED"}
WORST_FIRST = ("RUNNING", "FAILED", "ABORTED", "SUCCESS")


class UnknownJob(Exception):
    """There is no job of that number."""


class JobIsOver(Exception):
    """The job has ended; nothing is left to abort."""


@dataclass
class Job:
    """One call and the self-tests it started: drive name and number of the test."""

    id: int
    method: str
    arguments: list[Any]
    tests: list[tuple[str, int]]
    started: float = field(default_factory=time.time)
    aborted: float | None = None


@dataclass(frozen=True)
class Outcome:
    """How far one self-test of a job is."""

    state: str
    percent: float
    ended: float | None = None
    error: str | None = None


class Jobs:
    """All jobs since the start or the last reset."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._jobs: dict[int, Job] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def add(self, method: str, arguments: list[Any], tests: list[tuple[str, int]]) -> int:
        """Note a new job and give its number."""
        with self._lock:
            number = next(self._numbers)
            self._jobs[number] = Job(number, method, arguments, tests)
        return number

    def clear(self) -> None:
        """Forget all jobs."""
        with self._lock:
            self._jobs.clear()

    def all(self) -> list[Json]:
        """Describe every job as core.get_jobs does."""
        with self._lock:
            jobs = list(self._jobs.values())
        return [self._describe(job) for job in jobs]

    def abort(self, number: int) -> None:
        """Abort a running job, and the self-tests it stands for."""
        with self._lock:
            job = self._jobs.get(number)
        if job is None:
            raise UnknownJob(f"There is no job {number}.")
        state = self._describe(job)["state"]
        if state != "RUNNING":
            raise JobIsOver(f"Job {number} has ended already: {state}.")
        job.aborted = time.time()
        if job.method == WAIT:
            return  # on CORE the tracker can be aborted, the drive goes on testing
        for name, test in job.tests:
            running = drive_state.look(self._place, name).state["selftest"]
            if running is not None and running["id"] == test:
                selftests.abort(self._place, name)

    def _describe(self, job: Job) -> Json:
        outcomes = [self._outcome(name, test) for name, test in job.tests]
        state = next(one for one in WORST_FIRST if any(o.state == one for o in outcomes))
        errors = [outcome.error for outcome in outcomes if outcome.error]
        if job.method == WAIT and state != "RUNNING":
            state, errors = "SUCCESS", []
        if job.aborted is not None:
            state = "ABORTED"
        ended = job.aborted or max((o.ended or 0 for o in outcomes), default=0)
        percent = min(outcome.percent for outcome in outcomes)
        return {
            "id": job.id,
            "method": job.method,
            "arguments": job.arguments,
            "logs_path": None,
            "logs_excerpt": None,
            "progress": {"percent": round(percent), "description": None, "extra": None},
            "result": None,
            "error": " ".join(errors) or None,
            "exception": None,
            "exc_info": None,
            "state": state,
            "time_started": date(job.started),
            "time_finished": None if state == "RUNNING" else date(ended),
        }

    def _outcome(self, name: str, test: int) -> Outcome:
        now = drive_state.look(self._place, name)
        running = now.state["selftest"]
        if running is not None and running["id"] == test:
            return Outcome("RUNNING", self._ticked(now))
        entry = selftests.find(now, test)
        if entry is None:
            return Outcome("ABORTED", 0, time.time())
        state, ended = STATES[entry["outcome"]], self._place.clock.wall_of(entry["ended"])
        if state != "FAILED":
            return Outcome(state, 100 - entry["remaining"], ended)
        reason = f"{name}: the self-test failed with {entry['remaining']} % remaining."
        if entry["lba"] is not None:
            reason = f"{reason[:-1]}; first error at LBA {entry['lba']}."
        return Outcome(state, 100 - entry["remaining"], ended, reason)

    def _ticked(self, now: DriveNow) -> float:
        """Give the percentage as of the last tick."""
        test, tick = now.state["selftest"], self._place.choices["tick_seconds"]
        if test is None:
            return 100
        done = math.floor((now.simulated - test["started"]) / tick) * tick
        return max(0, min(99, 100 * done / test["seconds"]))


def date(moment: float) -> Json:
    """Give a time as TrueNAS writes it in JSON."""
    return {"$date": round(moment * 1000)}
