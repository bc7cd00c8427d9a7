"""Reading the JSON that a program sends: never more of it than fits, and never a crash over it."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from burnin_site.core import plain_json
from burnin_site.core.unreadable import TOO_LARGE


class BodyTooLarge(APIException):
    """A body that no request to this API needs."""

    status_code = TOO_LARGE.status
    default_code = TOO_LARGE.code
    default_detail = TOO_LARGE.sentence


class BadJson(ParseError):
    """A body that is no JSON, or JSON that nothing here can work with. Its text says which."""


class JsonBody(BaseParser):
    """JSON in UTF-8, up to the size that Django takes for any other body: Django REST's own reads on and on."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return what was sent. Raises BodyTooLarge or BadJson."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        sent = stream.read(limit + 1)
        if len(sent) > limit:
            raise BodyTooLarge
        try:
            return plain_json.read(sent)
        except plain_json.NotPlain as error:
            raise BadJson(str(error)) from error
