"""The live rows of the board and of the job page."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from burnin_site.core.live import services, sources
from burnin_site.core.live.sources import Row
from drives.models import Drive
from jobs.models import BurninStage
from jobs.tests.ui import workbench

pytestmark = pytest.mark.django_db


def rows_of(topic: str, since: int | None) -> list[Row]:
    source, key = sources.find(topic)
    return source.rows(key=key, since=since, until=services.current_version())


def body(row: Row) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(row.text)
    return content


def test_only_the_drive_that_changed_is_sent_with_its_host_and_the_figures() -> None:
    host = workbench.make_host()
    first, _ = workbench.make_drive(host, 1), workbench.make_drive(host, 2)
    workbench.make_drive(workbench.make_host("cedar"), 3)
    since = services.current_version()
    workbench.touch_drive(first, temperature_c=51)
    rows = {row.key: body(row) for row in rows_of("board", since)}
    assert set(rows) == {f"drive:{first.pk}", f"host:{host.pk}", "stats:all"}
    assert rows[f"drive:{first.pk}"]["cells"]["temp"] == {"text": "51 °C", "tone": "attention"}


def test_a_host_is_sent_when_a_burnin_takes_one_of_its_slots() -> None:
    host = workbench.make_host(max_parallel=2)
    drive = workbench.make_drive(host)
    since = services.current_version()
    workbench.make_job(drive)
    workbench.touch_drive(drive)
    rows = {row.key: body(row) for row in rows_of("board", since)}
    assert rows[f"host:{host.pk}"]["cells"]["slots"]["text"] == "1 of 2 slots"


def test_a_drive_that_was_taken_out_goes() -> None:
    drive = workbench.make_drive(workbench.make_host())
    since = services.current_version()
    workbench.touch_drive(drive, present=False)
    rows = {row.key: body(row) for row in rows_of("board", since)}
    assert rows[f"drive:{drive.pk}"]["gone"] is True


def test_a_snapshot_holds_everything_that_is_shown() -> None:
    host = workbench.make_host()
    shown, _ = workbench.make_drive(host, 1), workbench.make_drive(host, 2, present=False)
    assert {row.key for row in rows_of("board", None)} == {f"host:{host.pk}", f"drive:{shown.pk}", "stats:all"}


def test_the_census_counts_hosts_and_shown_drives() -> None:
    host = workbench.make_host()
    workbench.make_drive(host, 1)
    workbench.make_drive(host, 2, present=False)
    source, key = sources.find("board")
    assert source.census(key=key) == 2


def test_the_number_of_queries_does_not_grow_with_the_changed_rows() -> None:
    host = workbench.make_host()
    workbench.make_job(workbench.make_drive(host, 1))
    with CaptureQueriesContext(connection) as few:
        rows_of("board", 0)
    for number in range(2, 40):
        workbench.make_job(workbench.make_drive(host, number))
    with CaptureQueriesContext(connection) as many:
        rows_of("board", 0)
    assert len(many) == len(few)


def test_a_drive_in_a_burnin_cannot_be_chosen_and_knows_its_job() -> None:
    drive = workbench.make_drive(workbench.make_host())
    job = workbench.make_job(drive)
    row = next(body(row) for row in rows_of("board", None) if row.key == f"drive:{drive.pk}")
    assert (row["job"], row["groups"], row["blocked"]) == (job.pk, "burning", "It is in a burn-in already.")


@pytest.mark.parametrize(
    ("drive", "state", "groups"),
    [
        ({}, None, "idle"),
        ({"temperature_c": 46}, None, "idle attention"),
        ({"smart_health": "FAILED"}, None, "idle attention"),
        ({}, "failed", "idle attention"),
        ({}, "unknown", "idle attention"),
        ({}, "passed", "idle"),
        ({}, "queued", "burning"),
        ({"present": False}, "running", "burning attention"),
    ],
)
def test_the_chips_find_what_they_name(drive: dict[str, Any], state: str | None, groups: str) -> None:
    made = workbench.make_drive(workbench.make_host(), **drive)
    if state:
        workbench.make_job(made, state)
    row = next(body(row) for row in rows_of("board", None) if row.key == f"drive:{made.pk}")
    assert row["groups"] == groups


def test_a_job_is_sent_only_when_it_changed() -> None:
    drive = workbench.make_drive(workbench.make_host())
    job = workbench.make_job(drive, stage={"log_text": "From block 0"})
    assert rows_of(f"job:{job.pk}", job.live_version) == []
    row = body(rows_of(f"job:{job.pk}", 0)[0])
    assert row["log"]["text"] == "From block 0"
    assert len(row["stages"]) == len(workbench.FULL)


def test_the_evidence_is_fetched_again_only_when_it_changed() -> None:
    job = workbench.make_job(workbench.make_drive(workbench.make_host()))
    before = body(rows_of(f"job:{job.pk}", None)[0])["evidence"]
    stage = BurninStage.objects.get(job=job, position=4)
    stage.percent = 50
    stage.save()
    same = body(rows_of(f"job:{job.pk}", None)[0])["evidence"]
    stage.findings = [{"severity": "warning", "message": "Slow."}]
    stage.save()
    after = body(rows_of(f"job:{job.pk}", None)[0])["evidence"]
    assert before == same
    assert after != before


def test_a_job_that_does_not_exist_has_no_rows() -> None:
    assert rows_of("job:999", None) == []
    assert Drive.objects.count() == 0
