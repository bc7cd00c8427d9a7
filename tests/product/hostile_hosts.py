"""Hostile hosts in a running product: added over its API, watched, removed again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psutil
import requests

from burnin_site.supervisor.processes import Process
from drives.tests import hostile_rest, hostile_ssh
from drives.tests.hostile_rest import HostileRest
from drives.tests.hostile_ssh import HostileSsh
from tests.lab.waiting import wait_until
from tests.product.demo_run import DemoRun

SSH = tuple(deed for deed in hostile_ssh.DEEDS if deed != "honest")
REST = tuple(deed for deed in hostile_rest.DEEDS if deed != "honest")
PAGES = ("/", "/healthz", "/readyz", "/api/v1/hosts", "/api/v1/drives", "/api/v1/burnin", "/admin/drives/drive/")
MEGABYTE = 2**20


@dataclass
class Watch:
    """What was seen of the product while hosts misbehaved."""

    pages: int = 0
    slowest_s: float = 0.0
    peak: dict[str, int] = field(default_factory=dict)
    polls: set[str] = field(default_factory=set)


class HostileHosts:
    """One host for each way of misbehaving. Use it as a context manager."""

    def __init__(self, demo: DemoRun) -> None:
        self._demo = demo
        self._ssh = HostileSsh()
        self._rest = {deed: HostileRest(deed) for deed in REST}
        self._session = requests.Session()
        self.ids: list[int] = []

    def __enter__(self) -> HostileHosts:
        self.sign_in()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._ssh.stop()
        for server in self._rest.values():
            server.stop()

    def sign_in(self) -> None:
        login = {"username": self._demo.said("user"), "password": self._demo.password}
        self._send("POST", "/api/auth/login", login)

    def add(self, ssh: Sequence[str] = SSH, rest: Sequence[str] = REST) -> None:
        """Add the hosts and accept their keys."""
        way_in = {"ssh_host": "127.0.0.1", "ssh_port": self._ssh.port, "ssh_password": "x", "kind": "ssh"}
        for deed in ssh:
            host = self._send("POST", "/api/v1/hosts", {"name": f"ssh {deed}", "ssh_user": deed, **way_in})
            trust = {"fingerprint": self._ssh.host_key.fingerprint}
            self._send("POST", f"/api/v1/hosts/{host['id']}/trust-host-key", trust)
            self.ids.append(host["id"])
        for deed in rest:
            url = self._rest[deed].url
            host = {"name": f"rest {deed}", "kind": "truenas", "api_url": url, "api_key": "1-x", "verify_tls": False}
            self.ids.append(self._send("POST", "/api/v1/hosts", host)["id"])

    def remove(self) -> None:
        """Take them all out again."""
        for pk in self.ids:
            self._send("DELETE", f"/api/v1/hosts/{pk}")
        self.ids.clear()

    def hosts(self) -> dict[str, dict[str, Any]]:
        """Return the hosts by name, as the API shows them."""
        return {host["name"]: host for host in self._send("GET", "/api/v1/hosts?limit=200")["results"]}

    def watch(self, seconds: float) -> Watch:
        """Ask for every page again and again, and measure. Raises when one does not answer well."""
        seen, end = Watch(), time.monotonic() + seconds
        good = next(name for name, host in self.hosts().items() if host["simulated"])
        while time.monotonic() < end:
            for page in (*PAGES, *(f"/hosts/{pk}/group" for pk in self.ids[:3])):
                began = time.monotonic()
                answer = self._session.get(f"{self._demo.said('address')}{page}", timeout=60)
                assert answer.status_code in (200, 404), (page, answer.status_code, answer.text[:300])
                assert "Traceback" not in answer.text
                seen.pages += 1
                seen.slowest_s = max(seen.slowest_s, time.monotonic() - began)
            seen.polls.add(str(self.hosts()[good]["last_polled_at"]))
            for name, size in self.memory().items():
                seen.peak[name] = max(seen.peak.get(name, 0), size)
        return seen

    def memory(self) -> dict[str, int]:
        """Return the memory of scheduler and server, in bytes."""
        found = {"scheduler": self._demo.child("run_scheduler"), "server": self._demo.child("serve")}
        return {name: _resident(process) for name, process in found.items()}

    def all_said(self) -> bool:
        """Whether every hostile host shows something: its sentence, or its drives."""
        hosts = self.hosts()
        return all(host["error"] or host["last_polled_at"] for name, host in hosts.items() if not host["simulated"])

    def wait_until_all_said(self) -> None:
        wait_until(self.all_said, "every host shows what it is about", within_s=150, every_s=1)

    def _send(self, method: str, path: str, body: object = None) -> Any:
        token = self._session.cookies.get("csrftoken", "")
        address = self._demo.said("address")
        headers = {"X-CSRFToken": token, "Referer": f"{address}/"}
        answer = self._session.request(method, f"{address}{path}", json=body, timeout=120, headers=headers)
        assert answer.ok, (method, path, answer.status_code, answer.text[:500])
        return answer.json() if answer.content else None


def _resident(process: Process) -> int:
    return int(psutil.Process(process.pid).memory_info().rss)


def in_megabytes(sizes: dict[str, int]) -> str:
    """Return sizes for a person."""
    return ", ".join(f"{name} {size / MEGABYTE:.0f} MB" for name, size in sizes.items())
