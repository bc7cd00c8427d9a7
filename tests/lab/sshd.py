"""A real OpenSSH server on 127.0.0.1 with keys of its own, for one lab."""

from __future__ import annotations

import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.lab import processes
from tests.lab.loops import run
from tests.lab.toolbox import Toolbox
from tests.lab.waiting import wait_until

READY_WITHIN_S = 10
CONNECT_TIMEOUT_S = 1.0
CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {directory}/host_key
PidFile {directory}/sshd.pid
AuthorizedKeysFile {directory}/authorized_keys
# The lab lives under a temporary directory that everybody may write to.
StrictModes no
UsePAM no
UseDNS no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PrintMotd no
Subsystem sftp internal-sftp
SetEnv {environment}
"""
CLIENT_OPTIONS = (
    *("-F", "/dev/null", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"),
    *("-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"),
)


class LabSshd:
    """Start, stop and upset the ssh server of a lab."""

    user = "root"

    def __init__(self, directory: Path, toolbox: Toolbox) -> None:
        self.directory = directory
        self.toolbox = toolbox
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._left_behind: list[int] = []
        directory.mkdir(parents=True)
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd drops its rights in there
        _make_key(self.key_path)
        _make_key(self._host_key_path)
        shutil.copy(f"{self.key_path}.pub", directory / "authorized_keys")

    @property
    def key_path(self) -> Path:
        """The private key that is let in."""
        return self.directory / "client_key"

    @property
    def host_key(self) -> str:
        """The public host key as known_hosts has it: type and base64."""
        words = Path(f"{self._host_key_path}.pub").read_text(encoding="ascii").split()
        return " ".join(words[:2])

    @property
    def log(self) -> str:
        """What sshd said on standard error."""
        return (self.directory / "sshd.log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Listen; return when the banner is there."""
        self._write_config()
        command = self.toolbox.around((_sshd(), "-D", "-e", "-f", str(self.directory / "config")))
        with (self.directory / "sshd.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self._answers, f"sshd listens on port {self.port}", within_s=READY_WITHIN_S)

    def stop(self) -> None:
        """Stop listening. Sessions go on, as they do when a host restarts its sshd."""
        process, self._process = self._process, None
        if process is None:
            return
        self._left_behind = _sessions_of(process.pid)
        process.terminate()
        process.wait(timeout=READY_WITHIN_S)

    def restart(self) -> None:
        """Listen anew on the same port: what `hide` and `show` changed holds for new connections."""
        self.stop()
        self.start()

    def kill_sessions(self) -> int:
        """Cut every connection with kill -9; how many processes of sshd died.

        The commands that run in them go on as orphans.
        """
        orphans, self._left_behind = self._left_behind, []
        return processes.end([*(_sessions_of(self._process.pid) if self._process else []), *orphans])

    def change_host_key(self) -> str:
        """Be another machine, as far as ssh can tell; the new public key."""
        _make_key(self._host_key_path)
        self.restart()
        return self.host_key

    def hide(self, *tools: str) -> None:
        """Let new connections not find these tools, wherever they look."""
        self.toolbox.hide(*tools)
        self.restart()

    def show(self) -> None:
        """Let new connections find every tool again."""
        self.toolbox.show()
        self.restart()

    def ssh(self, command: str, *, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command over ssh with the host's own client."""
        return subprocess.run(
            ("ssh", *CLIENT_OPTIONS, "-i", self.key_path, "-p", str(self.port), self._who, command),
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    @property
    def _who(self) -> str:
        return f"{self.user}@127.0.0.1"

    @property
    def _host_key_path(self) -> Path:
        return self.directory / "host_key"

    def _write_config(self) -> None:
        environment = " ".join(f'"{k}={v}"' for k, v in self.toolbox.environment.items())
        text = CONFIG.format(port=self.port, directory=self.directory, environment=environment)
        (self.directory / "config").write_text(text, encoding="ascii")

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(f"sshd of the lab did not start: {self.log}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), CONNECT_TIMEOUT_S) as s:
            return s.recv(4) == b"SSH-"
        return False


def _sessions_of(listener: int) -> list[int]:
    """The processes of sshd that serve connections, but not the commands that run in them."""
    return [pid for pid in processes.descendants(listener) if processes.name(pid) == "sshd"]


def _make_key(path: Path) -> None:
    path.unlink(missing_ok=True)
    Path(f"{path}.pub").unlink(missing_ok=True)
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "burnin-lab", "-f", str(path))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _sshd() -> str:
    """sshd starts itself again for each connection, and wants its full name for that."""
    return shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin") or "/usr/sbin/sshd"
