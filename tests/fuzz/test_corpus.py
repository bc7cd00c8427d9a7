"""What was found once stays mended."""

import json

import pytest

from tests.fuzz.answers import send, wrong_with
from tests.fuzz.corpus import KINDS, MANY
from tests.fuzz.requests import Asked
from tests.fuzz.world import World

pytestmark = pytest.mark.django_db


def name_of(asked: Asked) -> str:
    return f"{asked.method[:8]} {asked.path[:40]}?{asked.query[:40]} {asked.body[:30]!r}"


@pytest.mark.parametrize("asked", [asked for kind in KINDS.values() for asked in kind], ids=name_of)
def test_what_was_found_once_gets_a_sentence(world: World, asked: Asked) -> None:
    assert wrong_with(asked, send(world, asked)) == ""


def test_too_many_fields_and_unusable_filters_are_named(world: World) -> None:
    many = send(world, Asked("root", "GET", "/api/v1/drives", MANY))
    assert (many.status, json.loads(many.body)["error"]) == (
        400,
        "This request has more than 1000 fields. Send fewer at once.",
    )
    for query in ("created_at__year=" + "9" * 40, "created_at__year__in=1", "state__regex=("):
        answer = send(world, Asked("root", "GET", "/admin/jobs/burninjob/", query))
        assert answer.status == 400
        assert f"cannot be narrowed by {query.split('=')[0]}." in answer.body.decode()


TABLES = ("jobs/burninjob", "jobs/burninstage", "drives/host", "drives/drive", "audit/auditevent", "auth/user")


@pytest.mark.parametrize("sought", ["a+" * 1000, "a+" * 21, "%20x%09y" * 400, "a" * 301, "%22a%22+" * 500])
@pytest.mark.parametrize("table", TABLES)
def test_a_search_for_too_much_gets_a_sentence(world: World, table: str, sought: str) -> None:
    answer = send(world, Asked("root", "GET", f"/admin/{table}/", f"q={sought}"))
    assert answer.status == 400
    assert "search for at most 20 words of 300 letters together" in answer.body.decode()
    assert send(world, Asked("root", "POST", f"/admin/{table}/", f"q={sought}")).status == 400


def test_the_search_of_a_field_that_completes_is_limited_too(world: World) -> None:
    field = "app_label=jobs&model_name=burninjob&field_name=drive"
    assert send(world, Asked("root", "GET", "/admin/autocomplete/", f"{field}&term=" + "a+" * 1000)).status == 400
    assert send(world, Asked("root", "GET", "/admin/autocomplete/", f"{field}&term=a+a")).status == 200


@pytest.mark.parametrize("table", TABLES)
def test_a_search_for_as_much_as_is_allowed_is_served(world: World, table: str) -> None:
    for sought in ("a+" * 20, "a" * 300, "%22two+words%22"):
        assert send(world, Asked("root", "GET", f"/admin/{table}/", f"q={sought}")).status == 200


def test_the_filters_that_the_pages_make_are_served(world: World) -> None:
    for query in (
        "state__exact=passed",
        "created_at__year=2026&created_at__month=11",
        "simulated__exact=0",
        "q=" + "9" * 30,
    ):
        assert send(world, Asked("root", "GET", "/admin/jobs/burninjob/", query)).status == 200
    for query in ("created_at__gte=2026-11-01+00%3A00%3A00%2B00%3A00&created_at__lt=2026-12-01", "job_id=7"):
        assert send(world, Asked("root", "GET", "/admin/audit/auditevent/", query)).status == 200
