"""Who may do what: the one rule set for pages, API, websockets, templates and the Django admin.

A role is membership in a Django group of the same name; a superuser stands above all of them.
"""

from collections.abc import Callable
from enum import IntEnum
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:  # Django REST loads this module while it loads its views
    from rest_framework.views import APIView

Args = ParamSpec("Args")
Visitor = AbstractBaseUser | AnonymousUser | None


class Role(IntEnum):
    """What a person may do here; each role may do everything the lower ones may."""

    VIEWER = 1
    OPERATOR = 2
    ADMIN = 3
    SUPERADMIN = 4

    @property
    def label(self) -> str:
        """The role's name: that of its group, and the word people read."""
        return self.name.lower()


GROUP_ROLES: dict[str, Role] = {role.label: role for role in (Role.VIEWER, Role.OPERATOR, Role.ADMIN)}
NO_ROLE = "Your account has no role yet. Ask an admin to make you a viewer, operator or admin."


def role_of(user: Visitor) -> Role | None:
    """Return the highest role of this person, or None: signed out, switched off, or in no group.

    It asks the database each time: a role that was taken away is gone at the next question.
    """
    if not isinstance(user, User) or not user.is_active:
        return None
    if user.is_superuser:
        return Role.SUPERADMIN
    names = user.groups.filter(name__in=GROUP_ROLES).values_list("name", flat=True)
    return max((GROUP_ROLES[name] for name in names), default=None)


def allows(role: Role | None, needed: Role) -> bool:
    """Whether this role is enough."""
    return role is not None and role >= needed


def may(user: Visitor, needed: Role) -> bool:
    """Whether this person has at least this role."""
    return allows(role_of(user), needed)


def refusal(role: Role | None, needed: Role) -> str:
    """Return the sentence for somebody whose role is not enough."""
    if role is None:
        return NO_ROLE
    return f"This needs the role {needed.label}; you are {role.label}. Ask an admin."


def require_role(
    needed: Role,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Args], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, Args], HttpResponseBase],
]:
    """Let a page be seen only by people with this role: others get the login page, or 403."""

    def guard(
        view: Callable[Concatenate[HttpRequest, Args], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, Args], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: Args.args, **kwargs: Args.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            role = role_of(request.user)
            if not allows(role, needed):
                raise PermissionDenied(refusal(role, needed))
            return view(request, *args, **kwargs)

        return guarded

    return guard


class RolePermission(BasePermission):
    """Asks for the role that the view names per method in `roles`; unnamed: viewers read, operators write."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Let the request pass, or raise the 401 or 403 that says why not."""
        user: Any = request.user
        if not user:
            raise exceptions.NotAuthenticated("Sign in first, or send an API token.")
        method = request.method or "GET"
        role, needed = role_of(user), needed_role(view, method)
        if not allows(role, needed):
            code = "no_role" if role is None else "role_too_low"
            raise exceptions.PermissionDenied(refusal(role, needed), code=code)
        return True


def needed_role(view: "APIView", method: str) -> Role:
    """Return the role that this method of an API view asks for."""
    roles: dict[str, Role] = getattr(view, "roles", {})
    if method in ("HEAD", "OPTIONS"):
        method = "GET"
    return roles.get(method, Role.VIEWER if method in SAFE_METHODS else Role.OPERATOR)
