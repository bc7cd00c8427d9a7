from collections.abc import Iterator
from pathlib import Path

import pytest

from drives.hosts.shell_ssh import SshShell
from drives.hosts.ssh_login import Timeouts
from drives.tests.sshd import Sshd, require_sshd

QUICK = Timeouts(dial_s=2, greet_s=2, login_s=4, open_s=1)


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    require_sshd()
    server = Sshd(tmp_path, ("ed25519", "ecdsa"))
    yield server
    server.stop()


@pytest.fixture
def shell(sshd: Sshd) -> Iterator[SshShell]:
    """A shell that is let in."""
    open_shell = SshShell(sshd.login(sshd.authorize()), QUICK)
    yield open_shell
    open_shell.close()
