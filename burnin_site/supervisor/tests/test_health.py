"""A server that no longer answers is restarted; one that refuses is alive."""

import socket

from burnin_site.supervisor import health
from burnin_site.supervisor.health import HealthWatch, answers
from burnin_site.supervisor.tests.webserver import WebServer
from tests.lab.waiting import wait_until


def test_an_answer_is_a_sign_of_life() -> None:
    with WebServer(status=200) as server:
        assert answers(server.url)


def test_a_refusal_is_a_sign_of_life_too() -> None:
    with WebServer(status=403) as server:
        assert answers(server.url)


def test_a_server_error_is_not() -> None:
    with WebServer(status=500) as server:
        assert not answers(server.url)


def test_a_server_that_accepts_and_says_nothing_is_not_alive() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert not answers(f"http://127.0.0.1:{silent.getsockname()[1]}/healthz", timeout_s=0.2)


def test_failures_in_a_row_after_an_answer_are_a_complaint() -> None:
    with WebServer(status=200) as server:
        watch = HealthWatch(server.url, every_s=0.02)
        wait_until(lambda: watch.answered, "the watch got an answer")
        assert watch.complaint() == ""
    complaint = wait_until(watch.complaint, "the watch complains")
    watch.stop()
    assert complaint == f"It did not answer {health.FAILURES} times in a row."


def test_a_server_has_time_to_start() -> None:
    watch = HealthWatch("http://127.0.0.1:9/healthz", every_s=0.02)
    wait_until(lambda: watch.failures > health.FAILURES, "several questions failed")
    watch.stop()
    assert watch.complaint() == ""


def test_a_server_that_never_answers_is_a_complaint_in_the_end() -> None:
    watch = HealthWatch("http://127.0.0.1:9/healthz", every_s=0.02, start_limit_s=0.1)
    complaint = wait_until(watch.complaint, "the watch complains")
    watch.stop()
    assert "within" in complaint
