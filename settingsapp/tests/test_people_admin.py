"""Accounts in the admin: one role each, and no way up to superadmin."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit import actions
from audit.models import AuditEvent
from burnin_site.core.roles import Role, role_of
from burnin_site.tests import people as test_people
from burnin_site.tests.people import PASSWORD
from settingsapp import people

pytestmark = pytest.mark.django_db
LIST = "/admin/auth/user/"


@pytest.fixture
def client(alice: User, sign_in: Any) -> Client:
    """Return Alice's client."""
    found: Client = sign_in(alice)
    return found


def page_of(user: User) -> str:
    return f"{LIST}{user.pk}/change/"


def test_an_admin_makes_an_operator(client: Client, alice: User) -> None:
    passwords = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    answer = client.post(f"{LIST}add/", {"username": "otto", "role": "operator", **passwords})
    assert answer.status_code == 302
    otto = User.objects.get(username="otto")
    assert role_of(otto) is Role.OPERATOR
    assert not otto.is_staff
    event = AuditEvent.objects.get(event_type=actions.USER_ADDED)
    assert (event.operator, event.note) == (alice, "otto")
    assert PASSWORD not in str(list(AuditEvent.objects.values()))


def test_an_admin_changes_a_role(client: Client, bob: User) -> None:
    assert 'value="operator" selected' in client.get(page_of(bob)).content.decode()
    client.post(page_of(bob), {"username": "bob", "role": "viewer", "is_active": "on"})
    assert role_of(User.objects.get(username="bob")) is Role.VIEWER
    event = AuditEvent.objects.filter(event_type=actions.USER_ROLE_CHANGED).first()
    assert event is not None
    assert (event.note, event.data) == ("bob", {"from": "operator", "to": "viewer"})


def test_admin_rights_open_the_django_admin_and_close_it_again(bob: User, alice: User) -> None:
    people.set_role(user=bob, role=Role.ADMIN, actor=alice)
    assert User.objects.get(username="bob").is_staff
    people.set_role(user=bob, role=None, actor=alice)
    bob = User.objects.get(username="bob")
    assert (bob.is_staff, role_of(bob)) == (False, None)


def test_superadmin_is_not_a_role_to_be_given(bob: User) -> None:
    with pytest.raises(ValueError, match="superuser flag"):
        people.set_role(user=bob, role=Role.SUPERADMIN, actor=None)


def test_an_admin_cannot_become_a_superadmin(client: Client, alice: User) -> None:
    sent = {"username": "alice", "role": "admin", "is_active": "on", "is_superuser": "on", "is_staff": "on"}
    client.post(page_of(alice), sent)
    alice.refresh_from_db()
    assert not alice.is_superuser


def test_an_admin_cannot_touch_a_superadmin(client: Client) -> None:
    root = test_people.make_superadmin()
    client.post(page_of(root), {"username": "mine", "role": "", "is_active": "on"})
    client.post(f"{LIST}{root.pk}/password/", {"password1": "new pass word", "password2": "new pass word"})
    client.post(f"{LIST}{root.pk}/delete/", {"post": "yes"})
    root.refresh_from_db()
    assert (root.username, root.is_superuser) == ("root", True)
    assert root.check_password(PASSWORD)


def test_a_superadmin_makes_another(sign_in: Any, bob: User) -> None:
    client = sign_in(test_people.make_superadmin())
    client.post(page_of(bob), {"username": "bob", "role": "operator", "is_active": "on", "is_superuser": "on"})
    bob.refresh_from_db()
    assert bob.is_superuser


def test_a_new_password_is_audited_without_it(client: Client, bob: User, alice: User) -> None:
    new = {"password1": "another pass word", "password2": "another pass word", "usable_password": "true"}
    assert client.post(f"{LIST}{bob.pk}/password/", new).status_code == 302
    event = AuditEvent.objects.get(event_type=actions.USER_CHANGED)
    assert (event.operator, event.note, event.data) == (alice, "bob", {"fields": ["password"]})


def test_a_removed_account_stays_in_the_audit(client: Client, bob: User, sign_in: Any) -> None:
    sign_in(bob)
    client.post(f"{LIST}{bob.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(username="bob").exists()
    assert AuditEvent.objects.filter(event_type=actions.USER_SIGNED_IN, operator_name="bob").exists()
    assert AuditEvent.objects.filter(event_type=actions.USER_REMOVED, note="bob").exists()


def test_operators_do_not_manage_people(sign_in: Any, bob: User, vera: User) -> None:
    client = sign_in(bob)
    assert client.get(LIST).status_code == 302
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    assert client.get(LIST).status_code == 403
    assert client.post(page_of(vera), {"username": "vera", "role": "admin"}).status_code == 403
