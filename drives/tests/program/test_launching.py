"""A launch starts one engine, however often and from however many processes it is asked for."""

import json
from pathlib import Path
from typing import Any

import pytest

from drives.tests.program.simulated_host import SimulatedHost
from drives.tests.program.waiting import wait_until


@pytest.fixture(autouse=True)
def _an_engine_that_works_until_told(host: SimulatedHost) -> None:
    script = f"echo started >> {host.answers}/started\nwhile [ ! -e {host.answers}/enough ]; do sleep 0.05; done"
    host.tool("badblocks", script)


def times_started(host: SimulatedHost) -> int:
    path = host.answers / "started"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_a_launch_answers_with_the_running_run(host: SimulatedHost) -> None:
    answer = host.launch()

    assert answer["adopted"] is False
    assert answer["run"]["state"] == "running"
    assert answer["run"]["keeper_alive"] is True
    assert answer["run"]["boot_id"] == "boot-one"
    assert answer["simulated"] is True


def test_a_second_launch_adopts_the_first(host: SimulatedHost) -> None:
    first = host.launch()
    second = host.launch()

    assert second["adopted"] is True
    assert second["run"]["pid"] == first["run"]["pid"]


def test_a_launch_after_the_end_starts_nothing(host: SimulatedHost) -> None:
    (host.answers / "enough").touch()
    host.launch()
    host.wait_for("exited")

    again = host.launch()

    assert again["adopted"] is True
    assert again["run"]["state"] == "exited"
    assert times_started(host) == 1


def test_many_launches_at_once_start_one_engine(host: SimulatedHost) -> None:
    requests = [host.permitted() for _ in range(8)]
    children = [host.start("launch", **request) for request in requests]
    answers = [json.loads(child.communicate(timeout=60)[0]) for child in children]

    assert [answer["adopted"] for answer in answers].count(False) == 1
    assert len({answer["run"]["pid"] for answer in answers}) == 1
    wait_until(lambda: times_started(host) > 0, what="the engine")
    assert times_started(host) == 1


def test_the_engine_is_told_the_plain_device_name(host: SimulatedHost) -> None:
    host.tool("badblocks", f'echo "$1|$2|$3" > {host.answers}/words')
    host.launch(argv=["badblocks", "-o", "list of {device}", "{device}"])
    host.wait_for("exited")

    assert (host.answers / "words").read_text() == "-o|list of /dev/sda|/dev/sda\n"


def test_the_engine_speaks_english_to_files_and_hears_nothing(host: SimulatedHost) -> None:
    host.tool("badblocks", "echo $LC_ALL; cat; echo problem >&2")
    host.launch()
    host.wait_for("exited")
    left = host.call("collect", run_id="run-1")

    assert left["stdout"] == "C\n"
    assert left["log"] == "problem\n"


@pytest.mark.parametrize(
    "request_part",
    [
        {"run_id": "../escape"},
        {"run_id": ""},
        {"argv": []},
        {"argv": ["badblocks", "/dev/sda"]},
        {"argv": ["badblocks", 7]},
        {"argv": ["badblocks", "{device}"], "engine": {"name": "tail"}},
        {"engine": {"name": "nonsense"}},
        {"engine": {"name": "tail", "offset": 0, "length": 0, "patterns": ["0xaa"]}},
        {"engine": {"name": "tail", "offset": 0, "length": 512, "patterns": ["aa"]}},
        {"engine": {"name": "io_validate", "reads": 1, "block_size": 1000}},
        {"guard": None},
        {"guard": {"serial": "", "size_bytes": 1}},
        {"guard": {"serial": "SERIAL-A", "size_bytes": "8388608"}},
        {"guard": {"serial": "SERIAL-A", "size_bytes": 8388608, "wwn": "none"}},
    ],
)
def test_a_request_that_makes_no_sense_leaves_nothing_behind(host: SimulatedHost, request_part: dict[str, Any]) -> None:
    whole: dict[str, Any] = {"run_id": "run-1", "guard": host.guard(), "argv": ["badblocks", "{device}"]}
    if "engine" in request_part and "argv" not in request_part:
        del whole["argv"]

    answer = host.call("launch", **{**whole, **request_part})

    assert answer["ok"] is False
    assert answer["error"]["code"] == "bad_request"
    assert left_in(host.run_folder().parent) == []
    assert times_started(host) == 0


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("*")]
