"""Secrets at rest: encrypted in the database, dots everywhere else."""

from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models

PREFIX = "f1:"


class Secret:
    """A secret on its way to an adapter. Prints as dots; only an adapter calls `reveal()`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(••••)" if self._value else "Secret()"

    __str__ = __repr__


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise ImproperlyConfigured(
            "FIELD_ENCRYPTION_KEYS must be a comma list of Fernet keys (32 bytes, url-safe base64)."
        ) from error


def box() -> MultiFernet:
    """Return the cipher: the first key encrypts, all keys decrypt."""
    return _box(tuple(settings.FIELD_ENCRYPTION_KEYS))


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is stored encrypted. Cannot be searched; an empty string stays empty."""

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way to the database."""
        return PREFIX + box().encrypt(str(value).encode()).decode() if value else ""

    def from_db_value(self, value: str | None, *_: object) -> str:
        """Decrypt on the way from the database.

        Raises ImproperlyConfigured when no key fits: handing out an empty password would look like a wrong one.
        """
        if not value:
            return ""
        try:
            return box().decrypt(value.removeprefix(PREFIX).encode()).decode()
        except InvalidToken as error:
            raise ImproperlyConfigured(
                "A stored secret cannot be decrypted: put the key it was written with back into FIELD_ENCRYPTION_KEYS."
            ) from error

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse every lookup but "is null": equal texts have different ciphers."""
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is encrypted and cannot be searched.")
