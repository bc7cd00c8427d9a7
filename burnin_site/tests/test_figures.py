"""Figures read as people say them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone
from pytest_django.fixtures import Settings


def shown(expression: str, value: object, **more: object) -> str:
    return Template("{{ value|" + expression + " }}").render(Context({"value": value, **more}))


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (None, "–"),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949_999_999, "999.9 GB"),
        (999_999_999_999, "1.0 TB"),
        (12_000_138_625_024, "12.0 TB"),
        (3 * 10**18, "3000.0 PB"),
    ],
)
def test_sizes_are_decimal_like_on_the_label(amount: int | None, text: str) -> None:
    assert shown("bytes", amount) == text


@pytest.mark.parametrize(
    ("speed", "text"), [(None, "–"), (0, "0 B/s"), (198_400_000.0, "198 MB/s"), (8_250_000, "8.2 MB/s")]
)
def test_rates(speed: float | None, text: str) -> None:
    assert shown("rate", speed) == text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (None, "–"),
        (-5, "0:00"),
        (303, "5:03"),
        (3600, "1:00:00"),
        (86399.9, "23:59:59"),
        (timedelta(days=1, hours=7, minutes=12, seconds=59), "1 d 07:12"),
    ],
)
def test_durations(span: float | timedelta | None, text: str) -> None:
    assert shown("duration", span) == text


def test_the_clock_is_local() -> None:
    with timezone.override("Europe/Berlin"):
        assert shown("clock", datetime(2026, 11, 20, 23, 10, tzinfo=UTC)) == "Sat 00:10"
    assert shown("clock", None) == "–"


@pytest.mark.parametrize(
    ("celsius", "name"), [(None, ""), (45, "temp-ok"), (46, "temp-warn"), (54, "temp-warn"), (55, "temp-crit")]
)
def test_temperatures_have_a_class(celsius: int | None, name: str, settings: Settings) -> None:
    settings.SETTING_DEFAULTS = {"temp_warn_c": 46, "temp_crit_c": 55}
    assert shown("temperature_class", celsius) == name


def test_temperatures_obey_the_limits_they_are_given() -> None:
    assert shown("temperature_class:limits", 40, limits=(30, 40)) == "temp-crit"
