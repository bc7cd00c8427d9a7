"""The board: what it shows, to whom, and with how many queries."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from drives.models import Host
from jobs.board.drive_row import order_of
from jobs.tests.ui import workbench

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def page(client: Client) -> str:
    return client.get(reverse("jobs:board")).content.decode()


def queries_for(client: Client) -> int:
    page(client)  # the first request also loads what later ones keep
    with CaptureQueriesContext(
        connection,
    ) as captured:
        page(client)
    return len(captured)


def test_the_number_of_queries_does_not_grow_with_the_drives(vera: User, sign_in: SignIn) -> None:
    client = sign_in(vera)
    workbench.make_job(workbench.make_drive(workbench.make_host()))
    few = queries_for(client)
    for n in range(2, 5):
        host = workbench.make_host(f"host-{n}")
        for number in range(n * 100, n * 100 + 20):
            workbench.make_job(workbench.make_drive(host, number))
    assert queries_for(client) == few
    assert few <= 16


def test_it_groups_drives_by_host(vera: User, sign_in: SignIn) -> None:
    for name in ("maple", "cedar"):
        workbench.make_drive(workbench.make_host(name), serial=f"OF-{name}")
    text = page(sign_in(vera))
    assert text.index("cedar") < text.index("OF-cedar") < text.index(">maple<") < text.index("OF-maple")


@pytest.mark.parametrize("names", [["da2", "da9", "da10"], ["sda", "sdz", "sdaa"], ["nvme0n1", "nvme2n1", "nvme10n1"]])
def test_drives_are_sorted_as_people_count(names: list[str]) -> None:
    backwards = names[::-1]
    assert sorted(backwards, key=order_of) == names


def test_a_new_installation_is_led_by_the_hand(alice: User, sign_in: SignIn) -> None:
    alice.is_staff = True
    alice.save()
    text = page(sign_in(alice))
    assert "Nothing to burn in yet" in text
    assert reverse("admin:drives_host_add") in text


def test_a_host_without_drives_waits_for_them(vera: User, sign_in: SignIn) -> None:
    workbench.make_host()
    text = page(sign_in(vera))
    assert "Waiting for the first drives" in text
    assert reverse("admin:drives_host_add") not in text


def test_a_drive_in_use_says_why_and_cannot_be_chosen(bob: User, sign_in: SignIn) -> None:
    workbench.make_drive(workbench.make_host(), in_use=[{"code": "zfs", "message": "Part of the ZFS pool tank."}])
    text = page(sign_in(bob))
    assert "In use · Part of the ZFS pool tank" in text
    assert 'disabled title="In use: Part of the ZFS pool tank."' in text


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ({"simulated": True}, "simulated"),
        ({"armed": False}, "disarmed"),
        ({"stopped": True, "error": "Its host key changed."}, "Stopped. Its host key changed."),
        ({"waiting_since": workbench.NOW}, "waiting for host since"),
        ({"host_key_offered": "ssh-ed25519 AAAA"}, "its fingerprint waits to be accepted"),
    ],
)
def test_the_header_of_a_host_says_how_it_is(vera: User, sign_in: SignIn, host: dict[str, Any], sentence: str) -> None:
    workbench.make_drive(workbench.make_host(**host))
    assert sentence in page(sign_in(vera))


def test_a_header_shows_how_many_slots_are_taken(vera: User, sign_in: SignIn) -> None:
    host = workbench.make_host(max_parallel=4)
    for number in (1, 2):
        workbench.make_job(workbench.make_drive(host, number))
    workbench.make_job(workbench.make_drive(host, 3), "queued")
    assert "2 of 4 slots" in page(sign_in(vera))


def test_a_drive_that_was_taken_out_is_not_shown(vera: User, sign_in: SignIn) -> None:
    workbench.make_drive(workbench.make_host(), present=False, serial="TAKEN-OUT")
    assert "TAKEN-OUT" not in page(sign_in(vera))


def test_a_drive_that_vanished_in_the_middle_of_a_burnin_stays_and_says_so(vera: User, sign_in: SignIn) -> None:
    workbench.make_job(workbench.make_drive(workbench.make_host(), present=False, serial="VANISHED"))
    text = page(sign_in(vera))
    assert "VANISHED" in text
    assert "not there" in text


def test_text_from_outside_is_escaped(vera: User, sign_in: SignIn) -> None:
    workbench.make_drive(workbench.make_host(), location="<script>alert(1)</script>", model='"><img src=x>')
    text = page(sign_in(vera))
    assert "<script>alert" not in text
    assert "<img" not in text


def test_no_page_has_styles_or_scripts_inside(bob: User, sign_in: SignIn) -> None:
    workbench.make_job(workbench.make_drive(workbench.make_host()))
    text = page(sign_in(bob))
    assert "style=" not in text
    assert "<style" not in text
    assert "<script>" not in text
    assert " onclick=" not in text


def test_a_viewer_sees_no_way_to_start_or_cancel(vera: User, sign_in: SignIn) -> None:
    workbench.make_job(workbench.make_drive(workbench.make_host()))
    text = page(sign_in(vera))
    assert "Start burn-in" not in text
    assert "Cancel" not in text
    assert "data-choose" not in text


def test_the_pieces_for_new_rows_are_those_of_the_page(vera: User, sign_in: SignIn) -> None:
    drive = workbench.make_drive(workbench.make_host())
    client = sign_in(vera)
    row = client.get(reverse("jobs:drive_row", args=[drive.pk])).content.decode()
    group = client.get(reverse("jobs:host_group", args=[drive.host_id])).content.decode()
    assert row.strip() in page(client)
    assert group.strip() in page(client)


def test_pieces_of_what_is_gone_are_not_found(vera: User, sign_in: SignIn) -> None:
    drive = workbench.make_drive(workbench.make_host(), present=False)
    client = sign_in(vera)
    Host.objects.exclude(pk=drive.host_id).delete()
    assert client.get(reverse("jobs:drive_row", args=[drive.pk])).status_code == 404
    assert client.get(reverse("jobs:host_group", args=[999])).status_code == 404
