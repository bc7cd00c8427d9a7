"""A whole lab: a fault file system, disks on it, and a host with sshd that has those disks."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from ctypes.util import find_library
from pathlib import Path
from typing import Any, Self

from tests.lab import loops, teardown
from tests.lab.disks import DiskOrder, LabDisk
from tests.lab.fault_client import FaultClient
from tests.lab.room import Room
from tests.lab.smartctl.state import SmartState
from tests.lab.sshd import LabSshd
from tests.lab.toolbox import REPOSITORY, Toolbox
from tests.lab.waiting import wait_until

MIB = 1 << 20
ROOM_IN_MEMORY = 4096 * MIB
MEMORY = Path("/dev/shm")


class Lab:
    """Everything of one lab lies under `directory`; several labs do not know of each other."""

    def __init__(self, **environment: str) -> None:
        """Make the directory. `environment` is what every session of the host finds besides the lab's own."""
        teardown.sweep()
        place = tempfile.mkdtemp(prefix=teardown.PREFIX, dir=teardown.PLACE)
        self.directory = Path(place).resolve()
        self._ownership = teardown.own(self.directory)
        self.number = secrets.token_hex(3).upper()
        self.disks: list[LabDisk] = []
        self.client = FaultClient(self.directory / "control")
        self.states = self.directory / "smart"
        self.states.mkdir()
        self.base_dir = self.directory / teardown.BASE
        self._smartctl = self.directory / teardown.SMARTCTL
        self.room = Room(self.directory / teardown.BASE)
        toolbox = Toolbox(self.directory, smartctl=self._smartctl, environment=environment)
        self.sshd = LabSshd(self.directory / "ssh", toolbox)
        self._files: subprocess.Popen[bytes] | None = None
        self._smart: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start; whatever was started is torn down again if something fails."""
        try:
            self._start_files()
            self._start_smartctl()
            self.sshd.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @property
    def mount(self) -> Path:
        """Where the images of the disks are seen, with their faults."""
        return self.directory / teardown.IMAGES

    def add_disk(self, size: int = 64 * MIB, **wishes: Any) -> LabDisk:
        """Add a disk and attach it. Wishes are fields of DiskOrder."""
        count = len(self.disks) + 1
        identity = {
            "serial": f"LAB{self.number}{count:02d}",
            "wwn": f"50014ee2{self.number.lower()}{count:02x}",
        }
        order = DiskOrder(size=size, **{**identity, **wishes})
        name = f"disk{count}"
        self.client.tell(op="create", disk=name, size=size)
        smart = SmartState(self.states / f"{name}.json")
        smart.create(order, name=name, control=self.client.control)
        disk = LabDisk(name, order, self.mount / name, self.client, smart)
        self.disks.append(disk)
        disk.attach()
        return disk

    def remove_disk(self, disk: LabDisk) -> None:
        """Take a disk out for good, and forget its content, whatever state it is in."""
        disk.clear()
        if disk.device in loops.under(self.directory):  # else the name may be somebody else's by now
            teardown.free(disk.device)
        disk.device = ""
        disk.smart.remove()
        self.client.tell(op="delete", disk=disk.name)

    def as_json(self) -> dict[str, Any]:
        """Describe the lab for whoever drives it from outside."""
        return {
            "directory": str(self.directory),
            "address": "127.0.0.1",
            "port": self.sshd.port,
            "user": self.sshd.user,
            "key_path": str(self.sshd.key_path),
            "host_key": self.sshd.host_key,
            "base_dir": str(self.base_dir),
            "control": str(self.client.control),
            "disks": [disk.as_json() for disk in self.disks],
        }

    def stop(self) -> None:
        """Tear everything down, also what failed, hangs or was left behind."""
        teardown.tear_down(self.directory)
        with suppress(OSError):  # the second time it is closed already
            os.close(self._ownership)

    def _start_files(self) -> None:
        self.mount.mkdir()
        store = _store_for(self.directory)
        (self.directory / teardown.STORE).write_text(str(store), encoding="utf-8")
        command = [sys.executable, "-m", "tests.lab.faultfs", "--mount", str(self.mount)]
        command += ["--control", str(self.client.control), "--store", str(store)]
        with (self.directory / "faultfs.log").open("wb") as log:
            self._files = subprocess.Popen(
                command,
                cwd=REPOSITORY,
                env=os.environ | _fuse_library(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait_until(self._files_are_there, "the fault file system is mounted", within_s=20)

    def _start_smartctl(self) -> None:
        command = [sys.executable, "-m", "tests.lab.smartctl.server", "--socket", str(self._smartctl)]
        command += ["--states", str(self.states)]
        with (self.directory / "smartctl.log").open("wb") as log:
            self._smart = subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self._smartctl.exists, "smartctl of the lab answers", within_s=20)

    def _files_are_there(self) -> bool:
        if self._files is not None and self._files.poll() is not None:
            log = (self.directory / "faultfs.log").read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"The fault file system did not start: {log}")
        with suppress(OSError):
            return self.mount.is_mount() and self.client.tell(op="list") == {"disks": []}
        return False


def _fuse_library() -> dict[str, str]:
    """Take libfuse 3 if it is there: requests of 1 MiB, while libfuse 2 ends at 128 KiB."""
    library = find_library("fuse3")
    return {"FUSE_LIBRARY_PATH": library} if library else {}


def _store_for(directory: Path) -> Path:
    """Memory if there is plenty: a disk that is tested is written over and over."""
    with suppress(OSError):
        if shutil.disk_usage(MEMORY).free > ROOM_IN_MEMORY:
            return MEMORY / directory.name
    return directory / "store"
