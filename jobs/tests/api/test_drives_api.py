"""Drives by API: listed with their running burn-in, found, labelled."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit import actions
from audit.models import AuditEvent
from drives.models import Drive, Host
from jobs.models import BurninJob

pytestmark = pytest.mark.django_db


@pytest.fixture
def host() -> Host:
    """Return a host without drives."""
    return Host.objects.create(name="nas-1", simulated=True)


@pytest.fixture
def client(bob: User, sign_in: Any) -> Client:
    """Return Bob's client."""
    found: Client = sign_in(bob)
    return found


def make_drive(host: Host, serial: str, **more: Any) -> Drive:
    return Drive.objects.create(host=host, serial=serial, size_bytes=12_000_138_625_024, **more)


def make_job(drive: Drive, state: str) -> BurninJob:
    return BurninJob.objects.create(drive=drive, profile="full", state=state, serial=drive.serial, size_bytes=1)


def listed(client: Client, **query: Any) -> Any:
    return client.get("/api/v1/drives", query).json()


def serials(client: Client, **query: Any) -> list[str]:
    return [row["serial"] for row in listed(client, **query)["results"]]


def test_a_drive_says_what_is_known_about_it(client: Client, host: Host) -> None:
    reasons = [{"code": "mounted", "message": "It is mounted at /mnt."}]
    drive = make_drive(host, "ZA1", devname="sda", temperature_c=35, in_use=reasons)
    row = listed(client)["results"][0]
    assert row == client.get(f"/api/v1/drives/{drive.pk}").json()
    assert row == {
        "id": drive.pk,
        "host": host.pk,
        "devname": "sda",
        "serial": "ZA1",
        "wwn": "",
        "model": "",
        "size_bytes": 12_000_138_625_024,
        "protocol": "",
        "temperature_c": 35,
        "smart_health": "",
        "present": True,
        "in_use": reasons,
        "simulated": True,
        "location": "",
        "notes": "",
        "active_job": None,
    }


def test_only_a_burn_in_that_goes_on_is_the_active_one(client: Client, host: Host) -> None:
    drive = make_drive(host, "ZA1")
    make_job(drive, "passed")
    assert listed(client)["results"][0]["active_job"] is None
    running = make_job(drive, "running")
    make_job(make_drive(host, "ZA2"), "queued")
    assert listed(client, search="ZA1")["results"][0]["active_job"] == running.pk


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_queries_however_long(
    client: Client, host: Host, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        make_job(make_drive(host, f"ZA{number}"), "running")
    with django_assert_num_queries(5):  # session, person, role, count, rows
        assert listed(client)["count"] == count


def test_every_word_is_searched_in_every_label(client: Client, host: Host) -> None:
    make_drive(host, "ZA1", model="ST12000NM", devname="sda", location="Shelf 3", wwn="0x5000c500")
    make_drive(host, "WD2", model="WUH721414", devname="sdb", location="Shelf 4")
    assert serials(client, search="za1") == serials(client, search="st12000nm") == ["ZA1"]
    assert serials(client, search="0x5000C500") == serials(client, search="sda") == ["ZA1"]
    assert serials(client, search="shelf 4") == ["WD2"]
    assert serials(client, search="shelf") == ["ZA1", "WD2"]
    assert serials(client, search="%") == []


def test_the_drives_of_one_host(client: Client, host: Host) -> None:
    make_drive(host, "ZA1")
    make_drive(Host.objects.create(name="nas-2"), "ZA2")
    assert serials(client, host=host.pk) == ["ZA1"]


@pytest.mark.parametrize(("query", "status"), [({"host": "x"}, 422), ({"host": 999}, 404), ({"host": 2**64}, 422)])
def test_a_host_that_is_none_is_refused(client: Client, query: dict[str, Any], status: int) -> None:
    answer = client.get("/api/v1/drives", query)
    assert answer.status_code == status
    assert "host" in answer.json()["error"]


def test_long_lists_come_in_pages(client: Client, host: Host) -> None:
    Drive.objects.bulk_create(Drive(host=host, serial=f"ZA{number:03}") for number in range(101))
    first = listed(client)
    assert (first["count"], len(first["results"]), first["previous"]) == (101, 100, None)
    assert len(client.get(first["next"]).json()["results"]) == 1


def test_an_operator_labels_a_drive(client: Client, bob: User, host: Host) -> None:
    drive = make_drive(host, "ZA1", notes="clicks")
    path = f"/api/v1/drives/{drive.pk}"
    answer = client.patch(path, {"location": "Shelf 3"}, content_type="application/json")
    assert (answer.json()["location"], answer.json()["notes"]) == ("Shelf 3", "clicks")
    event = AuditEvent.objects.get(event_type=actions.DRIVE_CHANGED)
    assert (event.operator, event.drive_serial) == (bob, "ZA1")
    drive.refresh_from_db()
    assert drive.live_version > 0


def test_nothing_else_of_a_drive_can_be_set(client: Client, host: Host) -> None:
    drive = make_drive(host, "ZA1")
    path = f"/api/v1/drives/{drive.pk}"
    assert client.patch(path, {"serial": "X"}, content_type="application/json").status_code == 422
    drive.refresh_from_db()
    assert drive.serial == "ZA1"
