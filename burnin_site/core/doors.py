"""The doors where a password is checked, and what is turned away from them before it costs a place in the queue.

A page of any site can have a visitor's browser send a form or a text here, from the visitor's address and without one
of our cookies. Django would refuse it further in, when it had already used up what the address may try.
"""

from collections.abc import Mapping, MutableMapping
from functools import cache
from typing import Any

from django.conf import settings
from django.http.cookie import parse_cookie
from django.urls import reverse

from burnin_site.core.api_errors import SENTENCES
from burnin_site.core.origins import FOREIGN, says_foreign
from burnin_site.core.refusal_pages import FOREIGN_FORM
from burnin_site.core.refusals import Refusal, Refused, for_programs

HARMLESS = ("GET", "HEAD", "OPTIONS")
# Every route that hashes a password for somebody who is not signed in.
SIGN_IN_ROUTES = ("login", "setup", "admin:login", "accounts_api:login", "accounts_api:token")
FOREIGN_SITE = Refusal(403, "foreign_origin", FOREIGN)
NO_JSON = Refusal(415, "unsupported_media_type", SENTENCES["unsupported_media_type"])


@cache
def sign_in_paths() -> frozenset[str]:
    """Return the paths of the doors where a password is checked."""
    return frozenset(reverse(name) for name in SIGN_IN_ROUTES)


def is_sign_in(scope: MutableMapping[str, Any]) -> bool:
    """Say whether this request may have a password checked."""
    return scope["path"] in sign_in_paths() and scope["method"] not in HARMLESS


def turn_away(scope: MutableMapping[str, Any]) -> None:
    """Let only what one of our pages, or a program, can have sent to a door pass. Raises Refused."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    here = f"{scope.get('scheme', 'http')}://{headers.get(b'host', '')}"
    says = [headers.get(name) for name in (b"origin", b"sec-fetch-site", b"referer")]
    if says_foreign(*says, here=lambda: here):
        raise Refused(FOREIGN_SITE)
    if for_programs(scope["path"]):
        if headers.get(b"content-type", "").split(";")[0].strip().lower() != "application/json":
            raise Refused(NO_JSON)
    elif not _has_form_cookie(headers):
        raise Refused(FOREIGN_FORM)


def _has_form_cookie(headers: Mapping[bytes, str]) -> bool:
    """Say whether our page with the form was there before; a browser sends its cookie to no request of another site."""
    return bool(parse_cookie(headers.get(b"cookie", "")).get(settings.CSRF_COOKIE_NAME))
