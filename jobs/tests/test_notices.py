"""What is told outside: whatever a name holds, the mail and the webhook go out."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from django.core import mail
from django.core.mail import get_connection

from burnin_site.core.one_line import wrong_line
from drives.models import Drive, Host
from jobs import notices, webhook
from jobs.models import BurninJob, JobState
from settingsapp.models import StoredSetting

pytestmark = pytest.mark.django_db
NASTY = [
    "x\r\nBcc: everybody@evil.example",
    "x\nSubject: forged",
    "x\x07y",
    "x\u2028y",
    "x\x0b\x0cy",
    "x\u202ey",
    "x\x85y",
    "x\x1b[2Jy",
]


class Hook:
    """A web server that writes down what it is told."""

    def __init__(self, status: int = 200, **headers: str) -> None:
        self.told: list[dict[str, Any]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                owner.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Return a web server for the webhook."""
    server = Hook()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have mails put into a list, made up in full as for the real server."""
    locmem = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(notices, "get_connection", lambda _backend, **_login: get_connection(locmem))


def store(**values: str) -> None:
    """Store settings as a version of old might have stored them."""
    for key, value in values.items():
        StoredSetting.objects.create(key=key, value=value)


def ended(**names: str) -> BurninJob:
    """Return a job that failed, on rows of old that held such names."""
    host = Host.objects.create(name=names.get("host", "nas-1"))
    serial = names.get("serial", "ZA1")
    drive = Drive.objects.create(
        host=host, serial=serial, model=names.get("model", "Disk"), devname=names.get("devname", "sda"), size_bytes=10
    )
    return BurninJob.objects.create(
        drive=drive,
        serial=serial,
        size_bytes=10,
        state=JobState.FAILED,
        operator_name=names.get("operator", "bob"),
        error_text=names.get("error", "A block cannot be read."),
    )


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("what", ["host", "serial", "model", "devname", "operator", "error"])
def test_a_name_adds_no_header_and_holds_up_no_notice(hook: Hook, what: str, nasty: str) -> None:
    store(smtp_host="mail.example", smtp_from="bench@mail.example", smtp_to="ops@mail.example", webhook_url=hook.url)
    notices.send(BurninJob.objects.select_related("drive__host").get(pk=ended(**{what: nasty}).pk))
    (sent,) = mail.outbox
    assert wrong_line(str(sent.subject)) == ""
    assert set(sent.message().keys()) & {"Bcc", "Cc"} == set()
    assert len(sent.message().get_all("Subject", [])) == 1
    (told,) = hook.told
    assert {wrong_line(value) for value in told.values() if isinstance(value, str)} == {""}


@pytest.mark.parametrize("sender", ["apikey", "a b", "Bench <bench>", "@", ""])
def test_a_sender_that_is_no_address_is_a_line_in_the_log(hook: Hook, sender: str) -> None:
    store(smtp_host="mail.example", smtp_user=sender, smtp_to="ops@mail.example", webhook_url=hook.url)
    notices.send(ended())
    assert len(hook.told) == 1


@pytest.mark.parametrize("host", [".example", "a..b", "\u2028", "x" * 70 + ".example", "", "[::", "127.0.0.1:99999"])
def test_an_address_that_cannot_be_is_a_line_in_the_log(host: str) -> None:
    assert webhook.post(f"http://{host}/", {}) is False


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_webhook_does_not_follow_where_it_is_pointed(hook: Hook, status: int) -> None:
    pointing = Hook(status, Location=hook.url)
    try:
        assert webhook.post(pointing.url, {"text": "x"}) is False
    finally:
        pointing.close()
    assert (len(pointing.told), hook.told) == (1, [])
