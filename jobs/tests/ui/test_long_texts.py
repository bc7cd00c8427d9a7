"""A burn-in with texts without end has pages, frames, answers, mails and webhooks with one."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from burnin_site.core.bounded import CELL_CHARS, CHAT_CHARS, LOG_CHARS, SENTENCE_CHARS
from jobs import notices
from jobs.board.live_sources import BoardSource, JobSource
from jobs.models import BurninJob
from jobs.tests.bench import Bench

LONG = 5_000_000
MOST_OF_A_PAGE = 100_000
ABOUT = {
    "jobs_burninjob": ("error_text", "stop_reason", "waiting_reason"),
    "jobs_burninstage": ("error_text", "log_text"),
    "drives_host": ("error",),
    "drives_drive": ("notes",),
}


@pytest.fixture(params=["failed", "unknown", "running", "queued"])
def burdened(bench: Bench, request: pytest.FixtureRequest) -> BurninJob:
    """Return a burn-in whose rows hold five megabytes in every text, as an older version may have left them."""
    job = bench.tick(bench.start())
    with connection.cursor() as cursor:
        for table, columns in ABOUT.items():
            for column in columns:
                cursor.execute(f"UPDATE {table} SET {column} = %s", ["w" * LONG])  # noqa: S608  our own names
        cursor.execute("UPDATE jobs_burninjob SET state = %s", [request.param])
        if request.param in ("running", "queued"):
            cursor.execute("UPDATE jobs_burninjob SET waiting_since = created_at, stop_reason = ''")
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("page", ["/", "/jobs/{}/", "/jobs/{}/evidence", "/api/v1/burnin", "/api/v1/burnin/{}"])
def test_a_page_has_an_end(burdened: BurninJob, alice: User, sign_in: Any, page: str) -> None:
    answer = sign_in(alice).get(page.format(burdened.pk))
    assert answer.status_code == 200
    assert len(answer.content) < MOST_OF_A_PAGE
    assert "… cut" in answer.text or page == "/"


def test_a_log_has_one_too(burdened: BurninJob, alice: User, sign_in: Any) -> None:
    position = burdened.stages.order_by("position")[0].position
    answer = sign_in(alice).get(f"/jobs/{burdened.pk}/log/{position}")
    assert answer.status_code == 200
    assert len(answer.content) < 2 * LOG_CHARS


def test_frames_have_one(burdened: BurninJob) -> None:
    (row,) = JobSource().rows(key=str(burdened.pk), since=None, until=1)
    assert len(row.text) < MOST_OF_A_PAGE
    drives = [row for row in BoardSource().rows(key="", since=None, until=1) if row.key.startswith("drive")]
    assert all(len(row.text) < 4 * CELL_CHARS + 2000 for row in drives)


def test_mails_and_webhooks_have_one_and_chats_take_it(burdened: BurninJob) -> None:
    notice = notices.notice_of(burdened)
    assert len(notice.payload["content"]) <= CHAT_CHARS
    assert all(len(str(value)) <= SENTENCE_CHARS + 500 for value in notice.payload.values())
