"""Nothing that a host said is read or computed with while a transaction is open: it would hold everybody's lock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from django.db import connection

from drives import services as drives
from drives.hosts.ports import DiskInfo, InventoryReport
from drives.models import Drive, Host
from drives.services import drive_rows, inventory
from jobs import dispatch, glances, heat, host_leases, judging, observer, progress, store, thermometer
from jobs.host_memory import HostMemory
from jobs.models import BurninStage, JobState
from jobs.stages import all_stages, final_check, precheck, selftest_stage
from jobs.tests.bench import HEALTHY, SIZE, Bench

Watch = Callable[[Any, str], None]


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch, db: None) -> tuple[Watch, list[str]]:
    """Return what watches a function, and the names of those that were called: never with a transaction open."""
    around = len(connection.atomic_blocks)  # the test's own
    called: list[str] = []

    def watch(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def watched(*args: Any, **words: Any) -> Any:
            called.append(name)
            assert len(connection.atomic_blocks) == around, f"{name} was called inside a transaction"
            return real(*args, **words)

        monkeypatch.setattr(owner, name, watched)

    return watch, called


@pytest.fixture
def watched(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(observer, "open_program", lambda _host: bench.door)
    monkeypatch.setattr(dispatch, "wake", lambda _job_id: None)
    return bench


def in_short_test(bench: Bench) -> BurninStage:
    job = bench.start(run_short=True, run_surface=False)
    job.state = JobState.RUNNING
    job.save()
    BurninStage.objects.filter(job=job, stage_name="short_smart").update(state="running", data={"every": 2.0})
    return bench.stage(job, "short_smart")


def test_reports_of_drives_are_read_before_the_transaction(
    watched: Bench, outside: tuple[Watch, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, called = outside
    in_short_test(watched)
    for stage in all_stages():
        watch(type(stage), "glance")
    watch(selftest_stage, "parse_report")
    said = {"ZA1": {"exit_code": 0, "json": {"device": {"protocol": "SCSI"}, "smartctl": {"output": ["# 1 a b"] * 9}}}}
    monkeypatch.setattr(watched.door, "probe", lambda **_: {"runs": {}, "smart": said})
    observer.observe_runs(host_leases.claim_free("scheduler-1", watched.now)[0], HostMemory(), now=watched.now)
    assert {"glance", "parse_report"} <= set(called)


def test_what_a_run_said_is_read_before_the_transaction(watched: Bench, outside: tuple[Watch, list[str]]) -> None:
    watch, called = outside
    job = watched.tick(watched.start())
    for stage in all_stages():
        watch(type(stage), "glance")
    for name in ("_is_halted", "_disobeys"):
        watch(glances, name)
    run = watched.door.runs[watched.door.launched[-1]["run_id"]]
    run["progress"] = {"phase": "write", "pattern": "0xaa", "percent": 50.0, "position": None}
    observer.observe_runs(host_leases.claim_free("scheduler-1", watched.now)[0], HostMemory(), now=watched.now)
    assert watched.stage(job).message == "write 0xaa"
    assert {"glance", "_is_halted", "_disobeys"} <= set(called)


def test_a_burn_in_is_checked_and_judged_outside_of_transactions(
    watched: Bench, outside: tuple[Watch, list[str]]
) -> None:
    watch, called = outside
    for module in (precheck, final_check):
        watch(module, "parse_report")
    for owner, name in ((final_check, "judge"), (judging, "judge"), (store, "asdict")):
        watch(owner, name)
    job = watched.finish_surface(watched.tick(watched.start()))
    assert job.state == JobState.PASSED
    assert {"parse_report", "judge", "asdict"} <= set(called)


def test_temperatures_are_weighed_outside_of_transactions(watched: Bench, outside: tuple[Watch, list[str]]) -> None:
    watch, called = outside
    watched.tick(watched.start())
    watch(thermometer, "_by_serial")
    watch(heat, "advise")
    disk = DiskInfo("sdb", "ZA1", SIZE, temperature_c=54)
    thermometer.note(host_id=watched.drive.host_id, disks=[disk], now=watched.now)
    assert called == ["_by_serial", "advise"]


def test_inventories_are_compared_outside_of_transactions(watched: Bench, outside: tuple[Watch, list[str]]) -> None:
    watch, called = outside
    for name in ("mark_duplicates", "take_over", "_sentences"):
        watch(inventory, name)
    report = InventoryReport(disks=(DiskInfo("sdb", "ZA1", SIZE), DiskInfo("sdc", "ZA2", SIZE)))
    drives.store_inventory(host_id=watched.drive.host_id, report=report, now=watched.now)
    assert {"mark_duplicates", "take_over", "_sentences"} <= set(called)
    assert Drive.objects.count() == 2


def test_an_inventory_that_another_one_overtook_is_compared_again(
    watched: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, compared = inventory._compare, []

    def overtaken(host_id: int, report: InventoryReport) -> Any:
        outcome = real(host_id, report)
        compared.append(host_id)
        if len(compared) == 1:
            other = InventoryReport(disks=(DiskInfo("sdc", "ZA2", SIZE, wwn="0x5000a"),))
            drives.store_inventory(host_id=host_id, report=other, now=watched.now)
        return outcome

    monkeypatch.setattr(inventory, "_compare", overtaken)
    report = InventoryReport(disks=(DiskInfo("sdc", "ZA2", SIZE, wwn="0x5000a"),))
    drives.store_inventory(host_id=watched.drive.host_id, report=report, now=watched.now)
    assert len(compared) == 3
    assert Drive.objects.filter(serial="ZA2").count() == 1


def test_each_disk_costs_one_look_however_many_share_its_serial_number() -> None:
    looks: list[str] = []

    class Row:
        def __init__(self, wwn: str) -> None:
            self.told = {"serial": "SAME", "wwn": wwn, "size_bytes": SIZE}

        def __getattr__(self, name: str) -> Any:
            looks.append(name)
            return self.told[name]

    disks = [DiskInfo("sda", "SAME", SIZE, wwn=f"0x5000c500{number:08x}") for number in range(300)]
    known = drive_rows.Rows(cast(list[Drive], [Row(disk.wwn) for disk in disks]))
    looks.clear()
    assert all(known.find(disk) for disk in drive_rows.mark_duplicates(disks))
    assert len(looks) <= 3 * len(disks)


def test_the_percent_of_a_job_does_not_load_what_hosts_said(watched: Bench, django_assert_num_queries: Any) -> None:
    job = watched.start()
    with django_assert_num_queries(1) as asked:
        store.percent_of(job)
    assert '"data"' not in asked.captured_queries[0]["sql"]
    assert '"log_text"' not in asked.captured_queries[0]["sql"]
    assert progress.overall_percent(job.stages.all()) == store.percent_of(job)


def test_a_host_whose_answer_takes_long_to_read_is_asked_less_often(
    watched: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = in_short_test(watched)
    other = replace(watched, drive=Drive.objects.create(host=Host.objects.get(), serial="ZA2", size_bytes=SIZE))
    second = in_short_test(other)
    clock = iter(range(0, 10_000, 3))
    monkeypatch.setattr("jobs.glances.time.thread_time", lambda: float(next(clock)))
    said = {"exit_code": 0, "json": {**HEALTHY, "ata_smart_data": {"self_test": {"status": {"value": 249}}}}}
    asked: list[Any] = []

    def probe(**words: Any) -> dict[str, Any]:
        asked.append(watched.now)
        return {"runs": {}, "smart": {"ZA1": said, "ZA2": said}}

    monkeypatch.setattr(watched.door, "probe", probe)
    lease, memory = host_leases.claim_free("scheduler-1", watched.now)[0], HostMemory()
    observer.observe_runs(lease, memory, now=watched.now)
    assert stage.pk in memory.looked_at
    assert second.pk not in memory.looked_at  # what was left is looked at first, after the pause
    assert "3.0 s of processor time" in Host.objects.get().error
    watched.now += timedelta(seconds=3)
    observer.observe_runs(lease, memory, now=watched.now)
    assert len(asked) == 1
    watched.now += timedelta(seconds=3)
    observer.observe_runs(lease, memory, now=watched.now)
    assert len(asked) == 2
