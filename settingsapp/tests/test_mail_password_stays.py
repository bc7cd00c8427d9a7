"""The stored mail password goes to the server for which it was entered."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from settingsapp import services

pytestmark = pytest.mark.django_db
LOGIN = {"smtp_host": "mail.example", "smtp_user": "bench", "smtp_password": "s3cr3t"}
MOVES = [
    {"smtp_host": "evil.example"},
    {"smtp_ssl_mode": "plain"},
    {"smtp_ssl_mode": "ssl"},
    {"smtp_user": "other"},
    {"smtp_host": "evil.example", "smtp_ssl_mode": "plain", "smtp_to": "me@evil.example"},
]


@pytest.fixture
def mail(alice: User) -> None:
    """Store a login."""
    services.change_several(texts=LOGIN, actor=alice)


@pytest.mark.parametrize("texts", MOVES)
def test_another_server_asks_for_the_password_again(mail: None, alice: User, texts: dict[str, str]) -> None:
    with pytest.raises(services.BadSetting, match="enter the password again") as refusal:
        services.change_several(texts=texts, actor=alice)
    assert set(refusal.value.detail) == {"smtp_password"}
    assert services.current().smtp_host == "mail.example"


@pytest.mark.parametrize("texts", MOVES)
@pytest.mark.parametrize("password", ["s3cr3t", "another", ""])
def test_with_a_password_it_moves(mail: None, alice: User, texts: dict[str, str], password: str) -> None:
    services.change_several(texts={**texts, "smtp_password": password}, actor=alice)
    assert services.current().smtp_password == password


@pytest.mark.parametrize("texts", [{"smtp_from": "bench@mail.example"}, {"smtp_host": ""}, {"smtp_report_hour": "9"}])
def test_what_sends_it_nowhere_else_does_not_ask(mail: None, alice: User, texts: dict[str, str]) -> None:
    services.change_several(texts=texts, actor=alice)
    assert services.current().smtp_password == "s3cr3t"


def test_a_password_of_the_environment_is_not_read_out_either(settings: Settings, alice: User) -> None:
    settings.SETTING_DEFAULTS = {**settings.SETTING_DEFAULTS, **LOGIN}
    with pytest.raises(services.BadSetting):
        services.change(key="smtp_host", text="evil.example", actor=alice)


def test_the_page_says_so_at_the_field(mail: None, alice: User, sign_in: Any) -> None:
    page = "/admin/settingsapp/storedsetting/"
    client = sign_in(alice)
    form = client.get(page).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in shown.items() if value is not None and value is not False}
    answer = client.post(page, {**sent, "smtp_password": "", "smtp_host": "evil.example"})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"smtp_password"}
