"""From smartctl's JSON to a report."""

from typing import Any

from drives.smart import ata, nvme, scsi
from drives.smart.fields import Json, number, rows, table, text
from drives.smart.report import ExitStatus, SmartReport

FAMILIES = {"ATA": ata.fields, "SCSI": scsi.fields, "NVMe": nvme.fields}
BELIEVABLE_C = range(1, 126)  # a drive without a sensor says 0, -1 or 255


def parse_report(json: Json) -> SmartReport:
    """Read what `smartctl --json=co -x` printed. What is missing is None; nothing is guessed."""
    protocol = text(json, "device", "protocol")
    family = FAMILIES.get(protocol)
    own: dict[str, Any] = family(json) if family else {}
    status = ExitStatus((number(json, "smartctl", "exit_status") or 0) & 0xFF)
    return SmartReport(
        protocol=protocol if family else "",
        model=_model(json),
        serial=text(json, "serial_number"),
        size_bytes=_size(json),
        logical_block=number(json, "logical_block_size") or 512,
        health=_health(json, status),
        temperature_c=_temperature(json),
        temperature_limit_c=_temperature_limit(json),
        power_on_hours=number(json, "power_on_time", "hours"),
        exit_status=status,
        messages=tuple(text(row, "string") for row in rows(json, "smartctl", "messages")),
        **own,
    )


def _model(json: Json) -> str:
    """Return the model; SCSI drives have it under one name or another in each version, or in two halves."""
    vendor = text(json, "scsi_vendor") or text(json, "vendor")
    product = text(json, "scsi_product") or text(json, "product")
    return text(json, "model_name") or text(json, "scsi_model_name") or f"{vendor} {product}".strip()


def _size(json: Json) -> int | None:
    size = number(json, "user_capacity", "bytes")
    return number(json, "nvme_total_capacity") if size is None else size


def _health(json: Json, status: ExitStatus) -> bool | None:
    passed = table(json, "smart_status").get("passed")
    if passed is False or status & ExitStatus.FAILING:
        return False
    return True if passed is True else None


def _temperature(json: Json) -> int | None:
    for told in (number(json, "temperature", "current"), scsi.environment_temperature(json)):
        if told is not None and told in BELIEVABLE_C:
            return told
    return None


def _temperature_limit(json: Json) -> int | None:
    """Return up to which temperature the drive may work, by its own word; who says 0 does not know."""
    told = (
        number(json, "temperature", "op_limit_max"),  # ATA: SCT status or device statistics
        number(json, "temperature", "drive_trip"),  # SCSI
        number(json, "scsi_temperature", "drive_trip"),  # where smartctl 7.3 put it
        number(json, "nvme_composite_temperature_threshold", "warning"),
    )
    return next((limit for limit in told if limit is not None and limit in BELIEVABLE_C), None)
