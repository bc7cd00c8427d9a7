"""The refusal matrix of the whole product: what is refused at the start, or between the start and the first byte."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
import requests

from tests.acceptance.test_refusals import SIZE, untouched
from tests.lab.disks import LabDisk
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB
from tests.product.bench_host import BenchHost
from tests.product.running import Product

pytestmark = pytest.mark.lab
PLAN = {"run_short": False, "run_long": False}


def confirm(bench: BenchHost, drive: dict[str, Any], **plan: Any) -> dict[str, str]:
    """Type the serial number; the token of the confirmation."""
    body = {"drive_ids": [drive["id"]], "confirm": {str(drive["id"]): drive["serial"]}, **PLAN, **plan}
    given = bench.product.post("/api/v1/burnin/confirm", body)["tokens"]
    return {str(row["drive_id"]): row["token"] for row in given}


def start(bench: BenchHost, drive: dict[str, Any], tokens: dict[str, str]) -> requests.Response:
    """Start with a token, and nothing typed."""
    body = {"drive_ids": [drive["id"]], "tokens": tokens, **PLAN}
    return bench.product.send("POST", "/api/v1/burnin/start", body)


def test_tokens_are_fresh_for_one_plan_and_for_once(bench: BenchHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk()  # on a smaller one badblocks ends before it was seen at work
    drive = bench.drive_of(disk)
    with untouched(disk):
        assert start(bench, drive, confirm(bench, drive, run_short=True)).json()["code"] == "token_other_plan"
        assert (
            start(bench, drive, {str(drive["id"]): old_token(bench.product, drive)}).json()["code"] == "token_expired"
        )
    token = confirm(bench, drive)
    job = start(bench, drive, token).json()["jobs"][0]["id"]
    assert passes(bench, job)
    with untouched(disk):
        again = start(bench, drive, token)
        assert (again.status_code, again.json()["code"]) == (409, "token_reused")


def passes(bench: BenchHost, job_id: int) -> bool:
    """Wait for the end of a burn-in, which must be good."""
    job = bench.wait_for(job_id)
    assert (job["state"], job["error_text"]) == ("passed", "")
    return True


def old_token(product: Product, drive: dict[str, Any]) -> str:
    """Return a token as it was issued eleven minutes ago."""
    script = f"""
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from drives.models import Drive
from jobs import confirmations, plans
drive, user = Drive.objects.get(pk={drive["id"]}), User.objects.get(username="lab-admin")
plan, then = plans.make_plan(run_short=False, run_long=False), timezone.now() - timedelta(minutes=11)
print("TOKEN", confirmations.issue(user=user, drives=[drive], plan=plan, typed=True, now=then))
"""
    return product.manage("shell", "-c", script).rpartition("TOKEN ")[2].strip()


def test_a_drive_that_became_another_after_the_confirmation_is_not_touched(
    bench: BenchHost, lab_disk: DiskFactory
) -> None:
    disk = lab_disk(SIZE)
    drive = bench.drive_of(disk)
    token = confirm(bench, drive)
    disk.smart.update(serial=f"OTHER{secrets.token_hex(3).upper()}")
    with untouched(disk):
        answer = start(bench, drive, token).json()
        if answer["jobs"]:  # else the product has noticed already
            assert bench.wait_for(answer["jobs"][0]["id"])["state"] == "unknown"
        else:
            assert answer["code"] == "not_present"


def test_swapped_device_names_lead_to_the_confirmed_drive(bench: BenchHost, lab_disk: DiskFactory) -> None:
    meant, other = lab_disk(), lab_disk()
    drive = bench.drive_of(meant)
    bench.drive_of(other)
    token = confirm(bench, drive)
    was = (meant.device, other.device)
    swap_names(meant, other)
    assert (meant.device, other.device) == was[::-1]
    with untouched(other):
        job = start(bench, drive, token).json()["jobs"][0]["id"]
        assert passes(bench, job)
    assert meant.bytes_written() >= 2 * meant.size


def swap_names(one: LabDisk, other: LabDisk) -> None:
    """Take both out, and put them back in the other order."""
    lower, higher = sorted((one, other), key=lambda disk: int(disk.devname.removeprefix("loop")))
    lower.detach()
    higher.detach()
    higher.attach()
    lower.attach()


def test_a_disarmed_host_is_left_alone_at_the_start_and_at_the_launch(bench: BenchHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    drive = bench.drive_of(disk)
    token = confirm(bench, drive)
    host = f"/api/v1/hosts/{bench.id}"
    try:
        with untouched(disk):
            bench.product.send("PATCH", host, {"armed": False})
            assert start(bench, drive, token).json()["code"] == "disarmed"
            bench.product.send("PATCH", host, {"armed": True, "max_parallel": 1})
            first = lab_disk(SIZE)
            first.limit(4 * MIB)
            begun = bench.start(first)[0]
            queued = start(bench, drive, token).json()["jobs"][0]["id"]
            bench.wait_for_bytes(begun)
            bench.product.send("PATCH", host, {"armed": False})
            bench.product.post(f"/api/v1/burnin/{begun}/cancel")
            job = bench.wait_for(queued)
        assert job["state"] == "unknown", job
        assert "was disarmed after" in job["error_text"]
    finally:
        bench.product.send("PATCH", host, {"armed": True, "max_parallel": 8})


def test_a_viewers_session_starts_nothing(bench: BenchHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    drive = bench.drive_of(disk)
    script = """
from django.contrib.auth.models import Group, User
user = User.objects.create_user("lab-viewer", password="only-looking-here-7")
user.groups.add(Group.objects.get(name="viewer"))
"""
    bench.product.manage("shell", "-c", script)
    with requests.Session() as viewer, untouched(disk):
        login = {"username": "lab-viewer", "password": "only-looking-here-7"}
        viewer.post(f"{bench.product.url}/api/auth/login", json=login, timeout=30).raise_for_status()
        body = {"drive_ids": [drive["id"]], "confirm": {str(drive["id"]): drive["serial"]}, **PLAN}
        for path in ("confirm", "start"):
            answer = viewer.post(f"{bench.product.url}/api/v1/burnin/{path}", json=body, timeout=30)
            assert (answer.status_code, answer.json()["code"]) == (403, "role_too_low")
        override = viewer.post(f"{bench.product.url}/api/v1/drives/{drive['id']}/overrides", json={}, timeout=30)
        assert override.status_code == 403
