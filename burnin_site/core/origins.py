"""Refusing changes that another web site asks a signed-in browser to make."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

OWN_SITES = ("same-origin", "none")
FOREIGN = (
    "Another web site asked for this change, so it was not made. "
    "Use the pages of this application, or add the site to CSRF_TRUSTED_ORIGINS."
)


def is_foreign(request: HttpRequest | Request) -> bool:
    """Whether a page of another site caused this request.

    Every browser says so in Origin or Sec-Fetch-Site, an old one at least in Referer; a program such as curl sends
    none of them, and no foreign page can make it act.
    """
    names = ("HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_REFERER")
    return says_foreign(*(request.META.get(name) for name in names), here=lambda: _address_of(request))


def says_foreign(origin: str | None, site: str | None, referer: str | None, *, here: Callable[[], str]) -> bool:
    """Whether these three headers name another site than `here`, which is a scheme and a host, asked for if needed."""
    if origin is not None:
        return not _is_ours(origin, here)
    if site is not None:
        return site not in OWN_SITES
    return bool(referer) and not _is_ours(_origin_of(str(referer)), here)


def _address_of(request: HttpRequest | Request) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _is_ours(origin: str, here: Callable[[], str]) -> bool:
    return origin == here() or origin in settings.CSRF_TRUSTED_ORIGINS


def _origin_of(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def refuse_foreign(request: HttpRequest | Request) -> None:
    """Raise PermissionDenied when another site asks for a change."""
    if request.method not in SAFE_METHODS and is_foreign(request):
        raise PermissionDenied(FOREIGN, code="foreign_origin")
