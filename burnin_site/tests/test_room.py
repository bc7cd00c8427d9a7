"""The room on the disks that we write to is watched: a warning before it is full, and a sentence when it is."""

import os
from typing import Any

import pytest
from django.test import Client

from burnin_site.core import room
from burnin_site.core.room import MIB, RoomWatch

BIG = 1000 * 1024 * MIB


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Return what the kernel says of every disk, to be changed."""
    now = {"total": BIG, "free": BIG, "flag": 0}

    def statvfs(_path: object) -> os.statvfs_result:
        if now["total"] < 0:
            raise FileNotFoundError
        return os.statvfs_result((MIB, MIB, now["total"] // MIB, 0, now["free"] // MIB, 0, 0, 0, now["flag"], 255))

    monkeypatch.setattr(os, "statvfs", statvfs)
    return now


@pytest.mark.parametrize(
    ("total", "free", "code", "warns"),
    [
        (BIG, 5000 * MIB, "", False),
        (BIG, 1000 * MIB, "", True),  # under the fixed limit
        (BIG, 20 * MIB, "disk_full", False),
        (64 * MIB, 20 * MIB, "", False),  # on a small disk it is a share of it
        (64 * MIB, 5 * MIB, "", True),
        (64 * MIB, 0, "disk_full", False),
        (0, 0, "", False),  # a file system that counts nothing
        (-1, 0, "no_database", False),  # the folder is gone
    ],
)
def test_the_room_left_is_judged(disk: dict[str, int], total: int, free: int, code: str, warns: bool) -> None:  # noqa: FBT001
    disk.update(total=total, free=free)
    seen = room.look()
    assert (seen.outage.code if seen.outage else "", bool(seen.warning)) == (code, warns)


def test_a_disk_that_became_read_only_is_named(disk: dict[str, int]) -> None:
    disk["flag"] = os.ST_RDONLY
    seen = room.look()
    assert seen.outage
    assert seen.outage.code == "database_read_only"


def test_it_is_said_once_when_it_changes(disk: dict[str, int]) -> None:
    watch = RoomWatch()
    assert watch.news() == ""
    disk["free"] = 900 * MIB
    assert "900 MB left" in watch.news()
    disk["free"] = 800 * MIB
    assert watch.news() == ""
    disk["free"] = 0
    assert "is full" in watch.news()
    disk["free"] = BIG
    assert "room on the disk of DATA_DIR again" in watch.news()
    assert watch.news() == ""


def test_people_who_are_signed_in_read_it_on_every_page(
    disk: dict[str, int], vera: Any, sign_in: Any, client: Client
) -> None:
    disk["free"] = 900 * MIB
    assert "900 MB left" in sign_in(vera).get("/").text
    assert "900 MB left" not in client.get("/login").text


@pytest.mark.parametrize(("free", "tone"), [(900 * MIB, "attention"), (5 * MIB, "failed")])
def test_a_full_disk_looks_worse_than_one_that_will_be(
    disk: dict[str, int], vera: Any, sign_in: Any, free: int, tone: str
) -> None:
    disk["free"] = free
    assert f'class="note room {tone}"' in sign_in(vera).get("/").text
