"""People: their role, and the API tokens that they make."""

from django.contrib.auth.models import Group, User
from django.db import transaction

from audit import actions
from audit import services as audit
from burnin_site.core.roles import GROUP_ROLES, Role, role_of
from burnin_site.core.tokens import services as tokens
from burnin_site.core.tokens.models import TokenLabel


@transaction.atomic
def set_role(*, user: User, role: Role | None, actor: User | None) -> None:
    """Give somebody this role instead of the one they have; None takes it away.

    An admin may also open the Django admin. Who has no role any more has no tokens either.
    Raises ValueError for superadmin: only `is_superuser` makes one.
    """
    if role is Role.SUPERADMIN:
        raise ValueError("Superadmin is not a role to be given: it is Django's superuser flag.")
    old = role_of(user)
    user.groups.remove(*Group.objects.filter(name__in=GROUP_ROLES))
    if role is not None:
        group, _ = Group.objects.get_or_create(name=role.label)
        user.groups.add(group)
    is_staff = role is Role.ADMIN or user.is_superuser
    if user.is_staff != is_staff:
        user.is_staff = is_staff
        user.save(update_fields=["is_staff"])
    if old is not role_of(user):
        data = {"from": old.label if old else None, "to": role.label if role else None}
        audit.record(action=actions.USER_ROLE_CHANGED, actor=actor, note=user.username, data=data)
    if role_of(user) is None:
        tokens.end_tokens(user)


@transaction.atomic
def make_token(*, user: User, name: str, days: int | None) -> tokens.Made:
    """Make a token for this person. Raises BadToken or TooManyTokens."""
    made = tokens.make_token(user=user, name=name, days=days)
    expiry = made.label.token.expiry
    data = {"name": made.label.name, "expires_at": expiry.isoformat() if expiry else None}
    audit.record(action=actions.USER_TOKEN_MADE, actor=user, note=user.username, data=data)
    return made


@transaction.atomic
def end_token(*, label: TokenLabel, actor: User | None) -> None:
    """End one token: it opens nothing any more."""
    label.token.delete()
    data = {"name": label.name}
    audit.record(action=actions.USER_TOKEN_ENDED, actor=actor, note=label.token.user.username, data=data)
