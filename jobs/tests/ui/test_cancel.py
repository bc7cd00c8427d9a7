"""Cancelling from the board."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from jobs.models import BurninJob
from jobs.tests.ui import workbench

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
ADDRESS = "jobs:cancel"


@pytest.fixture
def operator(bob: User, sign_in: SignIn) -> Client:
    """Return Bob's browser."""
    return sign_in(bob)


@pytest.fixture
def jobs() -> list[BurninJob]:
    """Return a running and a queued burn-in, and one that is over."""
    host = workbench.make_host()
    states = ("running", "queued", "passed")
    return [workbench.make_job(workbench.make_drive(host, n), state) for n, state in enumerate(states)]


def test_it_says_what_will_happen_to_each(operator: Client, jobs: list[BurninJob]) -> None:
    text = operator.get(reverse(ADDRESS), {"job": [job.pk for job in jobs]}).content.decode()
    assert "Cancel 2 burn-ins?" in text
    assert "Surface is stopped on maple." in text
    assert "It leaves the queue at once." in text


def test_without_a_list_it_is_about_all_that_are_active(operator: Client, jobs: list[BurninJob]) -> None:
    text = operator.get(reverse(ADDRESS)).content.decode()
    assert [f'name="job" value="{job.pk}"' in text for job in jobs] == [True, True, False]


def test_it_cancels_what_was_listed_and_nothing_else(operator: Client, jobs: list[BurninJob]) -> None:
    answer = operator.post(reverse(ADDRESS), {"job": [jobs[0].pk]})
    for job in jobs:
        job.refresh_from_db()
    assert answer.status_code == 204
    assert jobs[0].cancelled_by == "bob"
    assert jobs[1].cancel_requested_at is None


def test_one_that_ended_meanwhile_is_left_as_it_is(operator: Client, jobs: list[BurninJob]) -> None:
    assert operator.post(reverse(ADDRESS), {"job": [jobs[2].pk]}).status_code == 204
    jobs[2].refresh_from_db()
    assert (jobs[2].state, jobs[2].cancel_requested_at) == ("passed", None)


def test_an_empty_list_is_no_wish_to_cancel_everything(operator: Client, jobs: list[BurninJob]) -> None:
    answer = operator.post(reverse(ADDRESS), {})
    assert answer.status_code == 422
    assert not BurninJob.objects.filter(cancel_requested_at__isnull=False).exists()
