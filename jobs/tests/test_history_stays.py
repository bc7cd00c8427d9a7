"""What burn-ins found is kept: by the admin, and when somebody wants to remove a host."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from drives.models import Drive, Host, SmartTest
from jobs.models import BurninJob

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(alice: User, sign_in: Any) -> Client:
    """Return Alice's client."""
    found: Client = sign_in(alice)
    return found


@pytest.fixture
def job() -> BurninJob:
    """Return a failed burn-in."""
    drive = Drive.objects.create(host=Host.objects.create(name="nas-1"), serial="ZA1", size_bytes=10)
    return BurninJob.objects.create(drive=drive, profile="full", serial="ZA1", size_bytes=10, state="failed")


def test_the_api_does_not_remove_a_host_with_burn_ins(client: Client, job: BurninJob) -> None:
    answer = client.delete(f"/api/v1/hosts/{job.drive.host_id}")
    assert (answer.status_code, answer.json()["code"]) == (409, "host_has_jobs")
    assert "nas-1" in answer.json()["error"]
    assert BurninJob.objects.exists()


def test_the_admin_does_not_remove_a_host_with_burn_ins(client: Client, job: BurninJob) -> None:
    client.post(f"/admin/drives/host/{job.drive.host_id}/delete/", {"post": "yes"})
    assert Host.objects.exists()


def test_evidence_can_be_searched_and_not_changed(client: Client, job: BurninJob) -> None:
    test = SmartTest.objects.create(drive=job.drive, test_type="short")
    stage = job.stages.create(position=1, stage_name="precheck")
    for path, row in (("drives/smarttest", test), ("jobs/burninjob", job), ("jobs/burninstage", stage)):
        assert client.get(f"/admin/{path}/", {"q": "ZA1"}).status_code == 200
        assert client.get(f"/admin/{path}/{row.pk}/change/").status_code == 200
        assert client.post(f"/admin/{path}/{row.pk}/change/", {"state": "passed"}).status_code == 403
        assert client.post(f"/admin/{path}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    job.refresh_from_db()
    assert job.state == "failed"
