"""What the requests meet: people of every role, hosts, drives and burn-ins of every kind, and no way to any network."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn
from unittest import mock

from django.apps import apps
from django.contrib.auth.models import User
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from audit import actions
from audit import services as audit
from burnin_site.core.asgi_handler import ReadableHandler
from burnin_site.core.roles import Role
from burnin_site.tests import people
from drives.models import SmartTest
from jobs.models import Override, TemperatureSample, WipeToken, WorkerHeartbeat
from jobs.tests.ui import workbench

ROLES: dict[str, Role | None] = {"sam": None, "vera": Role.VIEWER, "bob": Role.OPERATOR, "alice": Role.ADMIN}
CSRF = "C" * 32
BACKEND = "django.contrib.auth.backends.ModelBackend"
TESTED_EMPTY = ("/setup", "/login")  # routes that do something else while nobody has an account


class World:
    """Everybody's cookies and headers, the ids that exist, words that make sense, and the server's handler."""

    def __init__(self) -> None:
        accounts = {name: people.make_person(name, role) for name, role in ROLES.items()}
        accounts["root"] = people.make_superadmin()
        _, token = AuthToken.objects.create(user=accounts["alice"])  # type: ignore[no-untyped-call]
        self.cookies = {name: f"csrftoken={CSRF}; sessionid={_session_of(user)}" for name, user in accounts.items()}
        self.cookies |= {"nobody": f"csrftoken={CSRF}", "token": "a=b"}
        self.headers = {name: {"x-csrftoken": CSRF} for name in self.cookies}
        self.headers["token"] = {"authorization": f"Token {token}"}
        _fill(accounts["alice"])
        self.ids, self.words = _ids(), _words()
        self.handler = ReadableHandler()
        self.handler.load_middleware()  # without threads
        self._raised: BaseException | None = None
        got_request_exception.connect(self._take_note)
        for signal in (request_started, request_finished):  # as Django's own test client: the transaction is the test's
            signal.disconnect(close_old_connections)

    def identities_for(self, path: str) -> list[str]:
        """Return everybody; those who get furthest come more often."""
        far = ["root", "alice"] * 6 if path.startswith("/admin/") else ["root", "root", "alice", "token", "token"]
        return [*self.cookies, *far]

    def _take_note(self, **_: Any) -> None:
        self._raised = sys.exc_info()[1]

    def close(self) -> None:
        """Put the signals back."""
        got_request_exception.disconnect(self._take_note)
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)

    def broke(self) -> BaseException | None:
        """Return what was raised since the last time."""
        raised, self._raised = self._raised, None
        return raised


def _session_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client.cookies["sessionid"].value


def _fill(alice: User) -> None:
    """Make hosts, drives and burn-ins in every state, and whatever hangs on them."""
    now = timezone.now()
    nas, mock_host = workbench.make_host("nas-1"), workbench.make_host("mock", simulated=True)
    workbench.make_host("empty", ssh_host="", kind="truenas", api_url="https://nas.example")
    carries = [{"code": "filesystem", "message": "It carries an old ext4 file system."}]
    drives = [workbench.make_drive(nas, number) for number in range(1, 8)]
    drives.append(workbench.make_drive(mock_host, 8, in_use=carries))
    for drive, state in zip(drives, ("running", "queued", "passed", "failed", "unknown", "cancelled"), strict=False):
        job = workbench.make_job(drive, state, stage={"log_text": "a line\n"})
        TemperatureSample.objects.create(job=job, at=now, celsius=40, stage_name="surface_validate")
    identity = {"serial": "ZHZ00008", "size_bytes": drives[7].size_bytes}
    Override.objects.create(
        drive=drives[7], codes=["filesystem"], reason="Old.", created_by_name="alice", created_at=now, expires_at=now,
        **identity,
    )  # fmt: skip
    WipeToken.objects.create(token_hash="0" * 64, user=alice, user_name="alice", plan_hash="0" * 64, job=job,
        accepted_at=now, **identity)  # fmt: skip
    SmartTest.objects.create(drive=drives[0], test_type="short", started_at=now)
    WorkerHeartbeat.objects.create(node="node-1", beat_at=now)
    audit.record(action=actions.HOST_ADDED, actor=alice, host_name="nas-1", data={"name": "nas-1"})


def _ids() -> dict[str, list[int]]:
    """Return the primary keys that exist, by the word of the path that they fit."""
    ids = {
        model._meta.model_name or "": list(model._default_manager.order_by("pk").values_list("pk", flat=True)[:20])
        for model in apps.get_models()
    }
    return {**ids, "hosts": ids["host"], "drives": ids["drive"], "jobs": ids["burninjob"], "burnin": ids["burninjob"]}


def _words() -> dict[str, list[Any]]:
    """Return values that make sense, by the name of the field."""
    ids = _ids()
    serials = [f"ZHZ{number:05d}" for number in range(1, 9)]
    stages = ["precheck", "short_smart", "long_smart", "surface_validate", "final_check"]
    flags = [True, False]
    return {
        "username": ["alice", "root", "nobody-here"], "password": [people.PASSWORD, "wrong"],
        "password_again": [people.PASSWORD], "name": ["nas-2", "nas-1"], "kind": ["ssh", "truenas"],
        "api_url": ["https://nas.example", ""], "ssh_host": ["nas.example", "10.0.0.7"], "ssh_port": [22],
        "ssh_user": ["root"], "ssh_password": ["x", ""], "ssh_key": [""], "api_key": ["1-abc"], "max_parallel": [4,
            None],
        "armed": flags, "verify_tls": flags, "simulated": flags, "fingerprint": ["SHA256:abc"],
        "drive_ids": [ids["drive"][2:], ids["drive"][2:3], ids["drive"][:1]], "drive": ids["drive"],
        "drive_id": ids["drive"],
        "job": ids["burninjob"], "host": ids["host"], "location": ["Bay 4"], "notes": ["Loud."],
        "run_surface": flags, "run_short": flags, "run_long": flags, "stage_order": [None, None, stages[1:4]],
        "profile": [None, None, "quick"], "plan": ["standard", "classic", None], "plan_name": ["standard",
            "classic"],
        "confirm": [{str(pk): serial for pk, serial in zip(ids["drive"], serials, strict=False)}], "tokens": [{}],
        "test": ["short", "long", "surface"], "count": ["1", "8"], "word": ["amber"], "token": ["missing"],
        "codes": [["filesystem"], "filesystem"], "serial": serials, "reason": ["It is empty."],
        "confirm_serial": serials, "state": ["running", "passed", "failed"], "search": ["ZHZ", "da1"],
        "operator": ["bob"],
        "days": [1, 30],
        "next": ["/", "//evil.example", "http://[", "/admin/"], "page": [1, 2], "q": ["nas", "ZHZ"],
    }  # fmt: skip


@contextmanager
def without_network() -> Iterator[None]:
    """Close every way out of this process: nothing that is asked of the server here may reach a machine."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise ConnectionRefusedError("No network in this test.")

    with (
        mock.patch.object(socket, "create_connection", refuse),
        mock.patch.object(socket, "getaddrinfo", refuse),
        mock.patch.object(socket.socket, "connect", refuse),
    ):
        yield
