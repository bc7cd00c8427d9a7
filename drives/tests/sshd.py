"""A real OpenSSH server on a free loopback port, with its own keys, for the tests of the SSH shell."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from burnin_site.core.secrets import Secret
from drives.hosts.ssh_login import SshLogin
from tests.lab.waiting import wait_until

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin")
CONFIG = """
ListenAddress 127.0.0.1:{port}
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
PasswordAuthentication yes
LogLevel DEBUG1
{extra}
"""


def make_key(path: Path, kind: str = "ed25519", passphrase: str = "", *, form: str = "RFC4716") -> str:
    """Make a key pair with ssh-keygen and return the private half as text."""
    subprocess.run(
        ("ssh-keygen", "-q", "-t", kind, "-f", str(path), "-N", passphrase, "-C", "", "-m", form), check=True
    )
    return path.read_text()


class Sshd:
    """One server. `log` is all it has said at debug level."""

    def __init__(self, folder: Path, host_keys: tuple[str, ...], extra: str = "") -> None:
        self.folder = folder
        self.port = _free_port()
        self.user = getpass.getuser()
        for kind in host_keys:
            if not (folder / f"host_{kind}").exists():
                make_key(folder / f"host_{kind}", kind)
        keys = "\n".join(f"HostKey {folder}/host_{kind}" for kind in host_keys)
        (folder / "authorized_keys").touch()
        (folder / "sshd_config").write_text(CONFIG.format(port=self.port, folder=folder, extra=f"{keys}\n{extra}"))
        self.start()

    def start(self) -> None:
        Path("/run/sshd").mkdir(exist_ok=True) if os.geteuid() == 0 else None
        self.process = subprocess.Popen(
            (str(SSHD), "-D", "-E", str(self.folder / "log"), "-f", str(self.folder / "sshd_config"))
        )
        wait_until(self._listens, "sshd listens")

    def stop(self) -> None:
        if self.process.poll() is not None:
            return
        self.signal_sessions(signal.SIGKILL)
        self.process.kill()
        self.process.wait()

    def signal_sessions(self, number: signal.Signals) -> None:
        """Send a signal to all that serves a connection, down to the commands."""
        for pid in list(_descendants(self.process.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def authorize(self, name: str = "user_key", kind: str = "ed25519", passphrase: str = "", **how: str) -> Secret:
        """Make a key that may log in, and return its private half."""
        private = make_key(self.folder / name, kind, passphrase, **how)
        with (self.folder / "authorized_keys").open("a") as file:
            file.write((self.folder / f"{name}.pub").read_text())
        return Secret(private)

    def host_key(self, kind: str = "ed25519") -> str:
        return " ".join((self.folder / f"host_{kind}.pub").read_text().split()[:2])

    def fingerprint(self, kind: str = "ed25519") -> str:
        """Return what ssh-keygen says the fingerprint is."""
        command = ("ssh-keygen", "-l", "-f", str(self.folder / f"host_{kind}.pub"))
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[1]

    def login(self, key: Secret, *, pinned: str | None = None, passphrase: str = "", password: str = "") -> SshLogin:
        pinned = self.host_key() if pinned is None else pinned
        # The shell would put sudo before everything for anybody but root; sudo has its own test.
        return SshLogin("nas-1", "127.0.0.1", self.port, self.user, Secret(password), key, Secret(passphrase), pinned)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def _descendants(pid: int) -> Iterator[int]:
    with suppress(FileNotFoundError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield int(child)
            yield from _descendants(int(child))


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def require_sshd() -> None:
    """Skip where there is no sshd to test against; in CI that is a failure."""
    if SSHD is None:
        complaint = "OpenSSH's sshd is not installed; install the package openssh-server."
        if os.environ.get("CI") == "true":
            pytest.fail(complaint)
        pytest.skip(complaint)
