"""What is removed or changed while a request, a worker or the scheduler is at it: a sentence, never a traceback."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client

from audit import actions
from audit.models import AuditEvent
from burnin_site.core import races
from burnin_site.core.api_errors import meanwhile
from burnin_site.core.errors import BurninError
from burnin_site.core.roles import Role
from burnin_site.tests import people
from drives import services as drives
from drives.hosts import connect
from drives.hosts.ports import DiskInfo, InventoryReport
from drives.models import Drive, Host
from jobs import due, host_leases, observer, overrides, services, slots
from jobs.host_memory import HostMemory
from jobs.models import BurninJob, JobState, Override
from jobs.plans import make_plan
from jobs.tests.bench import SIZE, Bench

POLL = timedelta(seconds=12)
DISK = DiskInfo(serial="ZB2", devname="sdc", size_bytes=SIZE)


def pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every host show a key."""

    class Shown:
        fingerprint, text, algorithm = "SHA256:x", "ssh-ed25519 AAAA", "ssh-ed25519"

    monkeypatch.setattr(connect, "host_key_of", lambda _host: Shown())


DEEDS: list[Callable[[Host, Drive, User], Any]] = [
    lambda host, _, actor: drives.change_host(host=host, values={"name": "x"}, actor=actor),
    lambda host, _, actor: drives.remove_host(host=host, actor=actor),
    lambda host, _, actor: drives.request_refresh(host=host, actor=actor),
    lambda host, _, actor: drives.trust_host_key(host=host, fingerprint="SHA256:x", actor=actor),
    lambda _, drive, actor: drives.change_drive(drive=drive, location="x", actor=actor),
    lambda _, drive, actor: overrides.grant(
        drive=drive, codes=["zfs"], serial="ZA1", reason="it is empty", actor=actor
    ),
]


@pytest.mark.parametrize("number", range(len(DEEDS)))
def test_each_deed_says_that_its_host_or_drive_has_gone(
    bench: Bench, alice: User, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    pinned(monkeypatch)
    host, drive = bench.drive.host, bench.drive
    Host.objects.all().delete()
    with pytest.raises(BurninError, match="has just been removed"):
        DEEDS[number](host, drive, alice)
    assert not AuditEvent.objects.exclude(event_type=actions.USER_SIGNED_IN).exists()


ROUTES: list[tuple[str, str, dict[str, Any]]] = [
    ("patch", "/api/v1/hosts/{host}", {"name": "x"}),
    ("patch", "/api/v1/hosts/{host}", {"armed": False}),
    ("delete", "/api/v1/hosts/{host}", {}),
    ("post", "/api/v1/hosts/{host}/refresh", {}),
    ("post", "/api/v1/hosts/{host}/trust-host-key", {"fingerprint": "SHA256:x"}),
    ("patch", "/api/v1/drives/{drive}", {"location": "x"}),
    ("post", "/api/v1/drives/{drive}/overrides", {"codes": ["zfs"], "serial": "ZA1", "reason": "it is empty"}),
    ("post", "/api/v1/burnin/start", {"drive_ids": [0], "run_surface": False, "run_long": False}),
    ("post", "/admin/drives/host/{host}/change/", {"name": "x", "kind": "ssh", "ssh_host": "127.0.0.1"}),
    ("post", "/admin/drives/host/{host}/delete/", {"post": "yes"}),
    ("post", "/admin/drives/drive/{drive}/change/", {"location": "x", "notes": ""}),
    ("post", "/drives/{drive}/override", {"codes": ["zfs"], "serial": "ZA1", "reason": "it is empty"}),
]


def goes(monkeypatch: pytest.MonkeyPatch, remove: Callable[[], Any]) -> None:
    """Have something removed by somebody else just before the first service that a request calls does its work."""
    left = [remove]

    def wrap(module: Any, name: str) -> None:
        real = getattr(module, name)

        def late(*args: Any, **words: Any) -> Any:
            while left:
                left.pop()()
            return real(*args, **words)

        monkeypatch.setattr(module, name, late)

    for name in ("change_host", "remove_host", "request_refresh", "trust_host_key", "change_drive"):
        wrap(drives, name)
    wrap(overrides, "grant")
    wrap(services, "judge")


@pytest.mark.parametrize(("method", "path", "body"), ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES])
def test_a_request_whose_host_goes_under_it_gets_a_sentence(
    bench: Bench, alice: User, sign_in: Any, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: Any
) -> None:
    pinned(monkeypatch)
    client, drive = sign_in(alice), bench.drive
    body = {**body, "drive_ids": [drive.pk]} if "drive_ids" in body else body
    goes(monkeypatch, Host.objects.all().delete)
    answer = send(client, method, path.format(host=drive.host_id, drive=drive.pk), body)
    assert answer.status_code in (302, 404, 409, 422)
    if path.startswith("/api/"):
        assert answer.json()["error"].endswith(".")


def send(client: Client, method: str, path: str, body: Any) -> Any:
    if path.startswith("/api/"):
        return getattr(client, method)(path, body, content_type="application/json")
    return client.post(path, {"ssh_port": "22", "ssh_user": "root", **body})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "/api/v1/burnin/start", {"drive_ids": [0], "run_surface": False, "run_long": False}),
        ("post", "/api/v1/drives/{drive}/overrides", {"codes": ["zfs"], "serial": "ZA1", "reason": "it is empty"}),
        ("post", "/api/v1/tokens", {"name": "x"}),
        ("patch", "/api/v1/drives/{drive}", {"location": "x"}),
        ("post", "/admin/drives/host/{host}/change/", {"name": "x", "kind": "ssh", "ssh_host": "127.0.0.1"}),
        ("post", "/drives/{drive}/override", {"codes": ["zfs"], "serial": "ZA1", "reason": "it is empty"}),
    ],
)
def test_a_person_who_is_removed_during_their_last_request_gets_a_sentence(
    bench: Bench, sign_in: Any, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: Any
) -> None:
    root = people.make_superadmin()
    client, drive = sign_in(root), bench.drive
    Drive.objects.update(in_use=[{"code": "zfs", "message": "A pool."}])
    body = {**body, "drive_ids": [drive.pk]} if "drive_ids" in body else body
    asked: list[Any] = []

    def removed() -> None:
        asked.append(User.objects.filter(pk=root.pk).delete())

    def role_of(_user: Any) -> Any:
        removed()
        return Role.SUPERADMIN

    goes(monkeypatch, removed)

    monkeypatch.setattr("burnin_site.core.roles.role_of", role_of)
    answer = send(client, method, path.format(host=drive.host_id, drive=drive.pk), body)
    assert asked
    assert answer.status_code < 500
    assert not Override.objects.exists()


def test_a_host_with_a_burn_in_stays_and_its_burn_in_goes_on(bench: Bench, alice: User, sign_in: Any) -> None:
    job = bench.tick(bench.start())
    client, host = sign_in(alice), bench.drive.host
    answer = client.delete(f"/api/v1/hosts/{host.pk}")
    assert (answer.status_code, answer.json()["code"]) == (409, "host_has_jobs")
    assert client.post(f"/admin/drives/host/{host.pk}/delete/", {"post": "yes"}).status_code == 200
    assert bench.finish_surface(job).state == JobState.PASSED


def test_a_burn_in_whose_host_is_removed_while_it_is_started_is_refused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: Any) -> Any:
        raise IntegrityError("FOREIGN KEY constraint failed")

    monkeypatch.setattr(services, "_write_job", gone)
    goes(monkeypatch, Host.objects.all().delete)
    outcome = services.start_jobs(
        drive_ids=[bench.drive.pk], plan=make_plan(run_surface=False, run_long=False), confirm={}, actor=bench.person
    )
    assert [(refusal.code, "removed" in refusal.message) for refusal in outcome.refused] == [("no_such_drive", True)]


def test_a_burn_in_that_starts_while_its_host_is_removed_keeps_the_host(bench: Bench, alice: User) -> None:
    """On PostgreSQL the database says so only at the end of the transaction."""

    def begun(*_args: Any, **_words: Any) -> None:
        raise IntegrityError("is still referenced from table jobs_burninjob")

    with pytest.MonkeyPatch.context() as patch, pytest.raises(BurninError, match="have burn-ins"):
        patch.setattr(Host, "delete", begun)
        drives.remove_host(host=bench.drive.host, actor=alice)
    assert Host.objects.exists()


def look(bench: Bench, monkeypatch: pytest.MonkeyPatch, change: Callable[[], Any]) -> None:
    """Look at a host that is changed while it is asked."""
    lease = host_leases.claim_free("scheduler-1", bench.now)[0]

    class Door:
        def probe(self, **_words: Any) -> dict[str, Any]:
            change()
            return {"runs": {}, "smart": {}}

    def read(**_words: Any) -> InventoryReport:
        change()
        return InventoryReport(disks=(DISK,))

    monkeypatch.setattr(observer, "open_program", lambda _host: Door())
    monkeypatch.setattr(drives, "read_inventory", read)
    observer.observe_runs(lease, HostMemory(), now=bench.now)
    observer.observe_disks(lease, HostMemory(), poll_every=POLL, now=bench.now)


def test_a_host_that_is_removed_while_it_is_looked_at_leaves_no_rows(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(bench, monkeypatch, lambda: Host.objects.all().delete())
    assert not Drive.objects.exists()


@pytest.mark.parametrize(
    "moved",
    [
        {"ssh_host": "10.0.0.66"},
        {"ssh_port": 2222},
        {"ssh_user": "burnin"},
        {"api_url": "https://10.0.0.66"},
        {"host_key": "ssh-ed25519 BBBB"},
    ],
)
def test_what_another_machine_said_is_not_this_host_s(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, moved: dict[str, Any]
) -> None:
    look(bench, monkeypatch, lambda: Host.objects.update(**moved))
    assert list(Drive.objects.values_list("serial", flat=True)) == ["ZA1"]
    assert Host.objects.get().reachable is None


@pytest.mark.parametrize("change", [{"armed": False}, {"stopped": True}, {"name": "nas-9"}, {"max_parallel": 1}])
def test_a_host_that_is_disarmed_stopped_or_renamed_in_mid_step_loses_no_burn_in(
    bench: Bench, change: dict[str, Any]
) -> None:
    job = bench.tick(bench.start())
    Host.objects.update(**change)
    job = bench.tick(job)
    assert job.state == JobState.RUNNING
    Host.objects.update(armed=True, stopped=False)
    assert bench.finish_surface(job).state == JobState.PASSED


def test_a_removed_person_s_burn_in_goes_on(bench: Bench) -> None:
    job = bench.tick(bench.start())
    bench.person.delete()
    job = bench.finish_surface(BurninJob.objects.get(pk=job.pk))
    assert (job.state, job.operator, job.operator_name) == (JobState.PASSED, None, "bob")


def test_the_clock_goes_on_over_a_host_that_went(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    real = slots.next_in_line

    def late(host_id: int) -> list[int]:
        Host.objects.all().delete()
        return real(host_id)

    monkeypatch.setattr(due, "next_in_line", late)
    due.wake_due_jobs(bench.now)


def broken_rule() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO auth_group (id, name) VALUES (9001, 'admin')")


def vanished_row() -> None:
    host = Host.objects.create(name="x")
    Host.objects.filter(pk=host.pk).delete()
    host.save(update_fields=["name"])


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", [broken_rule, vanished_row, lambda: Drive.objects.get(pk=0)])
def test_whatever_meets_a_race_is_told_as_one(rf: Any, trouble: Callable[[], None]) -> None:
    with pytest.raises(Exception) as caught:
        trouble()
    assert meanwhile(caught.value)
    door = races.GoneMeanwhile(lambda _request: None)  # type: ignore[arg-type,return-value]
    page = door.process_exception(rf.get("/"), caught.value)
    told = door.process_exception(rf.get("/api/v1/hosts"), caught.value)
    assert (page and page.status_code, told and told.status_code) == (409, 409)
    assert door.process_exception(rf.get("/"), ValueError("a bug of ours")) is None
