"""Pages and API after a host has said the nastiest texts it can: all answer, and show them harmless."""

import json
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from drives import services
from drives.hosts.edge.answers import check_answer, read_answer
from drives.hosts.errors import HostTroubled
from drives.hosts.inventory_program import report_from
from drives.models import Drive
from drives.tests.hostile_words import NASTY, nasty_drives
from jobs import refusals
from jobs.tests.ui import workbench

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def nasty() -> list[Drive]:
    """Store what a host says whose every text is nasty, and its errors."""
    host = workbench.make_host()
    told = read_answer(json.dumps(nasty_drives()).encode(), op="inventory", request={}, host_name=host.name)
    report = report_from(check_answer(told, op="inventory", host_name=host.name))
    services.store_inventory(host_id=host.pk, report=report, now=timezone.now())
    services.note_host_failed(asked=host, error=HostTroubled(f"nas said {''.join(NASTY)}"), now=timezone.now())
    return list(Drive.objects.filter(host=host))


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/drives", "/api/v1/hosts", "/admin/drives/drive/", "/admin/drives/host/", "/start?drive={pk}"]
)
def test_every_page_answers_and_shows_no_markup_and_nothing_hidden(
    nasty: list[Drive], alice: User, sign_in: SignIn, path: str
) -> None:
    for drive in nasty:
        answer = sign_in(alice).get(path.format(pk=drive.pk))
        text = answer.content.decode()
        assert answer.status_code in (200, 405)
        assert "<script>alert" not in text or answer.headers["Content-Type"].startswith("application/json")
        assert not [each for each in text if not each.isprintable() and not each.isspace()]
        if "{pk}" not in path:
            return


def test_rows_and_groups_answer(nasty: list[Drive], alice: User, sign_in: SignIn) -> None:
    client = sign_in(alice)
    assert client.get(f"/hosts/{nasty[0].host_id}/group").status_code == 200
    for drive in nasty:
        assert client.get(f"/drives/{drive.pk}/row").status_code == 200


def test_a_drive_whose_identity_is_doubtful_is_not_burned_in(nasty: list[Drive]) -> None:
    doubtful = [drive for drive in nasty if not drive.serial.isascii()]
    assert len(doubtful) == 8
    for drive in doubtful:
        drive.host.armed = True
        code, sentence = refusals.condition(drive, None) or ("", "")
        assert code == "in_use"
        assert "cannot be told for certain" in sentence
