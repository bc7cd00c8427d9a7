"""The page with all settings."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from settingsapp import services
from settingsapp.forms import SettingsForm
from settingsapp.models import StoredSetting
from settingsapp.registry import DECLARED

pytestmark = pytest.mark.django_db
PAGE = "/admin/settingsapp/storedsetting/"


@pytest.fixture
def client(alice: User, sign_in: Any) -> Client:
    """Return Alice's client."""
    found: Client = sign_in(alice)
    return found


def typed(**changed: Any) -> dict[str, Any]:
    """Return what a browser sends when only these fields were changed."""
    first = {name: field.initial for name, field in SettingsForm().fields.items()}
    switched_on = {name: "on" for name, value in first.items() if value is True}
    texts = {name: value for name, value in first.items() if value is not None and not isinstance(value, bool)}
    sent = {**texts, **switched_on}
    return {**sent, **changed}


def test_it_shows_every_setting_with_its_help(client: Client) -> None:
    page = client.get(PAGE).content.decode()
    for declared in DECLARED:
        assert f'name="{declared.key}"' in page
        assert declared.label in page


def test_it_stores_what_was_changed_and_nothing_else(client: Client) -> None:
    answer = client.post(PAGE, typed(poll_interval_seconds="30"))
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert services.current().poll_interval_seconds == 30
    assert list(StoredSetting.objects.values_list("key", "changed_by")) == [("poll_interval_seconds", "alice")]


def test_a_switch_is_switched_off(client: Client) -> None:
    sent = typed()
    del sent["smtp_alert_on_fail"]
    client.post(PAGE, sent)
    assert services.current().smtp_alert_on_fail is False


def test_a_secret_is_never_shown_kept_when_empty_and_cleared_on_demand(client: Client, alice: User) -> None:
    client.post(PAGE, typed(smtp_password="s3cr3t"))
    assert services.current().smtp_password == "s3cr3t"
    assert "s3cr3t" not in client.get(PAGE).content.decode()
    refused = client.post(PAGE, typed(smtp_password="n3w-s3cr3t", smtp_report_hour="99"))
    assert "s3cr3t" not in refused.content.decode()
    client.post(PAGE, typed(smtp_password="", smtp_from="bench@mail.example"))
    assert services.current().smtp_password == "s3cr3t"
    client.post(PAGE, typed(clear_smtp_password="on"))
    assert services.current().smtp_password == ""


def test_bad_input_is_marked_at_its_field(client: Client) -> None:
    answer = client.post(PAGE, typed(poll_interval_seconds="soon", smtp_host="mail.example"))
    assert answer.status_code == 422
    assert "Type one from 5 to 3600" in answer.content.decode()
    assert not StoredSetting.objects.exists()


def test_only_admins_open_it(sign_in: Any, bob: User) -> None:
    assert sign_in(bob).get(PAGE).status_code == 302
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    assert sign_in(bob).get(PAGE).status_code == 403
    assert sign_in(bob).post(PAGE, {"poll_interval_seconds": "30"}).status_code == 403
    assert not StoredSetting.objects.exists()


def test_a_single_stored_row_has_no_page(client: Client) -> None:
    row = StoredSetting.objects.create(key="smtp_password", value="s3cr3t")
    for path in ("change", "history", "delete"):
        answer = client.get(f"{PAGE}{row.pk}/{path}/")
        assert answer.status_code == 403
        assert "s3cr3t" not in answer.content.decode()
