"""Ends API tokens with the password they were made under.

Django tells every password validator of a password that was stored, wherever that was: at the person's own page, by an
admin, by `manage.py changepassword`, from a shell. A hash that is only made anew, with the same password, is not told.
Sessions end by themselves, by the hash of the password in them.
"""

from django.contrib.auth.models import AbstractBaseUser, User

from burnin_site.core.tokens.services import end_tokens


class TokensEndWithThePassword:
    """A password validator that refuses nothing."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Any password will do."""

    def get_help_text(self) -> str:
        """Return what the page of a new password says."""
        return "API tokens end with the old password, and so do all other sessions."

    def password_changed(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """End the person's tokens."""
        if isinstance(user, User) and user.pk:
            end_tokens(user)
