"""A database of 0.2.0 in which one drive has several active burn-ins is taken over: one goes on."""

from __future__ import annotations

import json
from collections.abc import Callable

SHELL = ("manage.py", "shell", "-c")
# What becomes of each, the older one first: "goes on", or how it ended.
BECOMES = {
    "ALONE": ["running"],
    "ENDED": ["passed", "unknown"],
    "TWO-QUEUED": ["queued", "unknown"],
    "ONE-RUNS": ["unknown", "running"],
    "ONE-WAITS": ["unknown", "running"],
    "ONE-WRITES": ["running", "unknown"],
    "BOTH-WRITE": ["unknown", "unknown"],
    "TWO-DRIVES": ["running", "running"],
    "NO-WWN": ["running", "unknown"],
    "SPELLED": ["running", "unknown"],
    "OTHER-SIZE": ["running", "unknown"],
    "THREE": ["unknown", "running", "unknown"],
    "CANCELLING": ["running", "cancelled"],
    "AFTER": ["passed", "running"],
}


def test_two_burn_ins_of_one_drive_of_an_old_version_become_one(run: Callable[..., str]) -> None:
    run("manage.py", "migrate", "--verbosity", "0", "jobs", "0006")
    run(*SHELL, "from tests.races.old_rows import make; make()")
    run("manage.py", "migrate", "--verbosity", "0")
    told = json.loads(run(*SHELL, "from tests.races.old_rows import show; show()").splitlines()[-1])
    found = told["found"]
    assert {name: [job["state"] for job in jobs] for name, jobs in found.items()} == BECOMES
    assert told["launched"] == []
    keys = [job["identity"] for jobs in found.values() for job in jobs if job["state"] in ("queued", "running")]
    assert len(keys) == len(set(keys))
    assert "" not in keys
    first, second = found["BOTH-WRITE"]
    for one, other, shelf in ((first, second, "shelf-b"), (second, first, "shelf-a")):
        assert one["said"] == (
            f"BOTH-WRITE was also in burn-in {other['pk']} on {shelf} (seen there as sdb), but one drive has one "
            "burn-in. Neither can say anything about the drive."
        )
    assert "This one was stopped and does not say anything about the drive." in found["TWO-QUEUED"][1]["said"]
    assert found["ENDED"][0]["identity"] == "ended"
