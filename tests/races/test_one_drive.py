"""One drive that has two rows, and twenty threads that want it: one burn-in, one run."""

from __future__ import annotations

import json
from collections.abc import Callable

MAIN = "from tests.races.one_drive import main; main()"


def test_twenty_threads_that_start_retry_move_and_launch_make_one_burn_in_and_one_run(run: Callable[..., str]) -> None:
    run("manage.py", "migrate", "--verbosity", "0")
    found = json.loads(run("manage.py", "shell", "-c", MAIN).splitlines()[-1])
    assert len(found) == 30
    for each in found:
        assert each["broken"] == [], each
        assert (each["active"], len(each["launched"])) == (1, 1), each
