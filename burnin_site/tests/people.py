"""The people of the tests: Alice (admin), Bob (operator), Vera (viewer), and Sam, a stranger without a role."""

from django.contrib.auth.models import Group, User

from burnin_site.core.roles import Role

PASSWORD = "correct horse battery"


def make_person(name: str, role: Role | None = None) -> User:
    """Return a new person with this role."""
    user = User.objects.create_user(username=name, password=PASSWORD, is_staff=role is Role.ADMIN)
    if role is not None:
        user.groups.add(Group.objects.get(name=role.label))
    return user


def make_superadmin(name: str = "root") -> User:
    """Return a new superuser."""
    return User.objects.create_superuser(username=name, password=PASSWORD)
