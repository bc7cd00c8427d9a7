"""An access that a file system refuses to make past its cache is made through it."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from drives.hosts.program.engines.drive_file import DriveFile


@pytest.mark.parametrize("another_thread_did", [False, True])
def test_it_falls_back_also_when_another_thread_did_so_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, another_thread_did: bool
) -> None:
    path = tmp_path / "disk"
    path.write_bytes(b"x" * 4096)
    descriptor = os.open(path, os.O_RDWR)
    drive = DriveFile(descriptor, want_direct=False)
    drive.direct = True

    really = os.preadv
    refused: list[Any] = []

    def refuse_once(*given: Any) -> int:
        if refused:
            return really(*given)
        refused.append(given)
        drive.direct = not another_thread_did
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "preadv", refuse_once)
    assert drive.read(0, 4096) == b"x" * 4096
    assert not drive.direct
    os.close(descriptor)
