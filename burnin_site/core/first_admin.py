"""The first person: from the environment, or from the page /setup. Only while there is nobody yet."""

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from burnin_site.core.errors import BurninError


class SetupIsOver(BurninError):
    """Somebody has an account already: further ones are made by an admin."""

    code = "setup_is_over"


def nobody_yet() -> bool:
    """Whether there is no account at all."""
    return not User.objects.exists()


@transaction.atomic
def create_first_admin(*, username: str, password: str) -> User:
    """Create the superuser that makes all other accounts.

    Raises SetupIsOver when somebody was faster, ValidationError for a bad name or password.
    """
    # Two people at /setup at once: the second waits here (on SQLite at the transaction's begin), then sees the first.
    list(Group.objects.select_for_update().order_by("pk"))
    if not nobody_yet():
        raise SetupIsOver("There is an account already. Sign in, or ask an admin for one.")
    user = User(username=username, is_staff=True, is_superuser=True)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    return user


def ensure_first_admin() -> bool:
    """Create the admin that INITIAL_ADMIN_USERNAME and INITIAL_ADMIN_PASSWORD name, while there is nobody yet.

    Returns whether it did. Raises BurninError when the values cannot be used: starting without them would leave /setup
    open to whoever comes first.
    """
    username, password = settings.INITIAL_ADMIN_USERNAME, settings.INITIAL_ADMIN_PASSWORD
    if not (username and password) or not nobody_yet():
        return False
    try:
        create_first_admin(username=username, password=password)
    except SetupIsOver:
        return False
    except ValidationError as error:
        raise BurninError(f"INITIAL_ADMIN_USERNAME / INITIAL_ADMIN_PASSWORD: {' '.join(error.messages)}") from error
    return True
