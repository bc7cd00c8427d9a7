"""What a program sends."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers

BIGGEST_ID = 2**63 - 1  # what the database holds


class JsonObject(serializers.Serializer[Any]):
    """A serializer that says in our words when it was sent no object at all."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the values. Raises ValidationError."""
        if not isinstance(data, Mapping):
            raise serializers.ValidationError({"non_field_errors": ["Send a JSON object."]})
        return super().run_validation(data)


class Input(JsonObject):
    """A serializer that refuses names it does not know: a mistyped `run_surfaces: false` must not erase a drive."""

    # Names that a program may send back because we sent them: read, and not heeded.
    ignored: ClassVar[frozenset[str]] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        """Return the values. Raises ValidationError."""
        if isinstance(data, Mapping):
            known = {*self.fields, *self.ignored}
            strangers = {name: ["There is no such field."] for name in data if name not in known}
            if strangers:
                raise serializers.ValidationError(strangers)
        return super().to_internal_value(data)
