"""Generated requests to every route, as everybody: each gets an answer, and each refusal a sentence."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.amount import SEED, share
from tests.fuzz.answers import Form, Tally, send, wrong_with
from tests.fuzz.requests import Asked, plain_path, requests
from tests.fuzz.routes import Route, all_routes
from tests.fuzz.world import World

pytestmark = pytest.mark.django_db
ROUTES = all_routes()
GENERATED = settings(
    max_examples=share(len(ROUTES)),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
    print_blob=False,
)


def known_methods(world: World, plain: Asked) -> list[str]:
    """Return what the route says that it knows; one that says nothing may know both."""
    allowed = send(world, replace(plain, method="PROPFIND")).headers.get("allow", "GET, POST")
    return [name for name in allowed.split(", ") if name not in ("HEAD", "OPTIONS")] or ["GET"]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_no_request_breaks_anything_and_each_refusal_is_a_sentence(world: World, answers: Tally, route: Route) -> None:
    plain = Asked("root", "GET", plain_path(route, world))
    usual = known_methods(world, plain)
    form = Form(send(world, plain).body.decode("utf-8", "replace")).fields if "/admin/" in route.path else {}

    @seed(f"{SEED} {route.path}")
    @GENERATED
    @given(requests(route, world, form, usual))
    def ask(asked: Asked) -> None:
        answer = send(world, asked)
        answers.note(route.path, answer)
        assert wrong_with(asked, answer) == "", asked

    ask()


def test_the_requests_get_past_the_door(answers: Tally) -> None:
    """What is only ever refused at the door proves nothing about what lies behind it."""
    assert answers.routes, "run it together with the requests"
    assert answers.share("2xx", "3xx", "422", "409") > 0.3
    assert answers.reached() > len(answers.routes) * 0.9
