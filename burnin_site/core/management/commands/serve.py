"""manage.py serve"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.module_loading import import_string

from burnin_site.core.memory import give_back_what_is_freed
from burnin_site.core.networks import Networks
from burnin_site.front.server import Server


class Command(BaseCommand):
    help = "Serves the pages, the API and the websockets."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --host and --port."""
        parser.add_argument("--host", default=settings.APP_HOST, help="address to listen on (APP_HOST)")
        parser.add_argument("--port", type=int, default=settings.APP_PORT, help="port to listen on (APP_PORT)")

    def handle(self, *_args: Any, host: str, port: int, **_options: Any) -> None:
        """Serve until a signal."""
        give_back_what_is_freed()
        networks = Networks(allowed=settings.ALLOWED_IPS, proxies=settings.TRUSTED_PROXIES)
        Server(import_string(settings.ASGI_APPLICATION), networks, host=host, port=port).run()
