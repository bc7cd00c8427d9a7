"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from burnin_site.core.roles import Role, allows, role_of
from burnin_site.core.room import Room
from burnin_site.core.room import look as look_at_room

LIVE_WORDS = {
    "connecting": "Connecting",
    "live": "Live",
    "stale": "No news from the server",
    "offline": "Not connected",
}


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the version, the visitor's role, the words of the live connection, and what is wrong with the disk."""
    role = role_of(getattr(request, "user", None))
    room = look_at_room() if role else Room()
    return {
        "room_note": room.outage.sentence if room.outage else room.warning,
        "room_tone": "failed" if room.outage else "attention",
        "app_version": settings.APP_VERSION,
        "role": role.label if role else "",
        "may_view": allows(role, Role.VIEWER),
        "may_operate": allows(role, Role.OPERATOR),
        "may_administer": allows(role, Role.ADMIN),
        "live_words": LIVE_WORDS,
    }
