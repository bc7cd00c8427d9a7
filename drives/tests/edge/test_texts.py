"""Texts of a host become harmless."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drives.hosts.edge.identities import DOUBTFUL, with_sure_identity
from drives.hosts.edge.texts import exact, is_identity, lines, plain, sentence
from drives.hosts.errors import HostError, HostSaidNo
from drives.hosts.ports import DiskInfo

ANYTHING = st.text(st.characters(codec=None, categories=None), max_size=60)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("ST16000NM001G", "ST16000NM001G"),
        ("Größe 10 µm", "Größe 10 µm"),
        ("half\ud800", "half�"),
        ("nul\0", "nul�"),
        ("two\nlines\r\n", "two lines  "),
        ("\u202egnp.exe", "�gnp.exe"),
        ("zero\u200bwidth", "zero�width"),
        ("\x1b[2J", "�[2J"),
        ("blank\u3164\u2800", "blank��"),
        ("tag\U000e0041", "tag�"),
        ("private\ue000", "private�"),
        ("narrow\u00a0space", "narrow space"),
    ],
)
def test_what_cannot_be_seen_is_replaced_where_it_stood(said: str, shown: str) -> None:
    assert plain(said) == shown


@settings(deadline=None)
@given(ANYTHING)
def test_no_text_keeps_what_a_database_or_a_terminal_stumbles_over(said: str) -> None:
    shown = plain(said, 40)
    assert shown.isprintable()
    assert len(shown) <= 40
    shown.encode()
    assert plain(shown, 40) == shown


@settings(deadline=None)
@given(ANYTHING)
def test_a_log_keeps_its_lines_and_nothing_else(said: str) -> None:
    kept = lines(said, 1_000)
    assert all(line.replace("\t", "").isprintable() for line in kept.split("\n"))
    assert kept.count("\n") == said.count("\n")


@settings(deadline=None)
@given(ANYTHING)
def test_every_error_of_a_host_is_one_sentence(said: str) -> None:
    error = HostSaidNo(f"nas-1 said: {said}", code=said)
    assert str(error).isprintable()
    assert "\n" not in str(error)
    assert error.detail["code"].isprintable()


def test_an_error_is_not_longer_than_a_person_reads() -> None:
    assert len(str(HostError("x" * 100_000))) == 1_000
    assert sentence("  two \n words ") == "two words"


@pytest.mark.parametrize("serial", ["ZA1\u202e", "ZA\u00c41", "ZA1\ufffd", "\u0405A1", "ZA1\u200b", "Z" * 81])
def test_a_drive_whose_identity_is_no_plain_text_is_listed_but_refused(serial: str) -> None:
    disk = with_sure_identity(DiskInfo(devname="sda", serial=serial, size_bytes=5))
    assert disk.in_use[0] == DOUBTFUL
    assert disk.serial.isprintable()
    assert len(disk.serial) <= 80


def test_a_doubtful_wwn_is_refused_as_well() -> None:
    assert with_sure_identity(DiskInfo("sda", "ZA1", 5, wwn="0x5000\u200b")).in_use == (DOUBTFUL,)
    assert with_sure_identity(DiskInfo("sda", "ZA1", 5, wwn="0x" + "5" * 70)).in_use == (DOUBTFUL,)


@pytest.mark.parametrize("serial", ["ZA1", "", "WD-WX11 A1", "S3Z9NB0K!_.:", "Z" * 80])
def test_an_honest_identity_stays_as_it_is(serial: str) -> None:
    disk = DiskInfo(devname="sda", serial=serial, size_bytes=5, wwn="0x5000c500a1b2c3d4")
    assert is_identity(serial)
    assert with_sure_identity(disk) is disk


@pytest.mark.parametrize("said", ["ZA\n1", "ZA\t1", "ZA\r1", "ZA\u00a01", "ZA\x0b1", "ZA\x001"])
def test_an_identity_is_never_mended_into_an_ordinary_one(said: str) -> None:
    assert exact(said) == "ZA�1"
    assert not is_identity(exact(said))


@settings(deadline=None)
@given(ANYTHING)
def test_an_identity_that_is_one_was_said_so_byte_for_byte(said: str) -> None:
    assert exact(said) == said or not is_identity(exact(said))
