"""Writing down who signed in and out, and who could not: Django's and Axes' own signals."""

from datetime import timedelta
from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.utils import timezone

from audit import actions
from audit import services as audit
from audit.models import AuditEvent

TELL_AGAIN_AFTER = timedelta(minutes=15)


def connect() -> None:
    """Listen from now on."""
    user_logged_in.connect(on_signed_in, dispatch_uid="audit.signed_in")
    user_logged_out.connect(on_signed_out, dispatch_uid="audit.signed_out")
    user_login_failed.connect(on_failed, dispatch_uid="audit.failed")
    user_locked_out.connect(on_locked_out, dispatch_uid="audit.locked_out")


def on_signed_in(*, request: Any, user: User, **_: Any) -> None:
    """Record a sign-in, and where: at the page, or for a session or a token of the API."""
    data = {**_whence(request), "path": getattr(request, "path", "")}
    audit.record(action=actions.USER_SIGNED_IN, actor=user, data=data)


def on_signed_out(*, request: Any, user: User | None, **_: Any) -> None:
    """Record a sign-out; one of somebody who was not signed in is nothing."""
    if user is not None:
        audit.record(action=actions.USER_SIGNED_OUT, actor=user, data=_whence(request))


def on_failed(*, credentials: dict[str, Any], request: Any = None, **_: Any) -> None:
    """Record a wrong password. Attempts during a lock-out are not: a guesser would fill the audit."""
    if getattr(request, "axes_locked_out", False):
        return
    name = _known(credentials.get("username"))
    audit.record(action=actions.USER_SIGN_IN_FAILED, actor=None, note=name, data=_whence(request))


def on_locked_out(*, username: str | None, request: Any, **_: Any) -> None:
    """Record a lock-out. Axes tells it at each further attempt; once in a while is enough to be written down."""
    whence, name = _whence(request), _known(username)
    lately = timezone.now() - TELL_AGAIN_AFTER
    told = AuditEvent.objects.filter(event_type=actions.USER_LOCKED_OUT, created_at__gt=lately, note=name, data=whence)
    if not told.exists():
        audit.record(action=actions.USER_LOCKED_OUT, actor=None, note=name, data=whence)


def _known(name: str | None) -> str:
    """Return the name if somebody has it: what else was typed there may be a password in the wrong field."""
    known = bool(name) and User.objects.filter(username=name).exists()
    return str(name) if known else "(unknown name)"


def _whence(request: Any) -> dict[str, str]:
    return {"address": str(request.META.get("REMOTE_ADDR", ""))} if request is not None else {}
