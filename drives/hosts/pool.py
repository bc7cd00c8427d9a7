"""One kept SSH connection per host and process."""

import hashlib
import os
import threading
from dataclasses import dataclass

from drives.hosts.shell_ssh import SshShell
from drives.hosts.ssh_login import SshLogin


@dataclass(slots=True)
class _Kept:
    values: str
    shell: SshShell


_lock = threading.Lock()
_kept: dict[tuple[int, int], _Kept] = {}


def shell_for(host_id: int, login: SshLogin) -> SshShell:
    """Return this process's shell to a host: the kept one, unless the values to connect with have changed.

    The shell connects at its first command, under its own lock. A forked child never uses its parent's connection.
    """
    key = (os.getpid(), host_id)
    values = _digest(login)
    with _lock:
        kept = _kept.get(key)
        if kept is not None and kept.values == values:
            return kept.shell
        fresh = _kept[key] = _Kept(values, SshShell(login))
    if kept is not None:
        kept.shell.close()
    return fresh.shell


def close_host(host_id: int) -> None:
    """Let go of this process's connection to a host."""
    with _lock:
        kept = _kept.pop((os.getpid(), host_id), None)
    if kept is not None:
        kept.shell.close()


def close_all() -> None:
    """Let go of all connections of this process."""
    with _lock:
        mine = [key for key in _kept if key[0] == os.getpid()]
        shells = [_kept.pop(key).shell for key in mine]
    for shell in shells:
        shell.close()


def _forget_parents() -> None:
    """Give a forked child a lock that nobody holds.

    Its parent's shells stay where they are, out of reach by their process id: tidying them up would speak on the
    parent's connections.
    """
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_forget_parents)


def _digest(login: SshLogin) -> str:
    values = (login.host_name, login.address, str(login.port), login.user, login.pinned_key)
    secrets = (login.password.reveal(), login.key.reveal(), login.passphrase.reveal())
    return hashlib.sha256("\0".join((*values, *secrets)).encode()).hexdigest()
