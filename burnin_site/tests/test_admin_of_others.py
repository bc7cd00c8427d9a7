"""The admin shows the product's own books and other packages' tables, and lets nobody cook them."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from audit.models import AuditEvent
from burnin_site.core.live.models import LiveCounter
from burnin_site.tests.people import make_superadmin
from jobs.models import WorkerHeartbeat

pytestmark = pytest.mark.django_db
TOKENS = "/admin/knox/authtoken/"


@pytest.fixture
def root(sign_in: Any) -> Client:
    """Return a superadmin's client: nobody may do more."""
    found: Client = sign_in(make_superadmin())
    return found


@pytest.mark.parametrize("table", ["jobs/workerheartbeat", "live/livecounter", "auth/group"])
@pytest.mark.parametrize("who", ["admin", "superadmin"])
def test_the_product_s_own_books_are_shown_and_not_changed(
    sign_in: Any, root: Client, alice: User, table: str, who: str
) -> None:
    WorkerHeartbeat.objects.create(node="node-1", beat_at=timezone.now())
    LiveCounter.objects.get_or_create(pk=1)
    row = {"jobs/workerheartbeat": WorkerHeartbeat, "live/livecounter": LiveCounter, "auth/group": Group}[table]
    pk = row.objects.first().pk  # type: ignore[attr-defined]
    client = root if who == "superadmin" else sign_in(alice)
    assert client.get(f"/admin/{table}/").status_code == 200
    assert client.get(f"/admin/{table}/{pk}/change/").status_code == 200
    tries = [("add/", {}), (f"{pk}/change/", {"name": "x"}), (f"{pk}/delete/", {"post": "yes"})]
    assert [client.post(f"/admin/{table}/{path}", data).status_code for path, data in tries] == [403, 403, 403]


def test_nobody_puts_a_function_on_a_timer(root: Client) -> None:
    assert root.get("/admin/django_q/schedule/").status_code == 404
    assert root.get("/admin/django_q/schedule/add/").status_code == 404


def test_nobody_makes_a_token_by_hand(root: Client, bob: User) -> None:
    assert root.post(f"{TOKENS}add/", {"user": bob.pk}).status_code == 403
    assert not AuthToken.objects.exists()


def test_no_page_shows_a_token_s_digest(root: Client, bob: User) -> None:
    stored, _token = AuthToken.objects.create(user=bob)  # type: ignore[no-untyped-call]
    pages = [TOKENS, f"{TOKENS}?q=bob", f"/admin/auth/user/{bob.pk}/delete/"]
    for page in pages:
        shown = root.get(page)
        assert shown.status_code == 200
        assert "bob" in shown.content.decode()
        assert stored.digest not in shown.content.decode()


def test_an_admin_throws_away_only_the_chosen_tokens(sign_in: Any, alice: User, bob: User) -> None:
    lost, _token = AuthToken.objects.create(user=bob)  # type: ignore[no-untyped-call]
    kept, _token = AuthToken.objects.create(user=bob)  # type: ignore[no-untyped-call]
    chosen = {"action": "throw_away", "index": "0", "_selected_action": lost.token_key}
    answer = sign_in(alice).post(TOKENS, chosen, follow=True)
    assert lost.digest not in answer.content.decode()
    assert list(AuthToken.objects.all()) == [kept]
    event = AuditEvent.objects.get(operator=alice, note="bob")
    assert event.data == {"fields": ["token"]}


def test_an_account_with_tokens_can_be_removed(sign_in: Any, alice: User, bob: User) -> None:
    AuthToken.objects.create(user=bob)  # type: ignore[no-untyped-call]
    assert sign_in(alice).post(f"/admin/auth/user/{bob.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not AuthToken.objects.exists()
