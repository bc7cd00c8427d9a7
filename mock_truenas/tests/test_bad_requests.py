"""A wrong request gets a sentence and a status of the four hundreds, never five hundred."""

from typing import Any

import pytest

from mock_truenas.tests.running_host import RunningHost

POSTS: list[tuple[str, Any]] = [
    ("/api/v2.0/smart/test", None),
    ("/api/v2.0/smart/test", []),
    ("/api/v2.0/smart/test", {"disks": ["sda"]}),
    ("/api/v2.0/smart/test", {"disks": [], "type": "SHORT"}),
    ("/api/v2.0/smart/test", {"disks": "sda", "type": "SHORT"}),
    ("/api/v2.0/smart/test", {"disks": [["sda"]], "type": "SHORT"}),
    ("/api/v2.0/smart/test", {"disks": ["sdz"], "type": "SHORT"}),
    ("/api/v2.0/smart/test", {"disks": ["sda"], "type": ["SHORT"]}),
    ("/api/v2.0/smart/test", {"disks": ["sdm"], "type": "CONVEYANCE"}),
    ("/api/v2.0/smart/test/manual_test", {}),
    ("/api/v2.0/smart/test/manual_test", [5]),
    ("/api/v2.0/smart/test/manual_test", [{"identifier": "x", "type": "SHORT"}]),
    ("/api/v2.0/disk/temperatures", {"names": 5}),
    ("/api/v2.0/disk", {}),
    ("/debug/fault", None),
    ("/debug/fault", {"drive": "sdz", "fault": "hot"}),
    ("/debug/fault", {"drive": "sda", "fault": "cold"}),
    ("/debug/fault", {"drive": 1, "fault": "hot"}),
    ("/debug/speed", {"speed": 0}),
    ("/debug/speed", {"speed": "fast"}),
    ("/debug/speed", {"speed": -1}),
    ("/debug/speed", 3),
]


@pytest.mark.parametrize(("path", "body"), POSTS)
def test_a_wrong_post_is_answered_with_json(host: RunningHost, path: str, body: Any) -> None:
    answer = host.call("POST", path, json=body)

    assert 400 <= answer.status_code < 500
    assert isinstance(answer.json(), dict)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v2.0/smart/test/results/sdz",
        "/api/v2.0/disk?size__nonsense=1",
        "/api/v2.0/disk?limit=x",
        "/elsewhere",
    ],
)
def test_a_wrong_get_is_answered_with_json(host: RunningHost, path: str) -> None:
    answer = host.call("GET", path)

    assert 400 <= answer.status_code < 500
    assert isinstance(answer.json()["message"], str)


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_not_json_is_refused(host: RunningHost, body: bytes) -> None:
    answer = host.call("POST", "/api/v2.0/smart/test", data=body)

    assert answer.status_code == 400
    assert answer.json() == {"message": "The body is not JSON."}


def test_a_filter_on_a_value_of_another_kind_matches_nothing(host: RunningHost) -> None:
    assert host.get("/api/v2.0/disk", serial__gt=5) == []
    assert host.get("/api/v2.0/disk", serial__regex="(") == []
