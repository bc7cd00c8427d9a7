"""What a launch of the stamped engine may ask for."""

from typing import Any

import pytest

from drives.hosts.program.engines import own_engines, stamped
from drives.hosts.program.problem import Problem
from drives.tests.program.stamp_bench import ONE, RUN, TWO, ZERO

GOOD: dict[str, Any] = {"name": "stamped", "run_stamp": RUN, "passes": [ONE, ZERO]}


def test_what_is_left_out_has_a_default() -> None:
    chosen = stamped.options(GOOD)

    assert (chosen.verify, chosen.max_errors, chosen.io_bytes, chosen.start) == (True, 100, 1048576, {})
    assert [one.words for one in chosen.passes] == ["stamp 1", "zero"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"run_stamp": "12"}, "16 hexadecimal"),
        ({"run_stamp": 12}, "run_stamp"),
        ({"passes": []}, "1 to 64"),
        ({"passes": [ONE, ONE]}, "same number"),
        ({"passes": [{"kind": "stamp", "number": 0}]}, "number"),
        ({"passes": [{"kind": "stamp"}]}, "number"),
        ({"passes": [{"kind": "random"}]}, "random"),
        ({"verify": "yes"}, "verify"),
        ({"max_errors": 0}, "max_errors"),
        ({"io_bytes": 512}, "io_bytes"),
        ({"io_bytes": 3 * 1024 * 1024}, "power of two"),
        ({"start": {"pass": 2, "phase": "write", "position": 0}}, "pass"),
        ({"start": {"pass": 0, "phase": "later", "position": 0}}, "phase"),
        ({"start": {"pass": 0, "phase": "verify", "position": 0}, "verify": False}, "phase"),
        ({"start": {"pass": 0, "phase": "write", "position": -1}}, "position"),
        ({"start": {"pass": 0, "phase": "write"}}, "position"),
        ({"start": {"pass": 0, "phase": "write", "position": 0, "run_stamp": "f" * 16}}, "another run"),
        ({"start": 7}, "start"),
    ],
)
def test_it_refuses_what_makes_no_sense(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(Problem, match=said) as refused:
        own_engines.check({**GOOD, **wrong})

    assert refused.value.code == "bad_request"


def test_a_whole_checkpoint_is_a_start() -> None:
    start = {"pass": 1, "phase": "verify", "position": 7, "run_stamp": RUN.upper(), "errors": [], "at": 1.5}

    assert stamped.options({**GOOD, "passes": [ONE, TWO], "start": start}).start == start
