"""Every refusal of the API in one shape: {"error": sentence, "code": slug, "detail": {…}}."""

import logging
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db import DatabaseError, IntegrityError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from burnin_site.core.errors import BurninError, body
from burnin_site.core.outages import HEADERS, STATUS, outage_of
from burnin_site.core.unreadable import UNREADABLE, refusal_for

logger = logging.getLogger(__name__)
UNPROCESSABLE = 422
GONE = ("What this was about has just been removed by somebody else.", "gone_meanwhile")
CHANGED = ("Somebody else has just changed this. Look at it again, and try again.", "changed_meanwhile")
SERVER_ERROR = "Something broke on our side. The server's log says what."

# What the framework's own words do not say: what to do.
SENTENCES = {
    "not_found": "There is nothing at this address.",
    "method_not_allowed": "This address does not know that method.",
    "parse_error": "The body is not valid JSON.",
    "unsupported_media_type": "Send the body as JSON, with Content-Type: application/json.",
    "not_acceptable": "This address answers with JSON only.",
    "not_authenticated": "Sign in first, or send an API token.",
    "authentication_failed": "This API token is not valid (any more). Ask for a new one.",
    "throttled": "Too many requests. Wait a little.",
    "permission_denied": "You may not do this.",
}


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """Turn whatever a view raised into an answer. What nobody expected is logged, and told without its traceback."""
    if isinstance(error, BurninError):
        status = UNPROCESSABLE if error.code == "invalid" else error.status
        return Response(body(str(error), error.code, error.detail), status=status)
    if isinstance(error, exceptions.ValidationError):
        detail = error.detail if isinstance(error.detail, dict) else {"": error.detail}
        return Response(body(_first_sentence(detail), "invalid", {"fields": detail}), status=UNPROCESSABLE)
    found = meanwhile(error)
    if found:
        logger.warning("A request to the API met a change by somebody else.", exc_info=error)
        return Response(body(*found), status=BurninError.status)
    if isinstance(error, UNREADABLE):
        refusal = refusal_for(error)
        return Response(body(refusal.sentence, refusal.code), status=refusal.status)
    answer = exception_handler(_as_api_error(error), context)
    if answer is None and (outage := outage_of(error)):
        logger.warning("A request to the API met an accident: %s (%s)", outage.sentence, error)
        return Response(body(outage.sentence, outage.code), status=STATUS, headers=HEADERS)
    if answer is None:
        logger.error("A request to the API broke.", exc_info=error)
        return Response(
            body(SERVER_ERROR, "server_error"),
            status=500,
        )
    answer.data = _of_framework(_as_api_error(error))
    return answer


def meanwhile(error: Exception) -> tuple[str, str] | None:
    """Return sentence and code when a row went, or a constraint was met, between two queries of a request.

    Django has no class of its own for "the row to be updated is gone": it is a bare DatabaseError, and what the
    database itself complains of has a cause.
    """
    if isinstance(error, ObjectDoesNotExist):
        return GONE
    row_is_gone = type(error) is DatabaseError and error.__cause__ is None
    return CHANGED if row_is_gone or isinstance(error, IntegrityError) else None


def _as_api_error(error: Exception) -> Exception:
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, DjangoPermissionDenied):
        return exceptions.PermissionDenied(str(error) or None)
    return error


def _of_framework(error: Exception) -> dict[str, Any]:
    """Return the body for one of Django REST's own errors; a sentence that a view gave is kept."""
    if not isinstance(error, exceptions.APIException):
        return body("This request was refused.", "refused")
    code, said = str(error.get_codes()), str(error.detail)
    own_words = type(error).default_detail if code != "authentication_failed" else said
    generic = said == str(own_words) or not said.endswith(".") or type(error) is exceptions.ParseError
    generic = generic or code in ("method_not_allowed", "unsupported_media_type")
    slug = {"parse_error": "malformed"}.get(code, code)
    return body(SENTENCES.get(code, said) if generic else said, slug)


def _first_sentence(detail: dict[str, Any]) -> str:
    """Return the first complaint, with the field it is about."""
    field, complaint = next(iter(detail.items()), ("", "Something is missing."))
    while isinstance(complaint, dict | list) and complaint:
        complaint = next(iter(complaint.values())) if isinstance(complaint, dict) else complaint[0]
    return f"{field}: {complaint}" if field and field != "non_field_errors" else str(complaint)
