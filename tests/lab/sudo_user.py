"""A user of the host who is not root but may run everything by sudo, and the sshd that lets them in."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab import teardown
from tests.lab.loops import run
from tests.lab.sshd import LabSshd
from tests.lab.toolbox import SEARCH, Toolbox

RULES = Path("/etc/sudoers.d")
RULE = """\
Defaults:{name} secure_path="{bin}:{search}"
{name} ALL=(root) NOPASSWD: ALL
"""


@contextmanager
def sudo_sshd(toolbox: Toolbox) -> Iterator[LabSshd]:
    """Yield the server of a user who exists until the end; by sudo they find the lab's tools."""
    name = f"lab-{secrets.token_hex(3)}"
    folder = Path(tempfile.mkdtemp(prefix="burnin-sudo-", dir=teardown.PLACE))
    rule = RULES / name
    run("useradd", "--no-create-home", "--home-dir", str(folder), "--shell", "/bin/sh", "--password", "*", name)
    sshd = LabSshd(folder / "ssh", toolbox)
    sshd.user = name
    for path in (folder, sshd.directory, sshd.directory / "authorized_keys"):
        path.chmod(0o755)  # sshd reads the keys with the user's rights
    try:
        rule.write_text(RULE.format(name=name, bin=toolbox.bin, search=SEARCH), encoding="ascii")
        rule.chmod(0o440)
        sshd.start()
        yield sshd
    finally:
        sshd.stop()
        sshd.kill_sessions()
        rule.unlink(missing_ok=True)
        run("userdel", name)
        shutil.rmtree(folder, ignore_errors=True)
