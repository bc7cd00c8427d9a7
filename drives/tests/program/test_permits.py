"""A launch needs a permit of the host: made a moment before, for exactly this launch, and good for once."""

import json
from typing import Any

import pytest

from drives.tests.program.simulated_host import SimulatedHost


@pytest.fixture
def started(host: SimulatedHost) -> SimulatedHost:
    """Return the host with an engine that leaves a line per start."""
    host.tool("badblocks", f'echo started >> "{host.answers}/started"')
    return host


def times_started(host: SimulatedHost) -> int:
    path = host.answers / "started"
    return len(path.read_text().splitlines()) if path.exists() else 0


def refusal(host: SimulatedHost, **request: Any) -> tuple[str, str]:
    answer = host.call("launch", **request)
    assert answer["ok"] is False
    assert not host.run_folder(request["run_id"]).exists()
    return answer["error"]["code"], answer["error"]["message"]


def change_permits(host: SimulatedHost, **changes: Any) -> None:
    for path in (host.run_folder().parents[1] / "permits").glob("*.open"):
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_launch_without_a_permit_is_refused(started: SimulatedHost) -> None:
    request = started.permitted()
    del request["token"]
    assert refusal(started, **request)[0] == "token_missing"
    assert times_started(started) == 0


def test_a_permit_that_the_host_never_gave_is_refused(started: SimulatedHost) -> None:
    assert refusal(started, **{**started.permitted(), "token": "0" * 32})[0] == "token_unknown"


def test_a_permit_is_good_for_once_also_after_its_run_was_cleaned_away(started: SimulatedHost) -> None:
    request = started.permitted()
    started.call("launch", **request)
    started.wait_for("exited")
    started.call("clean", run_id="run-1")
    assert refusal(started, **request)[0] == "token_reused"
    assert times_started(started) == 1


def test_a_repeated_launch_adopts_its_run_with_the_used_permit(started: SimulatedHost) -> None:
    request = started.permitted()
    started.call("launch", **request)
    assert started.call("launch", **request)["adopted"] is True
    started.wait_for("exited")
    assert times_started(started) == 1


def test_a_permit_of_eleven_minutes_ago_is_refused(started: SimulatedHost) -> None:
    request = started.permitted()
    path = next((started.run_folder().parents[1] / "permits").glob("*.open"))
    change_permits(started, at=json.loads(path.read_text())["at"] - 601)
    assert refusal(started, **request)[0] == "token_expired"


def test_a_permit_from_before_the_last_boot_is_refused(started: SimulatedHost) -> None:
    request = started.permitted()
    started.put("proc/sys/kernel/random/boot_id", "boot-two\n")
    assert refusal(started, **request)[0] == "token_expired"


def test_a_permit_from_the_future_is_refused(started: SimulatedHost) -> None:
    request = started.permitted()
    change_permits(started, at=1e12)
    assert refusal(started, **request)[0] == "token_expired"


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"guard": {"plan": "another"}}, "plan"),
        ({"guard": {"user": "mallory"}}, "person"),
        ({"guard": {"overrides": ["filesystem"]}}, "overrides"),
        ({"guard": {"serial": "SERIAL-B"}}, "drive"),
        ({"guard": {"size_bytes": 4096}}, "drive"),
        ({"run_id": "run-2"}, "run"),
        ({"argv": ["badblocks", "-w", "{device}"]}, "command"),
    ],
)
def test_a_permit_allows_exactly_one_launch(started: SimulatedHost, changed: dict[str, Any], word: str) -> None:
    request = started.permitted(guard=started.guard(plan="p1", user="bob"))
    other = {**request, **changed, "guard": {**request["guard"], **changed.get("guard", {})}}
    code, message = refusal(started, **other)
    assert code == "token_mismatch"
    assert word in message
    assert refusal(started, **request)[0] == "token_reused", "shown once, it is used up"
    assert times_started(started) == 0


def test_no_permit_is_given_for_what_could_never_run(host: SimulatedHost) -> None:
    answer = host.call("permit", run_id="run-1", guard=host.guard(), argv=["badblocks", "/dev/sda"])
    assert answer["error"]["code"] == "bad_request"


def test_the_host_keeps_no_permit_in_the_clear(started: SimulatedHost) -> None:
    token = started.permitted()["token"]
    for path in (started.run_folder().parents[1] / "permits").iterdir():
        assert token not in path.name + path.read_text()
