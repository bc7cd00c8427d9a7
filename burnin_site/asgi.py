"""The server's front door: http and websockets, for allowed addresses only."""

import os

import django
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path, re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "burnin_site.settings")
django.setup()

from django.conf import settings  # noqa: E402  the applications must be loaded first

from burnin_site.core.alive import SignOfLife  # noqa: E402
from burnin_site.core.asgi_handler import ReadableHandler  # noqa: E402
from burnin_site.core.database_wait import wait_at_most  # noqa: E402
from burnin_site.core.forwarded import NothingForwarded  # noqa: E402
from burnin_site.core.lanes import Lanes  # noqa: E402
from burnin_site.core.live.consumers import LiveConsumer, NoSuchPage  # noqa: E402
from burnin_site.core.networks import AllowedNetworks  # noqa: E402
from burnin_site.core.outage_edge import OutageEdge  # noqa: E402
from burnin_site.core.start import end_a_wrong_start  # noqa: E402
from burnin_site.core.websocket_origin import OwnPagesOnly  # noqa: E402

end_a_wrong_start()
wait_at_most(settings.PAGE_DB_WAIT_SECONDS)  # a person gets a sentence sooner than a worker gives up
websockets = URLRouter([path("ws/live", LiveConsumer.as_asgi()), re_path(r"", NoSuchPage.as_asgi())])
routes = ProtocolTypeRouter(
    {
        "http": SignOfLife(Lanes(ReadableHandler())),
        "websocket": OwnPagesOnly(AllowedHostsOriginValidator(AuthMiddlewareStack(websockets))),
    }
)
application = AllowedNetworks(
    OutageEdge(NothingForwarded(routes)),
    allowed=settings.ALLOWED_IPS,
    proxies=settings.TRUSTED_PROXIES,
)
