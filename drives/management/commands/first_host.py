"""manage.py first_host"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from burnin_site.core.errors import BurninError
from drives.models import Host, HostKind
from drives.services import add_host


class Command(BaseCommand):
    help = "Adds the host that TRUENAS_* and SSH_* in the environment describe, while there is no host yet."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Add it, or do nothing."""
        given = dict(settings.FIRST_HOST)
        if Host.objects.exists() or not (given["api_url"] or given["ssh_host"]):
            return
        kind = HostKind.TRUENAS if given["api_url"] else HostKind.SSH
        name = given["ssh_host"] or urlsplit(str(given["api_url"])).hostname or "truenas"
        key = str(given["ssh_key"]).replace("\\n", "\n")  # an .env file holds a PEM text in one line
        try:
            host = add_host(values={**given, "ssh_key": key, "name": name, "kind": kind}, actor=None)
        except BurninError as error:
            raise CommandError(f"The host in TRUENAS_* and SSH_* cannot be added. {error}") from error
        self.stdout.write(f"Added the host {host.name}. Sign in to accept its key and to arm it.")
