"""Hosts as programs send and see them."""

from typing import Any, ClassVar

from rest_framework import serializers

from burnin_site.core.api_input import Input
from burnin_site.core.name_fields import validate_line
from drives.models import Host, HostKind

# Written, never read; sent empty they stay as they are, null removes them.
SECRETS = ("api_key", "ssh_password", "ssh_key", "ssh_key_passphrase")
FOUND_OUT = frozenset({"reachable", "last_polled_at", "error"})


class HostIn(Input):
    """A host to add, or (partial) what to change about one. A new one is disarmed unless armed in so many words."""

    ignored: ClassVar[frozenset[str]] = frozenset({"id"})

    name = serializers.CharField(max_length=100, validators=[validate_line])
    kind = serializers.ChoiceField(choices=HostKind.choices, required=False)
    api_url = serializers.CharField(max_length=300, required=False, allow_blank=True)
    api_key = serializers.CharField(max_length=4096, required=False, allow_blank=True, allow_null=True)
    verify_tls = serializers.BooleanField(required=False)
    ssh_host = serializers.CharField(max_length=255, required=False, allow_blank=True)
    ssh_port = serializers.IntegerField(min_value=1, max_value=65535, required=False)
    ssh_user = serializers.CharField(max_length=64, required=False)
    ssh_password = serializers.CharField(
        max_length=4096, required=False, allow_blank=True, allow_null=True, trim_whitespace=False
    )
    ssh_key = serializers.CharField(max_length=20000, required=False, allow_blank=True, allow_null=True)
    ssh_key_passphrase = serializers.CharField(
        max_length=4096, required=False, allow_blank=True, allow_null=True, trim_whitespace=False
    )
    armed = serializers.BooleanField(required=False)
    max_parallel = serializers.IntegerField(min_value=1, max_value=10000, required=False, allow_null=True)
    simulated = serializers.BooleanField(required=False)

    def to_internal_value(self, data: Any) -> Any:
        """Return the values. Raises ValidationError, also for what only the product finds out about a host."""
        found_out = {name: ["This is read-only. Leave it out."] for name in sorted(FOUND_OUT & set(data))}
        if found_out:
            raise serializers.ValidationError(found_out)
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Leave out empty secrets: they mean "unchanged". Null removes one."""
        return {name: value for name, value in attrs.items() if value != "" or name not in SECRETS}


class HostOut(serializers.ModelSerializer[Host]):
    """A host, without its secrets."""

    class Meta:
        model = Host
        fields = (
            "id",
            "name",
            "kind",
            "api_url",
            "verify_tls",
            "ssh_host",
            "ssh_port",
            "ssh_user",
            "armed",
            "max_parallel",
            "simulated",
            "reachable",
            "last_polled_at",
            "error",
        )


class SshTestOut(serializers.Serializer[Any]):
    """What came of trying the SSH login."""

    ok = serializers.BooleanField()
    error = serializers.CharField()
    host_key_fingerprint = serializers.CharField()
    trusted = serializers.BooleanField()
    tools = serializers.DictField()


class FingerprintIn(Input):
    """The host key that an admin has compared and trusts."""

    fingerprint = serializers.CharField(max_length=100)
