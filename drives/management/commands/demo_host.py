"""manage.py demo_host"""

import json
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from burnin_site.core import demo_admin
from burnin_site.core.errors import BurninError
from drives.models import Host, HostKind
from drives.services import add_host, change_host, request_refresh, trust_host_key

NAME = "mock-truenas"
POLLED_WITHIN_S = 30


class Command(BaseCommand):
    help = (
        "Adds the simulated storage host that runs beside this, or takes over its new address; says where to sign in."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make the host ready for burn-ins and print how to get at it."""
        ready = settings.DATA_DIR / "mock" / "ready.json"
        if not ready.exists():
            raise CommandError("The simulated host does not run. Start both with `make demo`.")
        try:
            host = add_or_follow(json.loads(ready.read_text(encoding="utf-8")))
        except BurninError as error:
            raise CommandError(f"The simulated host cannot be used yet. {error}") from error
        wait_for_drives(host)
        self.stdout.write(box(sign_in_lines(on_terminal=self.stdout.isatty())))


def add_or_follow(ready: dict[str, Any]) -> Host:
    """Add the host that wrote this ready file, or give the one we have its new address; accept its key.

    The key is accepted only if the host shows the very one that it wrote into its own file on this machine.
    """
    login = {
        "api_url": f"http://127.0.0.1:{ready['http_port']}",
        "api_key": ready["api_key"],
        "verify_tls": False,
        "ssh_host": "127.0.0.1",
        "ssh_port": ready["ssh_port"],
        "ssh_user": ready["ssh_user"],
        "ssh_password": ready["ssh_password"],
    }
    host = Host.objects.filter(name=NAME, simulated=True).first()
    if host is None:
        first = {"name": NAME, "kind": HostKind.TRUENAS, "simulated": True}
        host = add_host(values={**first, **login}, actor=None)
        host = change_host(host=host, values={"armed": True}, actor=None)
    else:
        host = change_host(host=host, values=login, actor=None)
    trust_host_key(host=host, fingerprint=ready["host_key_fingerprint"], actor=None)
    request_refresh(host=host, actor=None)
    return Host.objects.get(pk=host.pk)


def wait_for_drives(host: Host) -> None:
    """Return when the scheduler has polled the host, so that whoever comes to the address finds its drives."""
    asked, end = host.refresh_requested_at, time.monotonic() + POLLED_WITHIN_S
    while time.monotonic() < end:
        polled = Host.objects.values_list("last_polled_at", flat=True).get(pk=host.pk)
        if polled and (asked is None or polled >= asked):
            return
        time.sleep(0.2)


def sign_in_lines(*, on_terminal: bool) -> list[str]:
    """Return what a person needs to know to look at the demonstration; the password itself for a terminal only."""
    address = "localhost" if settings.APP_HOST in ("0.0.0.0", "::", "127.0.0.1") else settings.APP_HOST  # noqa: S104
    login = demo_admin.demo_login()
    password = login.password if on_terminal else login.password and demo_admin.where_the_password_is()
    return [
        "Burn-In Bench, with a simulated storage host",
        "",
        f"  address   http://{address}:{settings.APP_PORT}",
        f"  user      {login.username}",
        f"  password  {password or '(the one you chose)'}",
        "",
        "Ctrl-C stops everything; `make demo` goes on where it was.",
    ]


def box(lines: list[str]) -> str:
    """Return these lines with a frame around them."""
    width = max(map(len, lines))
    edge = f"+{'-' * (width + 4)}+"
    return "\n".join(["", edge, *(f"|  {line:<{width}}  |" for line in lines), edge, ""])
