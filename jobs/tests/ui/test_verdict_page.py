"""The rules and the temperatures on the page of a burn-in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from jobs.board import heat_chart
from jobs.board.heat_chart import HEIGHT, WIDTH, Chart
from jobs.board.job_row import heat_mark
from jobs.heat import Sample, Thresholds
from jobs.models import BurninJob
from jobs.tests.ui import workbench
from jobs.tests.ui.workbench import NOW
from jobs.tests.verdict.case_of import case
from jobs.verdict import Case, judge

SignIn = Callable[[User], Client]
LIMITS = Thresholds(critical=55, pause_at=52, continue_at=47)


@pytest.fixture
def viewer(vera: User, sign_in: SignIn) -> Client:
    """Return Vera's browser."""
    return sign_in(vera)


def page(client: Client, job: BurninJob) -> str:
    return client.get(reverse("jobs:job", args=[job.pk])).content.decode()


def make_job(state: str = "running", **values: Any) -> BurninJob:
    return workbench.make_job(workbench.make_drive(workbench.make_host()), state, **values)


def verdict_of(of: Case) -> dict[str, Any]:
    return {"policy": of.policy.value, "rules": [ruling.as_json() for ruling in judge(of)]}


@pytest.mark.django_db
def test_the_rules_that_fired_come_first_and_the_others_are_there_too(viewer: Client) -> None:
    worn = case(now={"pending": 8, "link_errors": 40})
    text = page(viewer, make_job("failed", verdict=verdict_of(worn), finished_at=NOW))
    order = ("8 sectors wait to be remapped.", "40 transfer errors", "The drive says that it is well.", "SAS drives do")
    places = [text.index(words.replace("SAS drives do", "ATA drives do not keep")) for words in order]
    assert places == sorted(places)
    for shown in ("2 fired", "judged as used", "fails the drive", "cable or link"):
        assert shown in text, shown


@pytest.mark.django_db
def test_rules_are_judged_at_the_end_and_not_of_what_never_began(viewer: Client) -> None:
    assert "Every rule is judged when the burn-in ends." in page(viewer, make_job())
    job = workbench.make_job(workbench.make_drive(workbench.make_host("oak"), 2), "unknown", finished_at=NOW)
    assert "No rule was judged" in page(viewer, job)


@pytest.mark.django_db
@pytest.mark.parametrize("stored", [None, "", [None, 5], [{}], [{"outcome": "fired", "severity": "odd"}]])
def test_a_verdict_of_another_version_breaks_nothing(viewer: Client, stored: object) -> None:
    assert "Rules" in page(viewer, make_job("passed", verdict={"rules": stored}, finished_at=NOW))


@pytest.mark.django_db
def test_without_a_reading_the_chart_says_so(viewer: Client) -> None:
    assert "No temperature was read yet." in page(viewer, make_job())


@pytest.mark.django_db
def test_the_temperatures_are_drawn_with_their_limits(viewer: Client) -> None:
    job = make_job(heat_pauses=2, cooling_since=NOW)
    for minute, celsius in enumerate((40, 48, 53)):
        job.temperatures.create(at=NOW + timedelta(minutes=minute), celsius=celsius)
    text = page(viewer, job)
    for shown in ("53 °C, resting until 47 °C", "40 to 53 °C", "critical at 55 °C", "2 times to cool", "<polyline"):
        assert shown in text, shown
    assert "style=" not in text
    assert viewer.get(reverse("jobs:heat", args=[job.pk])).content.decode().strip() in text


@pytest.mark.django_db
def test_a_stranger_sees_no_temperatures(stranger: User, sign_in: SignIn) -> None:
    assert sign_in(stranger).get(reverse("jobs:heat", args=[make_job().pk])).status_code in (302, 403)


@pytest.mark.django_db
def test_a_drive_that_rests_says_so_in_words(viewer: Client) -> None:
    assert "Cooling · Surface" in page(viewer, make_job(cooling_since=NOW))


def readings(*degrees: int, every: timedelta = timedelta(minutes=1)) -> list[Sample]:
    return [Sample(NOW + index * every, each) for index, each in enumerate(degrees)]


def points(chart: Chart) -> list[tuple[float, float]]:
    pairs = (pair.split(",") for line in chart.lines for pair in line.split())
    return [(float(x), float(y)) for x, y in pairs]


@pytest.mark.parametrize("degrees", [(40,), (40, 40), (20, 90, 45), tuple(range(30, 60)) * 40])
def test_a_drawing_stays_in_its_box_and_shows_the_hottest(degrees: tuple[int, ...]) -> None:
    chart = heat_chart.draw(readings(*degrees), LIMITS)
    assert len(points(chart)) <= heat_chart.MOST_POINTS + 1
    assert all(0 <= x <= WIDTH and 0 < y < HEIGHT for x, y in points(chart))
    hottest = HEIGHT * (chart.top - max(degrees)) / (chart.top - chart.bottom)
    assert min(y for _, y in points(chart)) == pytest.approx(hottest, abs=0.1)


def test_a_time_without_readings_is_a_gap_and_no_line() -> None:
    away = [*readings(40, 41), *(Sample(each.at + timedelta(hours=9), each.celsius) for each in readings(42, 43))]
    assert [len(line.split()) for line in heat_chart.draw(away, LIMITS).lines] == [2, 2]


def test_the_open_page_asks_for_the_chart_each_minute_while_it_runs() -> None:
    job = BurninJob(state="running")
    later = NOW + timedelta(minutes=1)
    assert heat_mark(job, NOW) == heat_mark(job, NOW + timedelta(seconds=30)) != heat_mark(job, later)
    job.state = "passed"
    assert heat_mark(job, NOW) == heat_mark(job, later)
