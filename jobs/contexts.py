"""What a stage is given: built from the rows, with values instead of models."""

from datetime import datetime
from typing import Any

from django.conf import settings

from drives.models import Drive
from jobs import thermometer
from jobs.models import BurninJob, BurninStage, WipeToken
from jobs.stages import get_stage
from jobs.stages.base import CLASSIC, HostDoor, Limits, StageContext, Target
from settingsapp import services as settings_services


def target_of(job: BurninJob, drive: Drive) -> Target:
    """Return the drive as it was confirmed for this job; where it was seen last is only a hint."""
    return Target(
        serial=job.serial,
        wwn=job.wwn,
        size_bytes=job.size_bytes,
        devname=drive.devname,
        protocol=drive.protocol,
        logical_block=drive.logical_block,
        physical_block=drive.physical_block,
        overrides=_overrides(job),
    )


def _overrides(job: BurninJob) -> tuple[str, ...]:
    """Return the soft refusals that were overridden when this job was confirmed."""
    token = WipeToken.objects.filter(job=job).only("overrides").first()
    return tuple(token.overrides) if token else ()


def run_key(job: BurninJob, stage: BurninStage, attempt: int) -> str:
    """Return the name under which the runs of this attempt at a stage are known on the host."""
    return f"{settings.INSTANCE_ID}-j{job.pk}-{stage.position}-{stage.stage_name}-a{attempt}"


def limits() -> Limits:
    """Return what the settings allow now."""
    values = settings_services.current()
    return Limits(
        temp_crit_c=values.temp_crit_c,
        bad_block_threshold=values.bad_block_threshold,
        io_seconds=settings.IO_VALIDATE_SECONDS,
        verdict_policy=values.verdict_policy,
        drive_wait_s=values.drive_wait_hours * 3600,
    )


def state_of(stage: BurninStage) -> dict[str, Any]:
    """Return what a stage left behind, for those after it: its state, and how fast the drive was where."""
    return {**stage.data, "position_log": stage.position_log} if stage.position_log else dict(stage.data)


def build(job: BurninJob, stage: BurninStage, stages: list[BurninStage], host: HostDoor, now: datetime) -> StageContext:
    """Return the context in which a stage starts, polls or cancels."""
    allowed = limits()
    return StageContext(
        drive=target_of(job, job.drive),
        host=host,
        host_name=job.drive.host.name,
        state=dict(stage.data),
        run_key=stage.run_id,
        now=now,
        limits=allowed,
        plan_destructive=any(get_stage(row.stage_name).destructive for row in stages),
        heat=thermometer.exposure(job, allowed.temp_crit_c),
        surface_plan=job.plan or CLASSIC,
        earlier={row.stage_name: state_of(row) for row in stages if row.position < stage.position},
    )
