"""The REST face lets in who shows the key."""

import pytest
import requests

from mock_truenas.tests.running_host import RunningHost


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "mock-key"}])
def test_it_refuses_a_call_without_the_right_key(host: RunningHost, header: dict[str, str]) -> None:
    answer = requests.get(host.url("/api/v2.0/disk"), headers=header, timeout=5)

    assert answer.status_code == 401
    assert answer.text == "401: Unauthorized"


def test_it_answers_a_call_with_the_right_key(host: RunningHost) -> None:
    assert host.call("GET", "/api/v2.0/disk").status_code == 200


def test_it_asks_for_the_key_even_where_nothing_is(host: RunningHost) -> None:
    assert requests.get(host.url("/api/v2.0/nothing"), timeout=5).status_code == 401
    assert host.call("GET", "/api/v2.0/nothing").status_code == 404
