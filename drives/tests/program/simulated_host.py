"""A pretend host in a folder: system files under a prefix, simulated tools on PATH, the real program between them."""

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from drives.hosts.program.machine import PREFIX_VARIABLE, Machine
from drives.tests.program.waiting import wait_until

REPOSITORY = Path(__file__).resolve().parents[3]
DISK_BYTES = 8 * 1024 * 1024
SYSTEM_MOUNT = "20 1 0:20 / / rw,relatime shared:1 - overlay overlay rw"

SMARTCTL = """\
case "$*" in *--scan*) cat "{answers}/scan.json"; exit 0;; esac
for last; do :; done
name=$(basename "$last")
echo "$*" >> "{answers}/$name.asked"
if [ ! -f "{answers}/$name.json" ]; then
    echo '{{"smartctl": {{"messages": [{{"string": "No such device"}}]}}}}'
    exit 2
fi
cat "{answers}/$name.json"
exit "$(cat "{answers}/$name.exit" 2>/dev/null || echo 0)"
"""


class SimulatedHost:
    """One pretend host. Its disks are sda, sdb, … with serial numbers the test chooses."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.bin = folder / "bin"
        self.answers = folder / "answers"
        self.base_dir = "/var/tmp/burnin-bench"
        for path in (self.bin, self.answers, self.root / "sys/block", self.root / "dev"):
            path.mkdir(parents=True)
        self.put("proc/sys/kernel/random/boot_id", "boot-one\n")
        self.mount_lines: list[str] = [SYSTEM_MOUNT]
        self._write_mounts()
        (self.answers / "scan.json").write_text('{"devices": []}')
        self.tool("smartctl", SMARTCTL.format(answers=self.answers))
        self.tool("blkid", "exit 2")
        self.tool("wipefs", "echo '{\"signatures\": []}'")

    @property
    def machine(self) -> Machine:
        return Machine(root=str(self.root.resolve()))

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": f"{self.bin}:/usr/bin:/bin", PREFIX_VARIABLE: str(self.root)}

    def put(self, path: str, text: str) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def tool(self, name: str, script: str) -> None:
        """Put a simulated tool on the host's PATH."""
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def add_disk(self, name: str, serial: str, *, size: int = DISK_BYTES, wwn: int = 1) -> None:
        number = 16 * (ord(name[-1]) - ord("a"))
        block = f"sys/block/{name}"
        self.put(f"{block}/size", f"{size // 512}\n")
        self.put(f"{block}/dev", f"8:{number}\n")
        self.put(f"{block}/ro", "0\n")
        self.put(f"{block}/queue/logical_block_size", "512\n")
        (self.root / block / "device").mkdir()
        (self.root / block / "holders").mkdir()
        with (self.root / "dev" / name).open("wb") as node:
            node.truncate(size)
        self.tell(name, serial_number=serial, wwn={"naa": 5, "oui": 0xC50, "id": wwn})

    def add_partition(self, disk: str, number: int = 1) -> str:
        name = f"{disk}{number}"
        minor = 16 * (ord(disk[-1]) - ord("a")) + number
        self.put(f"sys/block/{disk}/{name}/partition", f"{number}\n")
        self.put(f"sys/block/{disk}/{name}/dev", f"8:{minor}\n")
        (self.root / "sys/block" / disk / name / "holders").mkdir()
        (self.root / "dev" / name).touch()
        return name

    def tell(self, disk: str, **told: Any) -> None:
        """Choose what smartctl says about a disk."""
        (self.answers / f"{disk}.json").write_text(json.dumps(told))

    def asked(self, disk: str) -> list[str]:
        """The command lines smartctl was called with for a disk."""
        path = self.answers / f"{disk}.asked"
        return path.read_text().splitlines() if path.exists() else []

    def mount(self, number: str, source: str, target: str) -> None:
        count = 30 + len(self.mount_lines)
        self.mount_lines.append(f"{count} 20 {number} / {target} rw shared:2 - ext4 {source} rw")
        self._write_mounts()

    def start(self, op: str, **request: Any) -> subprocess.Popen[bytes]:
        """Send a request to the program, as an own process."""
        child = subprocess.Popen(
            [sys.executable, "-m", "drives.hosts.program"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=REPOSITORY,
            env=self.environment,
        )
        assert child.stdin is not None
        child.stdin.write(json.dumps({"op": op, "base_dir": self.base_dir, **request}).encode())
        child.stdin.close()
        child.stdin = None
        return child

    def call(self, op: str, **request: Any) -> Any:
        """Send a request to the program and read its answer."""
        child = self.start(op, **request)
        answer, _ = child.communicate(timeout=60)
        assert child.returncode == 0
        return json.loads(answer)

    def guard(self, serial: str = "SERIAL-A", **changed: Any) -> dict[str, Any]:
        """What a launch says about the drive it may write to."""
        known = {"serial": serial, "wwn": "", "size_bytes": DISK_BYTES, "devname": "", "overrides": []}
        return {**known, **changed}

    def launch(self, run_id: str = "run-1", **request: Any) -> Any:
        return self.call("launch", **self.permitted(run_id=run_id, **request))

    def permitted(self, **request: Any) -> dict[str, Any]:
        """A launch with the host's permit for it; without one when the host gives none."""
        request = {"run_id": "run-1", "guard": self.guard(), **request}
        if "engine" not in request:
            request.setdefault("argv", ["badblocks", "-X", "{device}"])
        answer = self.call("permit", **request)
        return {**request, "token": answer["token"]} if answer["ok"] else request

    def run(self, run_id: str = "run-1") -> Any:
        """The state of one run."""
        return self.call("probe", runs=[run_id])["runs"][run_id]

    def wait_for(self, state: str, run_id: str = "run-1") -> Any:
        """Wait until the run has this state; the run."""
        wait_until(lambda: self.run(run_id)["state"] == state, what=f"the state {state}")
        return self.run(run_id)

    def run_folder(self, run_id: str = "run-1") -> Path:
        return self.root / self.base_dir.lstrip("/") / "runs" / run_id

    def shut_down(self) -> None:
        """End whatever still runs on the host, and remove it."""
        self.shut_down_processes()
        shutil.rmtree(self.root, ignore_errors=True)

    def shut_down_processes(self) -> None:
        """End whatever still runs on the host."""
        for folder in self.run_folder("x").parent.glob("*"):
            for path in filter(Path.is_file, (folder / "keeper.json", folder / "engine.json")):
                with suppress(FileNotFoundError, ProcessLookupError, ValueError, KeyError):
                    process = json.loads(path.read_text())
                    if _start_of(process["pid"]) == process["started"]:
                        kill = os.killpg if path.name == "engine.json" else os.kill
                        kill(process["pid"], signal.SIGKILL)

    def _write_mounts(self) -> None:
        self.put("proc/1/mountinfo", "".join(f"{line}\n" for line in self.mount_lines))


def refusal(host: SimulatedHost, **guard: Any) -> tuple[str, str]:
    """Launch, see that nothing was started, and give the reason."""
    trace = host.answers / "started"
    host.tool("badblocks", f'echo "$*" >> {trace}')
    run = host.launch(guard=host.guard(**guard))["run"]
    assert run["state"] == "refused", run
    assert run["pid"] is None
    assert not trace.exists()
    return run["reason"]["code"], run["reason"]["message"]


def _start_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
