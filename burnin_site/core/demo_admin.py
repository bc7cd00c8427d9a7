"""The admin of the demonstration: the one the environment names, else "admin" with a generated password."""

import os
import secrets
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User

from burnin_site.core.first_admin import create_first_admin, nobody_yet

NAME = "admin"


class Login(NamedTuple):
    """What to type at the sign-in page. `password` is empty when only its owner knows it."""

    username: str
    password: str


def ensure_demo_admin() -> None:
    """Create the admin while there is nobody yet, and keep the password in a file that only its owner can read."""
    if nobody_yet():
        create_first_admin(username=NAME, password=_keep_password(secrets.token_urlsafe(9)))


def demo_login() -> Login:
    """Return how to sign in to the demonstration."""
    password = kept_password()
    if _fits(NAME, password):
        return Login(NAME, password)
    admin = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    return Login(admin.get_username() if admin else NAME, "")


def where_the_password_is() -> str:
    """Return the words that stand for the password wherever no person reads them from a terminal."""
    return f"in {_password_file()}"


def kept_password() -> str:
    """Return the generated password, or nothing where none was made."""
    path = _password_file()
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


def _fits(username: str, password: str) -> bool:
    user = User.objects.filter(username=username, is_active=True).first()
    return user is not None and bool(password) and user.check_password(password)


def _password_file() -> Path:
    return Path(settings.DATA_DIR) / "demo_password"


def _keep_password(password: str) -> str:
    path = _password_file()
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password + "\n")
    return password
