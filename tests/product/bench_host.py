"""A lab's host as the product knows it: added, key accepted, armed; and burn-ins of its disks."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Self

from tests.lab.disks import LabDisk
from tests.lab.lab import Lab
from tests.lab.waiting import wait_until
from tests.product.running import Product

LOOK_EVERY_S = 0.25  # each look is a request: more of them would slow down what they wait for
OVER = ("passed", "failed", "cancelled", "unknown")


class BenchHost:
    """The lab seen through the product's API."""

    def __init__(
        self, product: Product, lab: Lab, *, name: str = "bench-1", armed: bool = True, **values: object
    ) -> None:
        self.product, self.lab = product, lab
        host = product.post("/api/v1/hosts", {**self._values(name, armed=armed), **values})
        self.id: int = host["id"]
        self.trust()

    @classmethod
    def of_row(cls, product: Product, lab: Lab, host_id: int) -> Self:
        """Return a host that the product has already."""
        found = cls.__new__(cls)
        found.product, found.lab, found.id = product, lab, host_id
        return found

    def _values(self, name: str, *, armed: bool) -> dict[str, Any]:
        return {
            "name": name,
            "kind": "ssh",
            "ssh_host": "127.0.0.1",
            "ssh_port": self.lab.sshd.port,
            "ssh_user": self.lab.sshd.user,
            "ssh_key": self.lab.sshd.key_path.read_text(encoding="ascii"),
            "armed": armed,
            "max_parallel": 8,
        }

    def trust(self) -> None:
        """Accept the key that the host shows, as an admin does after comparing it."""
        seen = self.product.post(f"/api/v1/hosts/{self.id}/test-ssh")
        self.product.post(f"/api/v1/hosts/{self.id}/trust-host-key", {"fingerprint": seen["host_key_fingerprint"]})

    def work_in(self, folder: Path | str) -> None:
        """Give the product another working folder on the host, which no form would take."""
        change = f"from drives.models import Host; Host.objects.filter(pk={self.id}).update(base_dir={str(folder)!r})"
        self.product.manage("shell", "-c", change)

    def row(self) -> dict[str, Any]:
        """Return the host as the API shows it."""
        return dict(self.product.get(f"/api/v1/hosts/{self.id}"))

    def drive_of(self, disk: LabDisk, within_s: float = 40) -> dict[str, Any]:
        """Return the drive of a lab disk as soon as the product has seen it on its present device."""
        self.product.post(f"/api/v1/hosts/{self.id}/refresh")
        found: list[dict[str, Any]] = []

        def seen() -> bool:
            rows = self.product.get(f"/api/v1/drives?host={self.id}&search={disk.serial}")["results"]
            # A loop device that is just being set up shows a size of 0 for a moment.
            now = {"present": True, "devname": disk.devname, "size_bytes": disk.size}
            found[:] = [row for row in rows if now.items() <= row.items()]
            return bool(found)

        wait_until(seen, f"{disk.serial} is listed", within_s=within_s, every_s=LOOK_EVERY_S)
        return found[0]

    def start(self, *disks: LabDisk, **choices: Any) -> list[int]:
        """Start burn-ins, surface only and by badblocks unless chosen otherwise; the jobs' ids."""
        answer = self.try_start(*disks, **choices)
        if answer["refused"]:
            raise RuntimeError(str(answer["refused"]))
        return [job["id"] for job in answer["jobs"]]

    def known(self, disk: LabDisk) -> dict[str, Any]:
        """Return the drive of a lab disk as it was seen last."""
        return dict(self.product.get(f"/api/v1/drives?host={self.id}&search={disk.serial}")["results"][0])

    def try_start(self, *disks: LabDisk, drives: list[dict[str, Any]] | None = None, **choices: Any) -> Any:
        """Ask for burn-ins and return the whole answer, refusals too."""
        drives = drives or [self.drive_of(disk) for disk in disks]
        body = {
            "drive_ids": [drive["id"] for drive in drives],
            "confirm": {str(drive["id"]): drive["serial"] for drive in drives},
            "run_short": False,
            "run_long": False,
            "plan": "classic",
            **choices,
        }
        return self.product.send("POST", "/api/v1/burnin/start", body).json()

    def job(self, job_id: int) -> dict[str, Any]:
        """Return a job as the API shows it."""
        return dict(self.product.get(f"/api/v1/burnin/{job_id}"))

    def stage(self, job_id: int, name: str = "surface_validate") -> dict[str, Any]:
        """Return one stage of a job."""
        return dict(next(stage for stage in self.job(job_id)["stages"] if stage["name"] == name))

    def wait_for(self, job_id: int, within_s: float = 120) -> dict[str, Any]:
        """Wait until a job is over; the job."""
        last: dict[str, Any] = {}

        def over() -> bool:
            last.update(self.job(job_id))
            return last["state"] in OVER

        try:
            wait_until(over, f"burn-in {job_id} is over", within_s=within_s, every_s=LOOK_EVERY_S)
        except Exception as error:
            raise RuntimeError(f"Burn-in {job_id} is not over: {last}") from error
        return last

    def wait_for_bytes(self, job_id: int, share: float = 0.05, within_s: float = 60) -> dict[str, Any]:
        """Wait until the surface stage has done this share of its bytes; the stage."""
        last: dict[str, Any] = {}

        def moving() -> bool:
            last.update(self.stage(job_id))
            return bool(last["bytes_total"] and last["bytes_done"] >= share * last["bytes_total"])

        wait_until(moving, f"the surface stage of burn-in {job_id} moves", within_s=within_s, every_s=LOOK_EVERY_S)
        return last


def seconds_since(start: float) -> float:
    """Return the seconds that have passed on the monotonic clock."""
    return time.monotonic() - start
