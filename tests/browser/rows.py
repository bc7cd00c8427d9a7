"""Makes hosts, drives and burn-ins as the product would have written them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from burnin_site.core.live.services import next_version
from drives.models import Drive, Host
from jobs.models import BurninJob, BurninStage

FULL = ("precheck", "short_smart", "long_smart", "surface_validate", "final_check")
WEIGHTS = {"precheck": 5, "short_smart": 15, "long_smart": 40, "surface_validate": 65, "final_check": 5}
TB = 10**12
PATTERNS = ("0xaa", "0x55", "0xff", "0x00")


def host(name: str, **values: Any) -> Host:
    """Make a host that was polled just now."""
    defaults: dict[str, Any] = {
        "ssh_host": "127.0.0.1",
        "ssh_password": "x",
        "host_key": "ssh-ed25519 AAAA",
        "armed": True,
        "reachable": True,
        "last_polled_at": timezone.now() - timedelta(seconds=3),
        "live_version": next_version(),
    }
    return Host.objects.create(name=name, **{**defaults, **values})


def drive(at: Host, name: str, serial: str, model: str, tb: float, **values: Any) -> Drive:
    """Make a healthy drive."""
    defaults: dict[str, Any] = {"temperature_c": 38, "smart_health": "PASSED", "protocol": "sas"}
    return Drive.objects.create(
        host=at,
        devname=name,
        serial=serial,
        model=model,
        size_bytes=int(tb * TB),
        wwn=f"0x5000c500{abs(hash(serial)) % 16**8:08x}",
        live_version=next_version(),
        **{**defaults, **values},
    )


def phases(percent: float) -> list[dict[str, Any]]:
    """Return the surface's phases at this percent of the whole."""
    position = 8 * percent / 100
    share = [round(100 * min(1.0, max(0.0, position - n)), 2) for n in range(8)]
    return [
        {"pattern": pattern, "write": share[2 * n], "verify": share[2 * n + 1]} for n, pattern in enumerate(PATTERNS)
    ]


def burnin(of: Drive, state: str, *, at: int = 0, percent: float = 0, hours: float = 1, **values: Any) -> BurninJob:
    """Make a burn-in that is at stage `at`, or that ended there."""
    now = timezone.now()
    plan = values.pop("plan", FULL)
    stage_values = values.pop("stage", {})
    over = state not in ("queued", "running")
    started = None if state == "queued" else now - timedelta(hours=hours)
    job = BurninJob.objects.create(
        drive=of,
        profile="full",
        state=state,
        operator_name="bob",
        serial=of.serial,
        wwn=of.wwn,
        size_bytes=of.size_bytes,
        started_at=started,
        finished_at=now - timedelta(hours=2) if over else None,
        stage_name=plan[at],
        simulated=of.host.simulated,
        live_version=next_version(),
        **values,
    )
    for place, name in enumerate(plan):
        _stage(job, place, name, at=at, percent=percent, started=started, values=stage_values)
    share = sum(WEIGHTS[name] for name in plan[:at]) + WEIGHTS[plan[at]] * percent / 100
    job.percent = 100 if state == "passed" else 100 * share / sum(WEIGHTS[name] for name in plan)
    job.save(update_fields=["percent"])
    return job


def _stage(
    job: BurninJob, place: int, name: str, *, at: int, percent: float, started: datetime | None, values: dict[str, Any]
) -> None:
    here, before = place == at, place < at or job.state == "passed"
    state = "passed" if before else "pending"
    if here and job.state not in ("queued", "passed"):
        state = job.state
    elif place > at and job.state not in ("queued", "running", "passed"):
        state = "skipped"
    begun = started + timedelta(minutes=4 * place) if started and (before or here) else None
    row: dict[str, Any] = {
        "percent": 100 if before else percent if here else 0,
        "started_at": begun,
        "finished_at": begun + timedelta(minutes=3) if begun and before else None,
        "attempt": 1 if begun else 0,
    }
    if name == "surface_validate":
        row["bytes_total"] = 8 * job.size_bytes
        row["bytes_done"] = int(row["bytes_total"] * row["percent"] / 100)
        row["data"] = {"phases": phases(row["percent"])}
    if before and name == "precheck":
        row["proof"] = [
            {"label": "Identity", "value": f"serial {job.serial}, size {job.size_bytes:,} bytes", "ok": True}
        ]
    if before and name == "surface_validate":
        row["proof"] = [
            {
                "label": f"Pattern {p}",
                "value": "blocks 0 to 2929721343 of 4096 bytes written and compared, 0 errors",
                "ok": True,
            }
            for p in PATTERNS
        ]
    BurninStage.objects.create(
        job=job,
        position=place + 1,
        stage_name=name,
        state=state,
        destructive=name == "surface_validate",
        **{**row, **(values if here else {})},
    )
