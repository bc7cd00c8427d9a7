"""What a process holds is renewed for as long as it lives, and not a moment longer."""

import threading

import pytest
from django.db import InterfaceError, OperationalError

from jobs.renewal import renewed
from tests.lab.waiting import wait_until


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError("database is locked"), InterfaceError("connection already closed")])
def test_a_database_that_does_not_answer_is_tried_again(error: Exception) -> None:
    tries: list[int] = []

    def renew() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise error

    with renewed(renew, every_s=0.01):
        wait_until(lambda: len(tries) > 1, "it is tried again")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_renewed_after_the_end() -> None:
    tries: list[int] = []
    with renewed(lambda: tries.append(1), every_s=0.001):
        wait_until(lambda: tries, "it is renewed")
    assert [thread.name for thread in threading.enumerate() if thread.name == "renewal"] == []
