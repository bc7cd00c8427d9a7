"""Requests that cannot be read: which there are, and what each is told."""

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from burnin_site.core.refusals import WRONG_NAME, Refusal

# What Django raises while it reads a request; each is the sender's mistake and no fault of ours.
UNREADABLE = (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError)


MALFORMED = Refusal(400, "malformed", "This request cannot be read. Reload the page and try again.")
WRONG_HOST = Refusal(
    400,
    WRONG_NAME,
    "The server does not answer under the host name of this request. Use a name or an address that ALLOWED_HOSTS "
    "lists, or have whoever runs the server add this one there.",
)
TOO_LARGE = Refusal(
    413,
    "too_large",
    "More was sent at once than is taken here, so nothing was done. Send less: choose fewer rows, or shorten texts.",
)
TOO_MANY_FILES = Refusal(400, "too_many_files", "No page takes that many files. Send fewer at once.")
NOT_A_FORM = Refusal(400, "malformed", "The form data of this request cannot be read. Reload the page and try again.")
BROKEN_OFF = Refusal(400, "malformed", "The request ended before all of it had arrived. Send it again.")


def refusal_for(error: Exception | None) -> Refusal:
    """Return what to say about a request that could not be read."""
    if isinstance(error, TooManyFieldsSent):  # the limit is a setting, which tests change
        most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        return Refusal(400, "too_many_fields", f"This request has more than {most} fields. Send fewer at once.")
    known: tuple[tuple[type[Exception], Refusal], ...] = (
        (DisallowedHost, WRONG_HOST),
        (RequestDataTooBig, TOO_LARGE),
        (TooManyFilesSent, TOO_MANY_FILES),
        (MultiPartParserError, NOT_A_FORM),
        (UnreadablePostError, BROKEN_OFF),
    )
    return next((refusal for kind, refusal in known if isinstance(error, kind)), MALFORMED)
