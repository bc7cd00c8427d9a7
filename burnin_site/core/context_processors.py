"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from burnin_site.core.roles import Role, allows, role_of

LIVE_WORDS = {
    "connecting": "Connecting",
    "live": "Live",
    "stale": "No news from the server",
    "offline": "Not connected",
}


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the version, the visitor's role, and the words for the state of the live connection."""
    role = role_of(getattr(request, "user", None))
    return {
        "app_version": settings.APP_VERSION,
        "role": role.label if role else "",
        "may_view": allows(role, Role.VIEWER),
        "may_operate": allows(role, Role.OPERATOR),
        "may_administer": allows(role, Role.ADMIN),
        "live_words": LIVE_WORDS,
    }
