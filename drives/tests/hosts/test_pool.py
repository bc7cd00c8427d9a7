"""One connection per host and process."""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from burnin_site.core.secrets import Secret
from drives.hosts import pool
from drives.hosts.ssh_login import SshLogin

LOGIN = SshLogin("nas-1", "127.0.0.1", 22, "root", Secret("x"), Secret(""), Secret(""), "ssh-ed25519 AAAA")


@pytest.fixture(autouse=True)
def empty_pool() -> Iterator[None]:
    yield
    pool.close_all()


def test_a_host_keeps_its_shell() -> None:
    assert pool.shell_for(1, LOGIN) is pool.shell_for(1, replace(LOGIN, password=Secret("x")))
    assert pool.shell_for(1, LOGIN) is not pool.shell_for(2, LOGIN)


@pytest.mark.parametrize(
    "change",
    [
        {"address": "10.0.0.9"},
        {"port": 2222},
        {"user": "burnin"},
        {"password": Secret("y")},
        {"key": Secret("k")},
        {"passphrase": Secret("p")},
        {"pinned_key": "ssh-ed25519 BBBB"},
    ],
)
def test_whatever_changes_in_the_login_needs_another_shell(change: dict[str, object]) -> None:
    old = pool.shell_for(1, LOGIN)
    assert pool.shell_for(1, replace(LOGIN, **change)) is not old  # type: ignore[arg-type]


def test_a_closed_host_gets_another_shell() -> None:
    old = pool.shell_for(1, LOGIN)
    pool.close_host(1)
    assert pool.shell_for(1, LOGIN) is not old


def test_a_forked_child_does_not_use_its_parents_shell() -> None:
    old = pool.shell_for(1, LOGIN)
    child = os.fork()
    if child == 0:
        os._exit(0 if pool.shell_for(1, LOGIN) is not old else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert pool.shell_for(1, LOGIN) is old
