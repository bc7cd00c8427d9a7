"""The rule for names, and every entrance that keeps it."""

import json
import logging
import sys
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from audit import actions
from audit import services as audit
from audit.models import AuditEvent
from burnin_site.core import first_admin
from burnin_site.core.errors import BurninError
from burnin_site.core.logs import JsonFormatter
from burnin_site.core.one_line import one_line, visible, wrong_line, wrong_secret, wrong_text
from burnin_site.supervisor.console import Console
from burnin_site.tests.people import PASSWORD
from drives import services
from drives.models import Drive, Host
from settingsapp import services as settings_services

HIDDEN = {
    "a\nb": "U+000A LINE FEED",
    "a\r\nBcc: x@y.example": "U+000D CARRIAGE RETURN",
    "a\x00b": "U+0000 NULL",
    "a\x1b[31mb": "U+001B ESCAPE",
    "a\x9b31mb": "U+009B a control character",
    "a\u200bb": "U+200B ZERO WIDTH SPACE",
    "a\u200db": "U+200D ZERO WIDTH JOINER",
    "a\u202eb": "U+202E RIGHT-TO-LEFT OVERRIDE",
    "a\u2066b": "U+2066 LEFT-TO-RIGHT ISOLATE",
    "a\u2028b": "U+2028 LINE SEPARATOR",
    "a\u00a0b": "U+00A0 NO-BREAK SPACE",
    "a\u00adb": "U+00AD SOFT HYPHEN",
    "a\ufeffb": "U+FEFF ZERO WIDTH NO-BREAK SPACE",
    "a\u3164b": "U+3164 HANGUL FILLER",
    "a\u2800b": "U+2800 BRAILLE PATTERN BLANK",
    "a\ufe0fb": "U+FE0F VARIATION SELECTOR-16",
    "a\U000e0041b": "U+E0041 TAG LATIN CAPITAL LETTER A",
    "a\ud800b": "U+D800",
    "a\tb": "U+0009 TAB",
}
SEEN = ["nas-1", "Regal 3, Fach 2", "Škoda", "倉庫", "مخزن", "a b", "é", "☃", "🖴", ""]
some = pytest.mark.parametrize("text", ["a\nb", "a\u200bb", "a\u202eb", "a\x1bb", "a\u2028b", "a\u3164b"])
# Of a person's name the shape is checked as well; these pass that check.
blank_letters = pytest.mark.parametrize("name", ["ad\u3164min", "ad\u115fmin", "ad\uffa0min", "adm\u1160in", "\u3164"])


@pytest.mark.parametrize(("text", "name"), HIDDEN.items())
def test_what_cannot_be_seen_is_refused_by_its_name_and_replaced_where_it_is_shown(text: str, name: str) -> None:
    assert name in wrong_line(text)
    assert wrong_line(one_line(text)) == ""
    assert "\n" not in one_line(text)


@pytest.mark.parametrize("text", SEEN)
def test_what_can_be_seen_is_a_name(text: str) -> None:
    assert wrong_line(text) == ""
    assert one_line(text) == visible(text) == text


def test_a_text_has_lines_and_nothing_else_that_hides() -> None:
    assert wrong_text("one\ntwo\r\n\tthree") == ""
    assert "U+202E" in wrong_text("one\ntwo\u202e")


def test_a_password_is_one_line_of_anything_and_is_not_repeated() -> None:
    assert wrong_secret("pass\u00a0wörd ") == ""
    assert "hush" not in wrong_secret("hush\nhush")
    assert "U+000A" in wrong_secret("hush\nhush")


@pytest.mark.django_db
@some
def test_a_host_s_name_is_seen_at_every_entrance(alice: User, sign_in: Any, settings: Settings, text: str) -> None:
    client = sign_in(alice)
    typed = {"name": text, "kind": "ssh", "ssh_host": "10.0.0.5", "ssh_port": 22, "ssh_user": "root"}
    answer = client.post("/api/v1/hosts", typed, content_type="application/json")
    assert (answer.status_code, set(answer.json()["detail"]["fields"])) == (422, {"name"})
    page = client.post("/admin/drives/host/add/", typed)
    assert page.context["adminform"].form.errors.keys() == {"name"}
    with pytest.raises(BurninError, match="name"):
        services.add_host(values=typed, actor=None)
    settings.FIRST_HOST = {**settings.FIRST_HOST, "ssh_host": text}
    with pytest.raises(CommandError, match="cannot be added"):
        call_command("first_host")
    assert not Host.objects.exists()


@pytest.mark.django_db
@some
def test_a_drive_s_place_and_notes_are_seen_at_every_entrance(alice: User, sign_in: Any, text: str) -> None:
    drive = Drive.objects.create(host=Host.objects.create(name="nas-1"), serial="ZA1", size_bytes=10)
    client, hides = sign_in(alice), text.replace("\n", "\x0b")
    for name, value in (("location", text), ("notes", hides)):
        answer = client.patch(f"/api/v1/drives/{drive.pk}", {name: value}, content_type="application/json")
        assert (answer.status_code, set(answer.json()["detail"]["fields"])) == (422, {name})
        page = client.post(f"/admin/drives/drive/{drive.pk}/change/", {"location": "", "notes": "", name: value})
        assert page.context["adminform"].form.errors.keys() == {name}
        with pytest.raises(BurninError, match="U\\+"):
            services.change_drive(drive=drive, actor=None, **{name: value})
    client.patch(f"/api/v1/drives/{drive.pk}", {"notes": "one\ntwo"}, content_type="application/json")
    drive.refresh_from_db()
    assert (drive.location, drive.notes) == ("", "one\ntwo")


@pytest.mark.django_db
@blank_letters
def test_a_person_s_name_is_seen_at_every_entrance(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    answer = client.post("/setup", {"username": name, "password": PASSWORD, "password_again": PASSWORD})
    assert (answer.status_code, answer.context["form"].errors.keys()) == (422, {"username"})
    assert "U+" in answer.content.decode()
    with pytest.raises(ValidationError):
        first_admin.create_first_admin(username=name, password=PASSWORD)
    settings.INITIAL_ADMIN_USERNAME, settings.INITIAL_ADMIN_PASSWORD = name, PASSWORD
    with pytest.raises(BurninError, match="INITIAL_ADMIN_USERNAME"):
        first_admin.ensure_first_admin()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    with pytest.raises(CommandError):
        call_command("createsuperuser", interactive=False, username=name, email="a@b.example")
    assert not User.objects.exists()


@pytest.mark.django_db
@blank_letters
def test_an_admin_gives_nobody_a_name_that_hides(alice: User, bob: User, sign_in: Any, name: str) -> None:
    client = sign_in(alice)
    typed = {"username": name, "role": "viewer", "usable_password": "true", "password1": PASSWORD}
    page = client.post("/admin/auth/user/add/", {**typed, "password2": PASSWORD})
    assert page.context["adminform"].form.errors.keys() == {"username"}
    page = client.post(
        f"/admin/auth/user/{bob.pk}/change/",
        {"username": "bob", "role": "viewer", "is_active": "on", "last_name": name},
    )
    assert page.context["adminform"].form.errors.keys() == {"last_name"}


@pytest.mark.django_db
@some
@pytest.mark.parametrize("key", ["smtp_user", "smtp_from", "smtp_to", "smtp_host", "webhook_url"])
def test_a_setting_is_one_line(alice: User, key: str, text: str) -> None:
    value = f"https://hooks.example/{text}" if key == "webhook_url" else text
    with pytest.raises(settings_services.BadSetting, match="U\\+|single line"):
        settings_services.change(key=key, text=value, actor=alice)


@pytest.mark.django_db
@some
def test_a_row_of_old_is_read_as_one_line(alice: User, sign_in: Any, text: str) -> None:
    host = Host.objects.create(name=text, ssh_host="10.0.0.5")
    Drive.objects.create(host=host, serial="ZA1", size_bytes=10, location=text)
    shown = one_line(text)
    assert (Host.objects.get().name, Drive.objects.get().location) == (shown, shown)
    client = sign_in(alice)
    assert client.get("/api/v1/hosts").json()["results"][0]["name"] == shown
    assert text not in client.get("/").content.decode()
    changed = client.patch(f"/api/v1/hosts/{host.pk}", {"max_parallel": 2}, content_type="application/json")
    assert changed.status_code == 200


@pytest.mark.django_db
@some
def test_the_audit_holds_one_line(text: str) -> None:
    actor = User.objects.create(username=text)
    audit.record(action=actions.JOB_FINISHED, actor=actor, host_name=text, drive_serial=text, note=text)
    event, shown = AuditEvent.objects.get(), one_line(text)
    assert (event.operator_name, event.host_name, event.drive_serial, event.note) == (shown, shown, shown, shown)


@pytest.mark.parametrize("text", HIDDEN)
def test_a_line_of_the_log_is_one_line_that_steers_nothing(text: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "Host %s is away.", (text,), None)
    record.host = text
    line = JsonFormatter().format(record)
    assert wrong_line(line) == ""
    line.encode()
    assert json.loads(line)["message"] == f"Host {text} is away."


@pytest.mark.parametrize("text", [text for text in HIDDEN if text != "a\tb"])
@pytest.mark.parametrize("concise", [True, False])
def test_the_terminal_is_steered_by_nothing(capsys: pytest.CaptureFixture[str], text: str, *, concise: bool) -> None:
    said = {"at": "2026-01-01T00:00:00+00:00", "level": "INFO", "message": f"Host {text} is away."}
    console = Console(concise=concise)
    console.show("worker", json.dumps(said))
    console.show("worker", text.replace("\n", "\x0b"))
    assert sys.stdout
    assert [wrong_line(line) for line in capsys.readouterr().out.rstrip("\n").split("\n")] == ["", ""]
