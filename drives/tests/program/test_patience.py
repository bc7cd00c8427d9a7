"""A drive that hangs holds up nobody: not the list of the other drives, and not the program."""

import errno
import os
import threading
from collections.abc import Iterator

import pytest

from drives.hosts.program import inventory, patience, signatures
from drives.tests.program.simulated_host import SimulatedHost


def test_it_hands_on_what_the_work_returns_and_what_it_raises() -> None:
    def broken() -> int:
        raise OSError(errno.EIO, "medium error")

    assert patience.within(5, lambda: 7) == 7
    with pytest.raises(OSError, match="medium error"):
        patience.within(5, broken)


def test_it_waits_no_longer_than_it_may() -> None:
    never = threading.Event()
    with pytest.raises(TimeoutError) as error:
        patience.within(0.05, lambda: never.wait(60))
    never.set()
    assert error.value.strerror == "no answer within 0.05 seconds"


@pytest.fixture
def hanging(host: SimulatedHost, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedHost]:
    """A host whose first drive answers nobody: its node is a pipe into which nobody writes."""
    node = host.root / "dev/sda"
    node.unlink()
    os.mkfifo(node)
    monkeypatch.setenv("PATH", host.environment["PATH"])
    monkeypatch.setattr(signatures, "SECONDS", 0.2)
    yield host
    os.close(os.open(node, os.O_RDWR | os.O_NONBLOCK))


def test_a_drive_that_hangs_is_no_free_drive_and_hides_no_other(hanging: SimulatedHost) -> None:
    one, other = inventory.answer(hanging.machine, {})["disks"]

    assert [reason["code"] for reason in one["in_use"]] == ["undetermined"]
    assert "no answer within" in one["in_use"][0]["message"]
    assert (other["devname"], other["in_use"]) == ("sdb", [])
