"""All encrypted values in the database, and whether the keys that we have can read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, connection
from django.db.models import Model

from burnin_site.core.secret_files import SecretFile
from burnin_site.core.secrets import PREFIX, EncryptedTextField, box


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """One encrypted value: where it stands, and its cipher."""

    model: type[Model]
    pk: Any
    field: str
    cipher: str

    @property
    def is_readable(self) -> bool:
        """Whether one of our keys decrypts it."""
        try:
            box().decrypt(self.cipher.removeprefix(PREFIX).encode())
        except InvalidToken:
            return False
        return True

    def __str__(self) -> str:
        return f"{_options(self.model).verbose_name} {self.pk}, {self.field}"


def stored_secrets() -> Iterator[StoredSecret]:
    """Yield them all, from the tables that there are: a first start has none, one before an upgrade not all."""
    look = connection.introspection
    with connection.cursor() as cursor:
        tables = set(look.table_names(cursor))
        for model in apps.get_models():
            table = _options(model).db_table
            names = [field.name for field in _options(model).local_fields if isinstance(field, EncryptedTextField)]
            there = {column.name for column in look.get_table_description(cursor, table)} if table in tables else set()
            for name in there.intersection(names):
                yield from _of_column(cursor, model, name)


def _of_column(cursor: Any, model: type[Model], name: str) -> Iterator[StoredSecret]:
    """Read past the field, which would decrypt. The name of the field is that of its column, as everywhere here."""
    table, column = (connection.ops.quote_name(word) for word in (_options(model).db_table, name))
    cursor.execute(f"SELECT id, {column} FROM {table} WHERE {column} <> ''")  # noqa: S608  names of our own
    for pk, cipher in cursor.fetchall():
        yield StoredSecret(model, pk, name, str(cipher))


def _options(model: type[Model]) -> Any:
    return model._meta  # noqa: SLF001  documented by Django, in spite of its name


def check_keys_fit(**options: Any) -> list[CheckMessage]:
    """Return an error when stored secrets cannot be read: going on would lock us out of the hosts, one after another.

    `start` removes a key that this very process made because the file was missing.
    """
    try:
        lost = [secret for secret in stored_secrets() if not secret.is_readable] if options.get("databases") else []
    except DatabaseError as error:
        return unasked(settings.KEYS.encryption_file, error)
    if not lost:
        return []
    file = settings.KEYS.encryption_file
    where = str(file.path) if file else "FIELD_ENCRYPTION_KEYS"
    what = f"does not fit: {len(lost)} stored secrets (the first: {lost[0]}) cannot be read with it"
    if file and file.made:
        what = f"is missing, and {len(lost)} stored secrets cannot be read without it"
    sentence = f"The encryption key {where} {what}."
    return [Error(sentence, hint=_HINT, id="core.E001")]


def unasked(file: SecretFile | None, error: DatabaseError) -> list[CheckMessage]:
    """Return what to say when the database is away or locked: nothing, unless this process made the key in this file.

    Whoever uses the database next says that it is away. But a key that was made now may stand in place of a lost one.
    """
    if file is None or not file.made:
        return []
    sentence = f"The file {file.path} is missing, and the database does not say whether it was lost ({error})."
    hint = "Put the backup back if there is one; else start again when the database answers: then one is made."
    return [Error(sentence, hint=hint, id="core.E002")]


_HINT = (
    "Put the backup of the key back, or set FIELD_ENCRYPTION_KEYS. If it is lost for good, `manage.py forget_secrets` "
    "removes what cannot be read; then type the passwords and keys of the hosts again."
)
