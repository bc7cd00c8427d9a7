"""Nobody logs in to a machine whose key was not accepted."""

from pathlib import Path

import pytest

from burnin_site.core.secrets import Secret
from drives.hosts.errors import BadCredentials, HostKeyChanged, HostKeyUnknown
from drives.hosts.host_keys import HostKey
from drives.hosts.shell_ssh import SshShell
from drives.hosts.ssh_wire import fetch_host_key
from drives.tests.hosts.conftest import QUICK
from drives.tests.sshd import Sshd, make_key

LOGIN_ATTEMPT = "userauth-request"


def test_an_unknown_host_is_refused_before_anything_about_the_user_is_sent(sshd: Sshd) -> None:
    login = sshd.login(sshd.authorize(), pinned="", password="hunter2")
    with pytest.raises(HostKeyUnknown) as refusal:
        SshShell(login, QUICK).run(("true",), timeout_s=5)
    assert refusal.value.detail == {"key": sshd.host_key(), "fingerprint": sshd.fingerprint()}
    assert sshd.fingerprint() in str(refusal.value)
    assert "nas-1" in str(refusal.value)
    assert LOGIN_ATTEMPT not in sshd.log


def test_a_changed_host_key_is_refused_before_anything_about_the_user_is_sent(sshd: Sshd, tmp_path: Path) -> None:
    make_key(tmp_path / "another")
    another = " ".join((tmp_path / "another.pub").read_text().split()[:2])
    with pytest.raises(HostKeyChanged) as refusal:
        SshShell(sshd.login(sshd.authorize(), pinned=another), QUICK).run(("true",), timeout_s=5)
    assert refusal.value.detail["fingerprint"] == sshd.fingerprint()
    assert LOGIN_ATTEMPT not in sshd.log


def test_the_log_would_show_a_login_attempt(sshd: Sshd) -> None:
    """Or else the two tests above prove nothing."""
    SshShell(sshd.login(sshd.authorize()), QUICK).run(("true",), timeout_s=5)
    assert LOGIN_ATTEMPT in sshd.log


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_host_with_several_keys_shows_the_accepted_one(tmp_path: Path, kind: str) -> None:
    server = Sshd(tmp_path, ("ed25519", "ecdsa", "rsa"))
    try:
        login = server.login(server.authorize(), pinned=server.host_key(kind))
        assert SshShell(login, QUICK).run(("echo", "ok"), timeout_s=10).stdout == b"ok\n"
    finally:
        server.stop()


def test_a_host_that_lost_the_accepted_key_counts_as_changed(sshd: Sshd, tmp_path: Path) -> None:
    make_key(tmp_path / "host_rsa", "rsa")
    with pytest.raises(HostKeyChanged):
        SshShell(sshd.login(sshd.authorize(), pinned=sshd.host_key("rsa")), QUICK).run(("true",), timeout_s=5)
    assert LOGIN_ATTEMPT not in sshd.log


def test_the_key_is_fetched_without_logging_in(sshd: Sshd) -> None:
    key = fetch_host_key("127.0.0.1", sshd.port, host_name="nas-1", timeouts=QUICK)
    assert key.text == sshd.host_key()
    assert key.fingerprint == sshd.fingerprint()
    assert LOGIN_ATTEMPT not in sshd.log


@pytest.mark.parametrize("nonsense", ["ssh-ed25519", "ssh-ed25519 ???", "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAA", "x"])
def test_a_pinned_key_that_is_none_is_refused(sshd: Sshd, nonsense: str) -> None:
    with pytest.raises(BadCredentials, match="Accept the key"):
        HostKey.parse(nonsense)
    with pytest.raises(BadCredentials):
        SshShell(sshd.login(Secret(""), pinned=nonsense, password="x"), QUICK).run(("true",), timeout_s=5)
    assert LOGIN_ATTEMPT not in sshd.log
