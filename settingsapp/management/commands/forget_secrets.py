"""manage.py forget_secrets"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from audit import actions
from audit import services as audit
from burnin_site.core.stored_secrets import StoredSecret, stored_secrets
from settingsapp.models import StoredSetting


class Command(BaseCommand):
    help = "Forgets the stored secrets that no key of ours can read: for when the encryption key is lost for good."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --yes."""
        parser.add_argument(
            "--yes", action="store_true", help="do it; without this it only says what would be forgotten"
        )

    def handle(self, *_args: Any, yes: bool, **_options: Any) -> None:
        """Say what cannot be read, and forget it if that was asked for."""
        lost = [secret for secret in stored_secrets() if not secret.is_readable]
        if not lost:
            self.stdout.write("Every stored secret can be read. There is nothing to forget.")
            return
        for secret in lost:
            self.stdout.write(str(secret))
        if yes:
            _forget(lost)
            self.stdout.write(
                f"Forgot these {len(lost)}. Type them again on the pages of the hosts and under Settings."
            )
        else:
            self.stdout.write(
                f"These {len(lost)} cannot be read. Nothing was forgotten: that needs --yes, and is for good."
            )


@transaction.atomic
def _forget(lost: list[StoredSecret]) -> None:
    for secret in lost:
        row = secret.model._default_manager.filter(pk=secret.pk)  # noqa: SLF001  documented by Django
        if secret.model is StoredSetting:
            row.delete()  # an empty text would be a value too; without the row the environment's counts again
        else:
            row.update(**{secret.field: ""})
    audit.record(action=actions.SECRETS_FORGOTTEN, actor=None, data={"forgotten": [str(secret) for secret in lost]})
