"""(h) What is left for the people who are signed in while strangers do their worst.

The strangers run beside it on the same machine, in processes of the lowest priority: what is measured is how the server
holds, not how well the machine shares its processors out.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import psutil
import requests

from tests.bench.figures import Figure, percentile
from tests.browser.server import PASSWORD, Server

CALM_S, STORM_S, AFTER_S = 10.0, 40.0, 60.0
STORMS = {"bodies": 8, "sign_ins": 60, "silent": 200, "flooding": 200, "slow": 100}
PAGES = ("/", "/api/v1/drives", "/api/v1/hosts", "/jobs/1/")
GIVE_UP_S = 30.0
MIB = 1024 * 1024


class Probe(threading.Thread):
    """Asks again and again and notes how long each answer took; no answer counts as GIVE_UP_S."""

    def __init__(self, server: Server, cookie: str, paths: tuple[str, ...], pause_s: float) -> None:
        super().__init__(daemon=True)
        self._server, self._cookie, self._paths, self._pause_s = server, cookie, paths, pause_s
        self._over = threading.Event()
        self.took: list[float] = []
        self.refused: list[str] = []

    def run(self) -> None:
        """Ask until it is over."""
        number = 0
        while not self._over.wait(self._pause_s):
            path = self._paths[number % len(self._paths)]
            began = time.monotonic()
            number += 1
            try:
                status = self._ask(path)
            except (OSError, http.client.HTTPException) as error:
                self.refused.append(f"{path}: {error!r}")
                self.took.append(GIVE_UP_S)
                continue
            self.took.append(time.monotonic() - began)
            if status != 200:
                self.refused.append(f"{path}: {status}")
                self.took[-1] = GIVE_UP_S

    def _ask(self, path: str) -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=GIVE_UP_S)) as connection:
            connection.request("GET", path, headers={"Cookie": self._cookie} if self._cookie else {})
            answer = connection.getresponse()
            answer.read()
            return answer.status

    def finish(self) -> list[float]:
        """Stop; the seconds of all answers."""
        self._over.set()
        self.join()
        return self.took


class Memory(threading.Thread):
    """Watches the memory of the server."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self._process = psutil.Process(server.pid)
        self._over = threading.Event()
        self.peak = 0.0

    @property
    def now(self) -> float:
        """The resident size in MiB."""
        return float(self._process.memory_info().rss) / MIB

    @property
    def cpu_s(self) -> float:
        """The processor time it has used."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def run(self) -> None:
        """Look ten times a second."""
        while not self._over.wait(0.1):
            self.peak = max(self.peak, self.now)

    def finish(self) -> None:
        """Stop looking."""
        self._over.set()
        self.join()


def measure() -> list[Figure]:
    """Return how long signs of life and pages took under all attacks at once, and the memory of the server in MiB."""
    with tempfile.TemporaryDirectory(prefix="burnin-hold-") as folder:
        server = Server(Path(folder))
        server.prepare()
        server.start()
        try:
            return _measure(server)
        finally:
            server.close()


def _measure(server: Server) -> list[Figure]:
    cookie = sign_in(server, "bob")
    memory = Memory(server)
    calm_alive, calm_pages = _look(server, cookie, seconds=CALM_S)
    before, used = memory.now, memory.cpu_s
    memory.start()
    storms = [_storm(kind, count, server.url, cookie) for kind, count in STORMS.items()]
    alive, pages = _look(server, cookie, seconds=STORM_S)
    used = memory.cpu_s - used
    for storm in storms:
        sys.stderr.write(storm.communicate(timeout=60)[0])
    time.sleep(AFTER_S)
    memory.finish()
    return [
        Figure(f"(h) p99 of {len(alive)} signs of life under attack, s", percentile(alive, 0.99), 1.0),
        Figure(f"(h) p95 of {len(pages)} pages of a person who is signed in, s", percentile(pages, 0.95), 2.0),
        Figure(f"(h) the same {len(calm_alive)} signs of life before, s", percentile(calm_alive, 0.99)),
        Figure(f"(h) the same {len(calm_pages)} pages before, s", percentile(calm_pages, 0.95)),
        Figure("(h) processors that the server was given under attack", used / STORM_S),
        Figure("(h) peak memory of the server, MiB", memory.peak, 350.0),
        Figure("(h) memory a minute later above before, MiB", memory.now - before, 50.0),
    ]


def _look(server: Server, cookie: str, *, seconds: float) -> tuple[list[float], list[float]]:
    alive = Probe(server, "", ("/healthz",), pause_s=0.05)
    pages = [Probe(server, cookie, PAGES, pause_s=0.2) for _ in range(2)]
    probes = [alive, *pages]
    for probe in probes:
        probe.start()
    time.sleep(seconds)
    took = [probe.finish() for probe in probes]
    for line in sorted({line for probe in probes for line in probe.refused}):
        sys.stderr.write(f"refused: {line}\n")
    return took[0], [each for found in took[1:] for each in found]


def _storm(kind: str, count: int, url: str, cookie: str) -> subprocess.Popen[str]:
    """Begin an attack. The sockets are a signed-in person's: those of a stranger are closed before they do anything."""
    words = [kind, url, str(count), str(STORM_S)]
    words += [cookie] if kind in ("silent", "flooding") else []
    command = [sys.executable, "-m", "tests.bench.storm", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def sign_in(server: Server, name: str) -> str:
    """Return the cookie of a person of the seeded database."""
    with requests.Session() as session:
        credentials = {"username": name, "password": PASSWORD}
        session.post(f"{server.url}/api/auth/login", json=credentials, timeout=30).raise_for_status()
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)
