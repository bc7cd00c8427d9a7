"""Settings: read typed, checked when typed, audited without their secrets."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from audit.models import AuditEvent
from settingsapp import services
from settingsapp.checks import check_first_values
from settingsapp.models import StoredSetting
from settingsapp.registry import BY_KEY, DECLARED

pytestmark = pytest.mark.django_db


def test_every_first_value_of_the_environment_is_declared_once(settings: Settings) -> None:
    assert [declared.key for declared in DECLARED] == list(BY_KEY)
    assert set(BY_KEY) == set(settings.SETTING_DEFAULTS)


def test_the_environment_counts_until_somebody_changes_it(settings: Settings, alice: User) -> None:
    settings.SETTING_DEFAULTS = {**settings.SETTING_DEFAULTS, "max_parallel_burnins": 7}
    assert services.get("max_parallel_burnins") == services.current().max_parallel_burnins == 7
    assert services.change(key="max_parallel_burnins", text=" 9 ", actor=alice) == 9
    assert services.current().max_parallel_burnins == 9


def test_all_settings_cost_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    services.change(key="smtp_host", text="mail.example", actor=None)
    with django_assert_num_queries(1):
        assert services.current().smtp_host == "mail.example"


def test_values_come_back_typed(alice: User) -> None:
    services.change_several(texts={"smtp_alert_on_pass": "on", "stuck_job_hours": "0"}, actor=alice)
    now = services.current()
    assert now.smtp_alert_on_pass is True
    assert now.stuck_job_hours == 0
    assert "0 = off" in BY_KEY["stuck_job_hours"].help


def test_a_change_is_audited_with_old_and_new(alice: User) -> None:
    services.change(key="temp_warn_c", text="48", actor=alice)
    event = AuditEvent.objects.get(event_type="settings.changed")
    assert (event.operator, event.data) == (alice, {"key": "temp_warn_c", "from": 46, "to": 48})
    assert StoredSetting.objects.get().changed_by == "alice"


def test_what_is_already_so_is_no_change(alice: User) -> None:
    services.change(key="temp_warn_c", text="46", actor=alice)
    assert not StoredSetting.objects.exists()
    assert not AuditEvent.objects.filter(event_type="settings.changed").exists()


@pytest.mark.parametrize("key", ["smtp_password", "webhook_url"])
def test_a_secret_is_nowhere_to_be_read(alice: User, key: str) -> None:
    secret = "https://hooks.example/s3cr3t"
    services.change(key=key, text=secret, actor=alice)
    assert services.get(key) == secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM settingsapp_storedsetting")
        stored = str(cursor.fetchall())
    told = stored + str(list(AuditEvent.objects.values())) + repr(services.current())
    assert "s3cr3t" not in told
    assert AuditEvent.objects.filter(event_type="settings.changed", note=BY_KEY[key].label).exists()


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("poll_interval_seconds", "fast", "not a whole number. Type one from 5 to 3600"),
        ("poll_interval_seconds", "4", "out of range. Type a number from 5 to 3600"),
        ("poll_interval_seconds", "", "not a whole number"),
        ("max_parallel_burnins", "1.5", "not a whole number"),
        ("smtp_report_hour", "24", "out of range"),
        ("smtp_ssl_mode", "tls", "Choose one of starttls, ssl, plain"),
        ("smtp_alert_on_fail", "perhaps", "neither on nor off"),
        ("smtp_host", "mail.example:587", "without a port"),
        ("smtp_to", "a@b.example, nobody", "“nobody” is not a mail address"),
        ("smtp_from", "a@b.example\r\nBcc: x@y.example", "single line"),
        ("webhook_url", "ftp://x.example", "begins with https:// or http://"),
        ("webhook_url", "http://[bad", "begins with https:// or http://"),
        ("webhook_url", "hooks.example/secret-token", "not a web address"),
    ],
)
def test_bad_input_gets_a_sentence(alice: User, key: str, text: str, sentence: str) -> None:
    with pytest.raises(services.BadSetting) as caught:
        services.change(key=key, text=text, actor=alice)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith(BY_KEY[key].label)
    assert "secret-token" not in str(caught.value)
    assert not StoredSetting.objects.exists()


def test_a_name_nobody_declared_is_refused(alice: User) -> None:
    with pytest.raises(services.NoSuchSetting, match="smtp_hots"):
        services.change(key="smtp_hots", text="x", actor=alice)


def test_warm_stays_below_hot_and_both_can_move_together(alice: User) -> None:
    with pytest.raises(services.BadSetting, match="must be below"):
        services.change(key="temp_warn_c", text="60", actor=alice)
    services.change_several(texts={"temp_warn_c": "60", "temp_crit_c": "70"}, actor=alice)
    assert (services.current().temp_warn_c, services.current().temp_crit_c) == (60, 70)


def test_several_are_changed_together_or_not_at_all(alice: User) -> None:
    with pytest.raises(services.BadSetting) as caught:
        services.change_several(texts={"smtp_host": "mail.example", "smtp_report_hour": "25"}, actor=alice)
    assert set(caught.value.detail) == {"smtp_report_hour"}
    assert services.current().smtp_host == ""


def test_a_stored_value_that_no_longer_fits_does_not_stop_the_work() -> None:
    StoredSetting.objects.create(key="poll_interval_seconds", value="1")
    StoredSetting.objects.create(key="removed_long_ago", value="1")
    assert services.current().poll_interval_seconds == BY_KEY["poll_interval_seconds"].default


def test_a_bad_value_in_the_environment_is_told_at_start_up(settings: Settings) -> None:
    assert check_first_values() == []
    settings.SETTING_DEFAULTS = {**settings.SETTING_DEFAULTS, "smtp_report_hour": 99}
    problems = check_first_values()
    assert [problem.id for problem in problems] == ["settingsapp.E001"]
    assert "SMTP_REPORT_HOUR: 99 is out of range" in problems[0].msg
