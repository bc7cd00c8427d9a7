"""Reading the JSON that a program sends: never more of it than fits, and never a crash over it."""

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser


class BodyTooLarge(APIException):
    """A body that no request to this API needs."""

    status_code = 413
    default_code = "too_large"
    default_detail = "The body is too large. Send fewer things at once."


class JsonBody(JSONParser):
    """JSON up to the size that Django takes for any other body. Django REST's own reads on, whatever the size."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return what was sent. Raises BodyTooLarge or ParseError."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        sent = stream.read(limit + 1)
        if len(sent) > limit:
            raise BodyTooLarge
        try:
            return super().parse(BytesIO(sent), media_type, parser_context)
        except RecursionError as error:
            raise ParseError("Nested too deeply.") from error
