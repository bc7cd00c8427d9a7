"""A web API that packs bombs, drips or lies is one sentence, within its time and its bytes."""

import gzip
import os
import threading
from collections.abc import Iterator

import psutil
import pytest

from burnin_site.core.secrets import Secret
from drives.hosts import inventory_rest
from drives.hosts.edge import limits
from drives.hosts.edge.misfit import AnswerTooLong, AnswerUnfit
from drives.hosts.errors import HostError, HostTimedOut, HostUnreachable
from drives.hosts.inventory_rest import NoRestApi, RestInventory
from drives.hosts.rest_link import Deadline, unpacked
from drives.tests.hostile_rest import DEEDS, HostileRest

MEGABYTE = 2**20
GROWTH = 100 * MEGABYTE  # of a process that holds the hostile server as well
UNFIT = {
    "flood": AnswerTooLong,
    "gzip-bomb": AnswerTooLong,
    "odd-encoding": NoRestApi,
    "damaged-gzip": NoRestApi,
    "redirect": HostUnreachable,
    "garbage": NoRestApi,
    "deep": AnswerUnfit,
    "wide": AnswerTooLong,
    "many-drives": AnswerTooLong,
    "no-list": AnswerUnfit,
    "huge-numbers": AnswerUnfit,
}


@pytest.fixture
def api(request: pytest.FixtureRequest) -> Iterator[RestInventory]:
    server = HostileRest(request.param)
    yield RestInventory("nas-1", server.url, Secret("1-abc"), verify_tls=False)
    server.stop()


@pytest.mark.parametrize(("api", "kind"), UNFIT.items(), indirect=["api"])
def test_what_does_not_fit_is_one_sentence(api: RestInventory, kind: type[HostError]) -> None:
    before = psutil.Process(os.getpid()).memory_info().rss
    with pytest.raises(kind, match="nas-1") as error:
        api.read()
    assert str(error.value).isprintable()
    assert psutil.Process(os.getpid()).memory_info().rss - before < GROWTH


@pytest.mark.parametrize(
    "api", ["drip-body", "drip-headers", "drip-continues", "silent"], indirect=True, ids=lambda deed: str(deed)
)
def test_all_of_a_reading_ends_in_time_however_it_drips(api: RestInventory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TOTAL_S", 1.0)
    with pytest.raises(HostTimedOut, match="nas-1"):
        api.read()


@pytest.mark.parametrize("api", ["honest"], indirect=True)
def test_an_honest_answer_comes_through(api: RestInventory) -> None:
    assert api.read().disks[0].serial == "ZA1"


@pytest.mark.parametrize("api", ["nasty-texts"], indirect=True)
def test_nasty_texts_come_through_harmless(api: RestInventory) -> None:
    report = api.read()
    for disk in report.disks:
        assert (disk.serial + disk.model + "".join(use.message for use in disk.in_use)).isprintable()
    safe = [disk.serial for disk in report.disks if disk.in_use[0].code != "doubtful_identity"]
    assert safe == ["<script>alert(1)</script>"]  # a text like any other; pages escape it


@pytest.mark.parametrize("api", ["wrong-types"], indirect=True)
def test_a_wrong_value_in_any_field_is_a_host_error_or_harmless(api: RestInventory) -> None:
    for _ in range(40):
        try:
            report = api.read()
        except HostError:
            continue
        assert 0 <= report.disks[0].size_bytes < 2**63


def test_every_deed_of_the_server_was_tried() -> None:
    tried = {"drip-body", "drip-headers", "drip-continues", "silent", "honest", "nasty-texts", "wrong-types"}
    assert UNFIT.keys() | tried == DEEDS.keys()


def test_a_body_that_is_packed_honestly_is_unpacked() -> None:
    assert unpacked([gzip.compress(b"[1]")], "gzip", host_name="nas-1", most_bytes=10) == b"[1]"
    assert unpacked([b"[1", b"]"], "", host_name="nas-1", most_bytes=3) == b"[1]"


@pytest.mark.parametrize("size", [11, 10**6, 10**8])
def test_a_packed_body_counts_as_long_as_it_is_unpacked(size: int) -> None:
    with pytest.raises(AnswerTooLong):
        unpacked([gzip.compress(b" " * size)], "gzip", host_name="nas-1", most_bytes=10)


def test_a_deadline_leaves_no_thread_and_no_socket_behind() -> None:
    before = threading.active_count()
    server = HostileRest("honest")
    files = psutil.Process(os.getpid()).num_fds()
    for _ in range(5):
        RestInventory("nas-1", server.url, Secret("1-abc"), verify_tls=False).read()
    assert psutil.Process(os.getpid()).num_fds() <= files + 4
    server.stop()
    with Deadline(60):
        pass
    assert threading.active_count() <= before + 4
    assert inventory_rest.TRIES == 3
