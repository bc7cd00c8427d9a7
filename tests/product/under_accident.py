"""A burn-in in the middle of its surface while something around the product goes wrong, and what must come of it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from time import monotonic
from typing import Any

import requests

from tests.lab.disks import LabDisk
from tests.lab.lab import Lab
from tests.lab.waiting import wait_until
from tests.product.badblocks_seen import Recorder, badblocks_of
from tests.product.bench_host import BenchHost
from tests.product.running import PASSWORD, USER, Product

SLOW_BPS = 8 * 2**20


class UnderAccident:
    """One burn-in on a slow disk, known by the one process that works on it."""

    def __init__(self, bench: BenchHost, lab: Lab, disk: LabDisk, *, slow_bps: int = SLOW_BPS) -> None:
        self.bench, self.disk, self._recorder = bench, disk, Recorder.install(lab)
        disk.limit(slow_bps)
        self.job_id = bench.start(disk)[0]
        bench.wait_for_bytes(self.job_id, 0.01)
        self._engine = badblocks_of(disk)
        assert self._engine

    def still_works(self) -> None:
        """Expect that the run on the host was not touched."""
        assert badblocks_of(self.disk) == self._engine

    def bytes_seen(self) -> int:
        """Return how far the product knows it to be."""
        return int(self.bench.stage(self.job_id)["bytes_done"])

    def moves(self, within_s: float) -> None:
        """Wait until the product sees that it goes on."""
        before = self.bytes_seen()
        wait_until(lambda: self.bytes_seen() > before, "it is seen to go on", within_s=within_s, every_s=0.5)

    def ends_well(self, within_s: float = 120) -> None:
        """Let it come to its end: passed, each pattern started once, and the one job there ever was."""
        self.disk.limit(0)
        job = self.bench.wait_for(self.job_id, within_s=within_s)
        assert (job["state"], job["error_text"]) == ("passed", "")
        starts = self._recorder.starts(self.disk.device)
        assert len(starts) == len(set(starts)) == 4, starts


@contextmanager
def database_locked(product: Product) -> Iterator[None]:
    """Hold the database's write lock."""
    with closing(sqlite3.connect(product.directory / "app.db", timeout=60, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def ready(product: Product) -> dict[str, Any]:
    """Return what /readyz says, with its status; nothing while the server is away."""
    with suppress(requests.RequestException):
        answer = requests.get(f"{product.url}/readyz", timeout=30)
        return {"status": answer.status_code, **answer.json()}
    return {}


def becomes(product: Product, code: str, within_s: float = 30) -> None:
    """Wait until /readyz names this accident; empty: that there is none."""
    wait_until(
        lambda: ready(product).get("code", "" if ready(product).get("ok") else "?") == code,
        f"/readyz says {code or 'ok'}",
        within_s=within_s,
        every_s=0.5,
    )


def seconds_pass(seconds: float, meanwhile: Callable[[], object]) -> None:
    """Let an accident last for so long, and look at something again and again."""
    end = monotonic() + seconds

    def over() -> bool:
        meanwhile()
        return monotonic() >= end

    wait_until(over, "it lasts", within_s=seconds + 60, every_s=2)


def refuses(product: Product, code: str, *, signs_in: bool = True) -> None:
    """Expect a write to be refused in one sentence, by the API and on a page, while signs of life and files go on."""
    said = product.send("POST", "/api/auth/token", {"username": USER, "password": PASSWORD})
    assert (said.status_code, said.json().get("code")) == (503, code), said.text
    assert said.headers["Retry-After"]
    page = _signing_in(product) if signs_in else requests.get(f"{product.url}/login", timeout=30)
    assert page.status_code == 503, page.text[:500]
    assert "Burn-ins that run go on" in page.text
    assert requests.get(f"{product.url}/healthz", timeout=30).ok
    sheet = re.search(r'/static/[^"]+\.css', page.text)
    assert sheet
    assert requests.get(product.url + sheet.group(), timeout=30).ok


def _signing_in(product: Product) -> requests.Response:
    """Return what a person gets who signs in at the login page."""
    with requests.Session() as person:
        form = person.get(f"{product.url}/login", timeout=30)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
        assert token
        values = {"csrfmiddlewaretoken": token.group(1), "username": USER, "password": PASSWORD}
        return person.post(f"{product.url}/login", data=values, timeout=60)


def logs(product: Product) -> str:
    """Return what all processes have said."""
    return "".join(path.read_text(errors="replace") for path in sorted((product.directory / "logs").glob("*.log")))
