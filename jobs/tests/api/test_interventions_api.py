"""Burn-ins by API: paused, continued, tried again, moved."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from jobs.tests.bench import Bench


def test_it_is_paused_and_continued(bench: Bench, bob: User, sign_in: Any) -> None:
    job = bench.tick(bench.start())
    api = sign_in(bob)
    paused = api.post(f"/api/v1/burnin/{job.pk}/pause", content_type="application/json").json()
    assert paused["paused_by"] == "bob"
    again = api.post(f"/api/v1/burnin/{job.pk}/pause", content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "cannot_pause")
    continued = api.post(f"/api/v1/burnin/{job.pk}/continue", content_type="application/json").json()
    assert continued["paused_at"] is None


@pytest.mark.parametrize(("deed", "code"), [("retry", "cannot_retry"), ("continue", "not_paused")])
def test_what_cannot_be_done_is_said(bench: Bench, bob: User, sign_in: Any, deed: str, code: str) -> None:
    job = bench.tick(bench.start())
    answer = sign_in(bob).post(f"/api/v1/burnin/{job.pk}/{deed}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, code)


@pytest.mark.parametrize(
    ("sent", "status"), [({}, 422), ({"drive_id": "x"}, 422), ({"drive_id": 10**30}, 422), ({"drive_id": 999}, 409)]
)
def test_a_move_needs_a_drive_that_is_this_one(
    bench: Bench, bob: User, sign_in: Any, sent: dict[str, object], status: int
) -> None:
    job = bench.tick(bench.start())
    answer = sign_in(bob).post(f"/api/v1/burnin/{job.pk}/move", sent, content_type="application/json")
    assert answer.status_code == status
    assert answer.json()["error"]
