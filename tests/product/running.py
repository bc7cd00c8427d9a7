"""The whole product as a person runs it: own processes, own data directory, used through its REST API."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

import psutil
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from tests.lab.waiting import wait_until

REPOSITORY = Path(__file__).resolve().parents[2]
USER, PASSWORD = "lab-admin", "burn-in-the-lab-7"
READY_S = 120


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Product:
    """`manage.py up` in a temporary data directory. Use it as a context manager."""

    def __init__(self, **environment: str) -> None:
        self.directory = Path(environment.get("DATA_DIR") or tempfile.mkdtemp(prefix="burnin-product-"))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
            "DATA_DIR": str(self.directory),
            "APP_HOST": "127.0.0.1",
            "APP_PORT": str(self.port),
            "INITIAL_ADMIN_USERNAME": USER,
            "INITIAL_ADMIN_PASSWORD": PASSWORD,
            "DJANGO_SETTINGS_MODULE": "burnin_site.settings",
            "POLL_INTERVAL_SECONDS": "5",
            **environment,
        }
        self.session = requests.Session()
        # The server closes a connection that was idle; a question that meets this is simply asked again.
        self.session.mount(self.url, HTTPAdapter(max_retries=Retry(total=3, backoff_factor=0.2)))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.manage("prepare")
        try:
            self.start()
            self.sign_in()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def manage(self, *words: str, timeout_s: float = 120) -> str:
        """Run a management command to its end; what it printed."""
        command = (sys.executable, str(REPOSITORY / "manage.py"), *words)
        done = subprocess.run(
            command,
            env=self.environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {words[0]} failed: {done.stdout}{done.stderr}")
        return done.stdout

    def spawn(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a further process of the product (a second worker, a second scheduler); the caller ends it."""
        command = (sys.executable, str(REPOSITORY / "manage.py"), *words)
        log = (self.directory / f"{words[0]}-extra.log").open("ab")
        return subprocess.Popen(
            command,
            env=self.environment,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def start(self) -> None:
        """Start everything and wait until pages are served."""
        command = (sys.executable, str(REPOSITORY / "manage.py"), "up")
        with (self.directory / "up.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env=self.environment,
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._answers, "the server answers", within_s=READY_S)

    def stop(self) -> None:
        """Stop everything as Ctrl-C does."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)

    @property
    def pid(self) -> int:
        """The supervisor."""
        assert self._process is not None
        return self._process.pid

    def forget_supervisor(self) -> None:
        """Reap a supervisor that was killed, so that it is gone and not a zombie."""
        process, self._process = self._process, None
        if process is not None:
            process.wait(timeout=10)

    def processes(self) -> list[psutil.Process]:
        """Every process of this installation, known by its data directory in the environment."""
        mine = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("DATA_DIR") == str(self.directory) and process.pid != os.getpid():
                    mine.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                continue
        return mine

    def sign_in(self) -> None:
        """Get a session cookie."""
        self.post("/api/auth/login", {"username": USER, "password": PASSWORD})

    def get(self, path: str) -> Any:
        """GET JSON; raises for anything but 2xx."""
        answer = self.session.get(self.url + path, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def send(self, method: str, path: str, body: object = None) -> requests.Response:
        """Send JSON and hand back the answer, whatever it is."""
        return self.session.request(method, self.url + path, json=body, timeout=60)

    def post(self, path: str, body: object = None) -> Any:
        """POST JSON; raises for anything but 2xx."""
        answer = self.send("POST", path, body)
        if not answer.ok:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        except requests.RequestException:
            return False
