"""Refusing changes that another web site asks a signed-in browser to make."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

OWN_SITES = ("same-origin", "none")


def is_foreign(request: HttpRequest | Request) -> bool:
    """Whether a page of another site caused this request.

    Every browser says so in Origin or Sec-Fetch-Site, an old one at least in Referer; a program such as curl sends
    none of them, and no foreign page can make it act.
    """
    origin = request.META.get("HTTP_ORIGIN")
    if origin is not None:
        return not _is_ours(origin, request)
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return site not in OWN_SITES
    referer = request.META.get("HTTP_REFERER")
    return bool(referer) and not _is_ours(_origin_of(str(referer)), request)


def _is_ours(origin: str, request: HttpRequest | Request) -> bool:
    return origin == f"{request.scheme}://{request.get_host()}" or origin in settings.CSRF_TRUSTED_ORIGINS


def _origin_of(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def refuse_foreign(request: HttpRequest | Request) -> None:
    """Raise PermissionDenied when another site asks for a change."""
    if request.method not in SAFE_METHODS and is_foreign(request):
        raise PermissionDenied(
            "Another web site asked for this change, so it was not made. "
            "Use the pages of this application, or add the site to CSRF_TRUSTED_ORIGINS.",
            code="foreign_origin",
        )
