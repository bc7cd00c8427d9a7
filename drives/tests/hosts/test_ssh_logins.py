"""Which keys let us in, and what is said when they do not."""

import inspect
import sys

import pytest

from burnin_site.core.secrets import Secret
from drives.hosts.errors import BadCredentials, HostRefusedLogin, HostTimedOut
from drives.hosts.keys import read_private_key
from drives.hosts.shell_ssh import SshShell
from drives.hosts.ssh_login import SshLogin
from drives.hosts.ssh_wire import LOGIN_TIMED_OUT, LOST
from drives.tests.hosts.conftest import QUICK
from drives.tests.sshd import Sshd, make_key


def says_hello(login: SshLogin) -> bool:
    shell = SshShell(login, QUICK)
    try:
        return shell.run(("echo", "hello"), timeout_s=10).stdout == b"hello\n"
    finally:
        shell.close()


@pytest.mark.parametrize("passphrase", ["", "correct horse"])
@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("ed25519", "RFC4716"),
        ("rsa", "RFC4716"),
        ("rsa", "PEM"),
        ("rsa", "PKCS8"),
        ("ecdsa", "RFC4716"),
        ("ecdsa", "PEM"),
    ],
)
def test_it_logs_in_with_every_usual_kind_of_key(sshd: Sshd, kind: str, form: str, passphrase: str) -> None:
    key = sshd.authorize("user_key", kind, passphrase, form=form)
    assert says_hello(sshd.login(key, passphrase=passphrase))


def test_a_key_pasted_with_windows_line_ends_and_blanks_works(sshd: Sshd) -> None:
    key = sshd.authorize().reveal()
    assert says_hello(sshd.login(Secret("\r\n  " + key.replace("\n", "\r\n") + "\r\n \r\n")))


def test_a_passphrase_for_a_key_without_one_does_no_harm(sshd: Sshd) -> None:
    assert says_hello(sshd.login(sshd.authorize(), passphrase="not needed"))


def test_an_unauthorized_key_is_refused_in_words(sshd: Sshd) -> None:
    key = Secret(make_key(sshd.folder / "stranger"))
    with pytest.raises(HostRefusedLogin, match=r"nas-1 did not accept the key of .* authorized_keys"):
        says_hello(sshd.login(key))


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_login_that_only_the_clock_cut_short_is_no_refusal(
    sshd: Sshd, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    failed = next(kind for kind in LOST[0].__subclasses__() if kind.__name__ == "AuthenticationException")

    def gives_up(*_given: object) -> None:
        raise failed(LOGIN_TIMED_OUT)

    assert LOGIN_TIMED_OUT in inspect.getsource(sys.modules["paramiko.auth_handler"])
    monkeypatch.setattr("paramiko.Transport.auth_publickey", gives_up)
    with pytest.raises(HostTimedOut, match="did not answer the login in time"):
        says_hello(sshd.login(sshd.authorize(), password=password))


def test_a_wrong_password_is_refused_in_words(sshd: Sshd) -> None:
    with pytest.raises(HostRefusedLogin, match="nas-1 did not accept the password"):
        says_hello(sshd.login(Secret(""), password="wrong"))


def test_the_password_is_tried_after_a_refused_key(sshd: Sshd) -> None:
    key = Secret(make_key(sshd.folder / "stranger"))
    with pytest.raises(HostRefusedLogin, match="the key of .* nor the password"):
        says_hello(sshd.login(key, password="wrong"))
    assert "Failed password" in sshd.log


def test_a_host_that_allows_no_passwords_says_what_it_allows(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = Sshd(tmp_path_factory.mktemp("sshd"), ("ed25519",), "AuthenticationMethods publickey")
    try:
        with pytest.raises(HostRefusedLogin, match="It allows: publickey"):
            says_hello(server.login(Secret(""), password="right or wrong"))
    finally:
        server.stop()


def test_a_host_without_credentials_is_not_even_called(sshd: Sshd) -> None:
    connections = sshd.log.count("Connection from")
    with pytest.raises(BadCredentials, match="nas-1 has neither a password nor a key"):
        says_hello(sshd.login(Secret("")))
    assert sshd.log.count("Connection from") == connections


@pytest.mark.parametrize(("passphrase", "sentence"), [("", "has a passphrase"), ("wrong", "passphrase is wrong")])
@pytest.mark.parametrize("form", ["RFC4716", "PEM"])
def test_a_locked_key_asks_for_its_passphrase(sshd: Sshd, form: str, passphrase: str, sentence: str) -> None:
    key = sshd.authorize("locked", "rsa", "open sesame", form=form)
    with pytest.raises(BadCredentials, match=sentence):
        says_hello(sshd.login(key, passphrase=passphrase))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("PuTTY-User-Key-File-3: ssh-ed25519", "PuTTY"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI root@nas", "is a public key"),
        ("hello", "is not a key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", "damaged"),
    ],
)
def test_what_is_no_private_key_is_explained(text: str, sentence: str) -> None:
    with pytest.raises(BadCredentials, match=sentence) as refusal:
        read_private_key(Secret(text), Secret(""), host_name="nas-1")
    assert "nas-1" in str(refusal.value)
    assert "AAAA" not in str(refusal.value)


def test_no_secret_shows_in_a_login(sshd: Sshd) -> None:
    key = sshd.authorize()
    shown = repr(sshd.login(key, password="hunter2", passphrase="sesame"))
    assert "hunter2" not in shown
    assert "sesame" not in shown
    assert "PRIVATE" not in shown
