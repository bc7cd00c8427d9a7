"""manage.py prepare"""

from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from burnin_site.core import demo_admin
from burnin_site.core.errors import BurninError
from burnin_site.core.first_admin import ensure_first_admin
from burnin_site.core.start import refuse_a_wrong_start


class Command(BaseCommand):
    help = "Makes this installation ready to run: database, static files, first admin, first host. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --demo."""
        parser.add_argument("--demo", action="store_true", help="make an admin for the demonstration")

    def handle(self, *_args: Any, demo: bool, **_options: Any) -> None:
        """Do what is missing; say what was done. Refuses settings that cannot work, before anything is started."""
        call_command("check", stdout=StringIO())
        refuse_a_wrong_start(thoroughly=True)
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except DatabaseError as error:
            reason = " ".join(str(error).split())
            raise CommandError(f"The database cannot be used ({reason}). Nothing was started.") from error
        call_command("collectstatic", interactive=False, verbosity=0)
        try:
            if ensure_first_admin():
                self.stdout.write(f"Made the first admin, {settings.INITIAL_ADMIN_USERNAME}.")
            if demo:
                demo_admin.ensure_demo_admin()
        except BurninError as error:
            raise CommandError(str(error)) from error
        call_command("first_host", stdout=self.stdout)
