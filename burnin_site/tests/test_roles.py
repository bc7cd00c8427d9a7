"""Who may do what."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from burnin_site.core.context_processors import site
from burnin_site.core.roles import GROUP_ROLES, Role, may, require_role, role_of
from burnin_site.tests import people

pytestmark = pytest.mark.django_db


@require_role(Role.OPERATOR)
def page(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(str(number))


def visit(user: User | AnonymousUser) -> HttpResponse:
    request = RequestFactory().get("/page?a=1")
    request.user = user
    answer = page(request, 7)
    assert isinstance(answer, HttpResponse)
    return answer


def test_each_role_may_what_the_lower_ones_may(alice: User, bob: User, vera: User, stranger: User) -> None:
    root = people.make_superadmin()
    ranks = [role_of(user) for user in (stranger, vera, bob, alice, root)]
    assert ranks == [None, Role.VIEWER, Role.OPERATOR, Role.ADMIN, Role.SUPERADMIN]
    assert [may(user, Role.OPERATOR) for user in (stranger, vera, bob, alice, root)] == [False, False, True, True, True]


def test_the_highest_of_several_groups_counts(vera: User) -> None:
    vera.groups.add(Group.objects.get(name="admin"))
    assert role_of(vera) is Role.ADMIN


def test_a_switched_off_account_and_nobody_have_no_role(alice: User) -> None:
    alice.is_active = False
    assert role_of(alice) is None
    assert role_of(AnonymousUser()) is None
    assert role_of(None) is None


def test_a_role_taken_away_is_gone_at_the_next_question(bob: User) -> None:
    assert may(bob, Role.OPERATOR)
    bob.groups.clear()
    assert not may(bob, Role.OPERATOR)


def test_a_page_sends_visitors_to_the_login_and_back() -> None:
    answer = visit(AnonymousUser())
    assert (answer.status_code, answer["Location"]) == (302, "/login?next=/page%3Fa%3D1")


def test_a_page_refuses_a_role_too_low_in_words(vera: User, stranger: User) -> None:
    with pytest.raises(PermissionDenied, match="needs the role operator; you are viewer"):
        visit(vera)
    with pytest.raises(PermissionDenied, match="no role yet"):
        visit(stranger)


def test_a_page_opens_for_its_role_and_above(bob: User, alice: User) -> None:
    assert visit(bob).content == visit(alice).content == b"7"


def test_every_page_knows_what_its_visitor_may(bob: User) -> None:
    request = RequestFactory().get("/")
    request.user = bob
    known = site(request)
    assert (known["role"], known["may_operate"], known["may_administer"]) == ("operator", True, False)
    request.user = AnonymousUser()
    assert (site(request)["role"], site(request)["may_view"]) == ("", False)


def test_admins_may_change_hosts_in_the_django_admin_and_nobody_may_change_evidence(alice: User, bob: User) -> None:
    assert alice.is_staff
    assert alice.has_perms(["drives.change_host", "drives.add_host", "settingsapp.change_storedsetting"])
    assert not alice.has_perm("jobs.change_burninjob")
    assert not alice.has_perm("auth.change_permission")
    assert not bob.is_staff
    assert not bob.get_all_permissions()


@pytest.mark.django_db(transaction=True)
def test_migrate_restores_the_groups() -> None:
    Group.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert set(Group.objects.values_list("name", flat=True)) == set(GROUP_ROLES)
    assert Permission.objects.filter(group__name="admin", codename="change_host").exists()
