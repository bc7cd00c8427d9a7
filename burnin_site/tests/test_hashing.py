"""Password hashes: the very same as Django's, two at a time, behind everything else."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as real_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, identify_hasher, make_password
from pytest_django.fixtures import Settings

from burnin_site.core.hashing import PatientHasher

OURS = "burnin_site.core.hashing.PatientHasher"


def test_the_settings_name_it() -> None:
    text = (real_settings.BASE_DIR / "burnin_site/settings.py").read_text(encoding="utf-8")
    assert f'PASSWORD_HASHERS = ["{OURS}"]' in text


def test_hashes_of_earlier_versions_go_on_working(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [OURS]
    old = PBKDF2PasswordHasher().encode("a password", "saltsaltsaltsaltsaltsa", 1000)
    assert check_password("a password", old)
    assert not check_password("another", old)
    assert identify_hasher(make_password("x")).algorithm == "pbkdf2_sha256"


def test_two_are_computed_at_once_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once: list[int] = []
    nice: list[int] = []
    running = threading.Semaphore(100)
    both = threading.Barrier(2)

    def encode(*_arguments: object) -> str:
        running.acquire()
        at_once.append(100 - running._value)
        nice.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        both.wait(timeout=20)  # goes on only when a second one runs beside it
        running.release()
        return "hash"

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", encode)
    with ThreadPoolExecutor(8) as crowd:
        hashes = list(crowd.map(lambda _: PatientHasher().encode("x", "salt"), range(8)))
    assert hashes == ["hash"] * 8
    assert max(at_once) == 2
    assert min(nice) > os.getpriority(os.PRIO_PROCESS, 0) or min(nice) == 19
