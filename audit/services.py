"""Writing down what was done."""

from typing import Any

from django.contrib.auth.models import User

from audit.actions import ALL
from audit.models import AuditEvent
from burnin_site.core.one_line import one_line


def record(  # noqa: PLR0913  the row has these columns, and callers name them
    *,
    action: str,
    actor: User | None,
    host_name: str = "",
    drive_id: int | None = None,
    drive_serial: str = "",
    job_id: int | None = None,
    note: str = "",
    data: dict[str, Any] | None = None,
) -> AuditEvent:
    """Write down that `actor` (None: the system itself) did this. Call it in the transaction that does it.

    Names and note are written as one line of characters that can be seen, whatever they hold.
    Raises ValueError for a verb that `audit.actions` does not know. No secret may be in `note` or `data`.
    """
    if action not in ALL:
        raise ValueError(f"{action!r} is not in audit.actions.")
    return AuditEvent.objects.create(
        event_type=action,
        operator=actor,
        operator_name=one_line(actor.get_username()) if actor else "",
        host_name=one_line(host_name),
        drive_id=drive_id,
        drive_serial=one_line(drive_serial),
        job_id=job_id,
        note=one_line(note),
        data=data or {},
    )
