"""One running host per module of tests."""

from collections.abc import Iterator

import pytest

from mock_truenas.tests.running_host import RunningHost


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """A host whose time runs a hundred times faster."""
    running = RunningHost(tmp_path_factory.mktemp("mock"), "--speed", "100")
    yield running
    running.stop()


@pytest.fixture
def fresh_host(host: RunningHost) -> RunningHost:
    """The module's host with nothing left of the test before."""
    host.post("/debug/speed", {"speed": 100})
    host.post("/debug/reset")
    return host
