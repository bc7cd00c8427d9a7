"""Accepting a host's key."""

from django.contrib.auth.models import User
from django.db import transaction

from audit import actions
from audit import services as audit
from burnin_site.core.errors import BurninError
from burnin_site.core.live.services import next_version
from drives.hosts import connect
from drives.hosts.host_keys import HostKey
from drives.models import Host
from drives.services.hosts import HostGone


class FingerprintDiffers(BurninError):
    """The host does not show the key that was to be accepted."""

    code = "fingerprint_differs"


def trust_host_key(*, host: Host, fingerprint: str, actor: User | None) -> HostKey:
    """Accept the key that the host shows now, if it is the one that was seen. Lets stopped work go on.

    Raises FingerprintDiffers, HostGone, or HostError when the host cannot be asked.
    """
    shown = connect.host_key_of(host)
    if shown.fingerprint != fingerprint.strip():
        raise FingerprintDiffers(
            f"{host.name} now shows the key {shown.fingerprint}, not the one you accepted. Compare again on the host.",
            fingerprint=shown.fingerprint,
        )
    with transaction.atomic():
        asked = Host.objects.filter(pk=host.pk, ssh_host=host.ssh_host, ssh_port=host.ssh_port)
        pinned = asked.update(
            host_key=shown.text,
            host_key_offered="",
            stopped=False,
            error="",
            error_code="",
            live_version=next_version(),
        )
        if not pinned:
            if not Host.objects.filter(pk=host.pk).exists():
                raise HostGone(f"{host.name} has just been removed by somebody else.")
            raise FingerprintDiffers(f"The address of {host.name} was changed meanwhile. Look at its key again.")
        data = {"fingerprint": shown.fingerprint, "algorithm": shown.algorithm}
        audit.record(action=actions.HOST_KEY_TRUSTED, actor=actor, host_name=host.name, data=data)
    return shown
