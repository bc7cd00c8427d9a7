"""One physical drive has one burn-in, whatever row, port or name it is seen by."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from drives.hosts.ports import DiskInfo, InventoryReport
from drives.models import Drive, Host
from drives.services import store_inventory
from jobs import moving, retrying
from jobs.identity import identity_of, is_worldwide
from jobs.models import BurninJob, JobState
from jobs.tests.bench import SIZE, Bench, make_drive
from jobs.tests.one_drive import OTHER_WWN, VIEWS, WWN, active, every_view, second_row, try_start

SHARING_A_KEY = [view for view, said in VIEWS.items() if said.get("serial") != "ZA"]


@every_view
def test_a_second_view_of_a_drive_in_burn_in_is_refused_and_names_the_first(bench: Bench, view: str) -> None:
    other = second_row(bench, view)
    first = try_start(bench, bench.drive).jobs[0]
    refused = try_start(bench, other).refused[0]
    assert refused.code == "already_active"
    assert f"is already in burn-in {first.pk} on nas-1 (seen there as sdb" in refused.message
    assert active() == 1


@every_view
def test_it_is_refused_the_other_way_round_too(bench: Bench, view: str) -> None:
    other = second_row(bench, view)
    first = try_start(bench, other).jobs[0]
    refused = try_start(bench, bench.drive).refused[0]
    assert f"burn-in {first.pk} on shelf-b (seen there as sdc" in refused.message
    assert active() == 1


@every_view
def test_two_paths_of_one_host_are_one_drive(bench: Bench, view: str) -> None:
    if view == "another host row":  # the same identity has one row on one host
        return
    other = second_row(bench, view, on_same_host=True)
    assert try_start(bench, bench.drive).jobs
    assert try_start(bench, other).refused[0].code == "already_active"


def test_the_sentence_is_short_where_both_are_one_row(bench: Bench) -> None:
    first = bench.start()
    assert try_start(bench, bench.drive).refused[0].message == f"ZA1 is already in burn-in {first.pk}."


def test_the_api_says_which_burn_in_on_which_host_and_by_which_name(bench: Bench, sign_in: Any) -> None:
    other = second_row(bench, "no WWN there")
    first = try_start(bench, bench.drive).jobs[0]
    body = {"drive_ids": [other.pk], "confirm": {str(other.pk): "ZA-100"}, "run_short": False, "run_long": False}
    answer = sign_in(bench.person).post("/api/v1/burnin/start", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_active")
    assert answer.json()["error"] == f"ZA-100 is already in burn-in {first.pk} on nas-1 (seen there as sdb)."


@pytest.mark.parametrize("view", SHARING_A_KEY)
@pytest.mark.parametrize("state", ["queued", "running"])
def test_the_database_itself_refuses_a_second_one(bench: Bench, view: str, state: str) -> None:
    other = second_row(bench, view)
    try_start(bench, bench.drive)
    with pytest.raises(IntegrityError, match=r"identity|one_active_job_per_physical_drive"), transaction.atomic():
        values = {"serial": other.serial, "wwn": other.wwn, "size_bytes": other.size_bytes}
        BurninJob.objects.create(drive=other, profile="full", state=state, **values)
    ended = BurninJob.objects.create(drive=other, profile="full", state="unknown", serial="ZA-100", size_bytes=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        BurninJob.objects.filter(pk=ended.pk).update(state=state)


def test_no_active_burn_in_is_without_its_key_unless_it_is_being_ended(bench: Bench) -> None:
    job = bench.start()
    with pytest.raises(IntegrityError, match="active_job_has_its_drive"), transaction.atomic():
        BurninJob.objects.filter(pk=job.pk).update(identity="")
    BurninJob.objects.filter(pk=job.pk).update(identity="", stop_reason="Stopped.")


@every_view
def test_the_drive_is_free_again_when_its_burn_in_is_over(bench: Bench, view: str) -> None:
    other = second_row(bench, view)
    first = try_start(bench, bench.drive).jobs[0]
    BurninJob.objects.filter(pk=first.pk).update(state=JobState.PASSED)
    assert try_start(bench, other).jobs


def test_different_drives_do_not_wait_for_each_other(bench: Bench) -> None:
    bench.start()
    for serial, wwn in (("ZA2", ""), ("ZA11", WWN), ("ZA1-2", "0x00000000deadbeef"), ("ZA3", "0x00000000deadbeef")):
        drive = make_drive(bench.drive.host, serial, f"sd{serial}")
        Drive.objects.filter(pk=drive.pk).update(wwn=wwn)
        drive.refresh_from_db()
        assert try_start(bench, drive).jobs, serial


@pytest.mark.parametrize(
    ("one", "other"), [("WD-123", "wd 123"), ("A\0B", "ab"), (" X1 ", "x1"), ("Z_1", "z1"), ("ß9", "SS9")]
)
def test_spellings_of_one_serial_number_have_one_key(one: str, other: str) -> None:
    assert identity_of(one) == identity_of(other) != ""


SHORT_AND_LONG = [
    ("ZL2ABC1D", "ZL2ABC1D0000C9381KTX"),
    ("WCC4N1234567", "WD-WCC4N1234567"),
    ("wcc4n1234567", "WD-WCC4N1234567"),
    ("S3Z8NB0K", "S3Z8-NB0K 00"),
    ("ZA1B2C3D", "0123456789-ZA1B2C3D"),
]


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("wwns", [("", ""), (WWN, ""), ("", WWN), ("0x00000000deadbeef", WWN)])
@pytest.mark.parametrize(("short", "long"), SHORT_AND_LONG)
def test_a_part_of_a_serial_number_at_one_size_is_the_same_drive(
    bench: Bench, short: str, long: str, wwns: tuple[str, str], *, is_turned: bool
) -> None:
    one, other = two_views(bench, *((long, short) if is_turned else (short, long)), wwns)
    first = try_start(bench, one).jobs[0]
    refused = try_start(bench, other).refused[0]
    assert (refused.code, active()) == ("already_active", 1)
    assert f"in burn-in {first.pk} on nas-1 (seen there as sdb with the serial number {one.serial}, of" in (
        refused.message
    )
    BurninJob.objects.update(state=JobState.UNKNOWN)
    second = try_start(bench, other).jobs[0]
    first.refresh_from_db()
    assert f"burn-in {second.pk}" in retrying.refusal_for(first)


def two_views(bench: Bench, one: str, other: str, wwns: tuple[str, str] = ("", "")) -> tuple[Drive, Drive]:
    """Return the bench's drive with this serial number and WWN, and another row with those."""
    Drive.objects.filter(pk=bench.drive.pk).update(serial=one, wwn=wwns[0])
    bench.drive.refresh_from_db()
    second = second_row(bench, "another host row")
    Drive.objects.filter(pk=bench.drive.pk).update(serial=one, wwn=wwns[0])
    Drive.objects.filter(pk=second.pk).update(serial=other, wwn=wwns[1])
    bench.drive.refresh_from_db()
    second.refresh_from_db()
    return bench.drive, second


@pytest.mark.parametrize(
    ("one", "other", "wwns", "less"),
    [
        ("ZL2ABC1D", "ZL2ABC1D0000", (WWN, OTHER_WWN), 0),
        ("ZL2ABC1D", "ZL2ABC1D0000", ("", ""), 4096),
        ("ZL2ABC1", "ZL2ABC10000", ("", ""), 0),
        ("ZL2ABC1D", "00ZL2ABC1D00", ("", ""), 0),
        ("ZL2ABC1D", "ZL2ABC1E0000", ("", ""), 0),
    ],
    ids=["two WWNs", "two sizes", "short", "in the middle", "another"],
)
def test_what_only_looks_alike_does_not_wait(
    bench: Bench, one: str, other: str, wwns: tuple[str, str], less: int
) -> None:
    first, second = two_views(bench, one, other, wwns)
    Drive.objects.filter(pk=second.pk).update(size_bytes=SIZE - less)
    second.refresh_from_db()
    assert try_start(bench, first).jobs
    assert try_start(bench, second).jobs


def test_a_serial_number_of_signs_only_is_a_key_and_none_is_none() -> None:
    assert [identity_of(serial) for serial in ("---", " ", "", "--- ---")] == ["---", "", "", "--- ---"]


@pytest.mark.parametrize(
    ("wwn", "counts"),
    [(WWN, True), ("0x6" + "a" * 31, True), ("0x0025385b71b0c3d2", False), ("0x5000", False), ("", False)],
)
def test_only_a_registered_wwn_makes_two_serial_numbers_one_drive(wwn: str, counts: bool) -> None:  # noqa: FBT001
    assert is_worldwide(wwn) is counts


@pytest.mark.parametrize("view", SHARING_A_KEY)
def test_a_retry_is_refused_while_another_row_has_the_drive(bench: Bench, view: str) -> None:
    other = second_row(bench, view)
    job = try_start(bench, bench.drive).jobs[0]
    BurninJob.objects.filter(pk=job.pk).update(state=JobState.UNKNOWN)
    later = try_start(bench, other).jobs[0]
    job.refresh_from_db()
    with pytest.raises(retrying.CannotRetry, match=rf"burn-in {later.pk} on shelf-b \(seen there as sdc\)"):
        retrying.retry_job(job=job, actor=bench.person)
    BurninJob.objects.filter(pk=later.pk).update(state=JobState.FAILED)
    with pytest.raises(retrying.CannotRetry, match=f"Burn-in {later.pk} of ZA-100 came after this one"):
        retrying.retry_job(job=job, actor=bench.person)


@pytest.mark.parametrize("view", SHARING_A_KEY)
def test_of_two_ended_ones_only_the_last_is_tried_again(bench: Bench, view: str) -> None:
    other = second_row(bench, view)
    jobs: list[BurninJob] = []
    for drive in (bench.drive, other):
        jobs += try_start(bench, drive).jobs
        BurninJob.objects.update(state=JobState.UNKNOWN)
    for job in jobs:
        job.refresh_from_db()
    retrying.retry_job(job=jobs[1], actor=bench.person)
    with pytest.raises(retrying.CannotRetry, match="already in burn-in"):
        retrying.retry_job(job=jobs[0], actor=bench.person)
    assert active() == 1


def test_nobody_takes_a_drive_whose_silent_host_still_has_its_burn_in_not_even_for_the_move(bench: Bench) -> None:
    other = second_row(bench, "another host row")
    bench.door.disks[0].update(serial="ZA-100", wwn=WWN)
    job = bench.tick(try_start(bench, bench.drive).jobs[0])
    third = Host.objects.create(name="shelf-c", ssh_host="127.0.0.1", ssh_password="x", armed=True)
    far = Drive.objects.create(host=third, serial="ZA-100", wwn="", size_bytes=SIZE, devname="sdd")
    Drive.objects.filter(pk=bench.drive.pk).update(present=False)
    for row in (other, far):
        assert try_start(bench, row).refused[0].code == "already_active"
    job = BurninJob.objects.select_related("drive__host").get(pk=job.pk)
    moving.move_job(job=job, drive_id=other.pk, actor=bench.person, confirm_serial="ZA-100")
    Drive.objects.filter(pk=bench.drive.pk).update(present=True)
    for row in (bench.drive, far):
        assert f"burn-in {job.pk} on shelf-b" in try_start(bench, row).refused[0].message


def test_the_key_stays_when_the_drive_learns_its_wwn_or_its_row_changes(bench: Bench) -> None:
    bench.drive.wwn = ""
    job = bench.start()
    disk = DiskInfo("sdz", "ZA1", SIZE, wwn=WWN)
    store_inventory(host_id=bench.drive.host_id, report=InventoryReport((disk,)), now=bench.now)
    assert Drive.objects.get(serial="ZA1").wwn == WWN
    Drive.objects.filter(pk=bench.drive.pk).update(serial="REGROUPED")
    job.refresh_from_db()
    assert job.identity == "za1"
    other = make_drive(Host.objects.create(name="b", ssh_host="h", ssh_password="x", armed=True), "ZA1")
    assert try_start(bench, other).refused[0].code == "already_active"


def test_two_known_wwns_are_never_surely_two_drives(bench: Bench) -> None:
    """Issue 9 marks such rows as ambiguous; until then they wait for each other."""
    other = second_row(bench, "another WWN there, which makes it ambiguous")
    assert other.wwn == OTHER_WWN
    assert try_start(bench, other).jobs
    assert try_start(bench, bench.drive).refused
