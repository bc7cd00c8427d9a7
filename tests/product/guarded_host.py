"""The host-side program of a lab, asked over the product's own ssh; and a launch that would write."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from burnin_site.core.secrets import Secret
from drives.hosts.program_client import HostProgram
from drives.hosts.shell_ssh import SshShell
from drives.hosts.ssh_login import SshLogin
from tests.lab.disks import LabDisk
from tests.lab.lab import Lab
from tests.lab.sshd import LabSshd
from tests.lab.waiting import wait_until

ENGINE = ("badblocks", "-X", "-w", "-b", "4096", "-t", "0xaa", "{device}")
LOOK_EVERY_S = 0.1


class GuardedHost:
    """One host, and its program. Close it after use."""

    def __init__(self, lab: Lab, sshd: LabSshd | None = None, base_dir: Path | None = None) -> None:
        """Log in at the lab's own server, or at another one; work in the lab's own folder, or in another one."""
        sshd = sshd or lab.sshd
        login = SshLogin(
            host_name="bench-guard",
            address="127.0.0.1",
            port=sshd.port,
            user=sshd.user,
            password=Secret(""),
            key=Secret(sshd.key_path.read_text(encoding="ascii")),
            passphrase=Secret(""),
            pinned_key=sshd.host_key,
        )
        self.base_dir = base_dir or lab.base_dir
        self._shell = SshShell(login)
        self.program = HostProgram(self._shell, str(self.base_dir), "bench-guard", expect_simulated=False)

    def close(self) -> None:
        """Log out."""
        self._shell.close()

    def request(self, disk: LabDisk, **guard: Any) -> dict[str, Any]:
        """Return a launch that overwrites the whole disk, if it is let."""
        known = {"serial": disk.serial, "wwn": disk.wwn, "size_bytes": disk.size, "devname": disk.devname}
        guard = {**known, "overrides": [], "user": "bob", "plan": "p1", **guard}
        return {"run_id": f"guard-{secrets.token_hex(6)}", "guard": guard, "argv": list(ENGINE)}

    def permit(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the launch with the host's permit for it."""
        return {**request, "token": self.program.call("permit", **request)["token"]}

    def write_to(self, disk: LabDisk, **guard: Any) -> dict[str, Any]:
        """Try to overwrite the disk as the product does; the run when it is over."""
        request = self.request(disk, **guard)
        self.program.launch(**request)
        return self.end(request["run_id"])

    def end(self, run_id: str) -> dict[str, Any]:
        """Wait until a run is over; the run."""
        over = ("exited", "refused", "lost")
        wait_until(lambda: self._look(run_id)["state"] in over, "the run is over", within_s=60, every_s=LOOK_EVERY_S)
        return self._look(run_id)

    def _look(self, run_id: str) -> dict[str, Any]:
        return dict(self.program.probe(runs=[run_id])["runs"][run_id])
