"""Real servers, shared by the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.browser.server import Server

HURRIED = ("-m", "tests.front.hurried")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run the server as the product does."""
    made = Server(tmp_path_factory.mktemp("front"))
    made.prepare()
    made.start()
    yield made
    made.close()


@pytest.fixture(scope="session")
def hurried(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one that waits for nobody longer than a second."""
    yield from _sibling(server, HURRIED)


@pytest.fixture(scope="session")
def closed(server: Server) -> Iterator[Server]:
    """Run one that lets only another network in."""
    yield from _sibling(server, ALLOWED_IPS="10.0.0.0/8", TRUSTED_PROXIES="127.0.0.9")


def _sibling(server: Server, program: tuple[str, ...] = ("manage.py", "serve"), **environment: str) -> Iterator[Server]:
    """Run a second server on the database of the first."""
    made = Server(server.folder, program=program, **environment)
    made.start()
    yield made
    made.close()
