"""Starts the pretend host as its users do, and talks to both of its faces."""

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, NamedTuple

import paramiko
import requests

from mock_truenas.tests.waiting import wait_until

PACKAGE_PARENT = Path(__file__).resolve().parent.parent.parent
STEP_S = 20


class Result(NamedTuple):
    """What a command left."""

    code: int
    out: bytes
    err: bytes

    @property
    def json(self) -> Any:
        """The output as JSON."""
        return json.loads(self.out)


class PinnedKey(paramiko.MissingHostKeyPolicy):
    """Accepts the one host key that ready.json names."""

    def __init__(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        """Refuse every other key."""
        if key.fingerprint != self._fingerprint:
            raise paramiko.SSHException(f"{hostname} has the host key {key.fingerprint}.")


class RunningHost:
    """A pretend host running as a process of its own."""

    def __init__(self, folder: Path, *words: str, **environment: str) -> None:
        self.folder = folder
        (folder / "ready.json").unlink(missing_ok=True)
        ports = ("--http-port", "0", "--ssh-port", "0")
        self.process = subprocess.Popen(
            (sys.executable, "-m", "mock_truenas", "--data-dir", str(folder), *ports, *words),
            cwd=PACKAGE_PARENT,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            umask=0,
        )
        path = folder / "ready.json"
        wait_until(lambda: path.exists() or self.process.poll() is not None, "the host to be ready")
        self.ready: dict[str, Any] = json.loads(path.read_text())
        self.clients: list[paramiko.SSHClient] = []

    def url(self, path: str) -> str:
        """Give the address of a path."""
        return f"http://127.0.0.1:{self.ready['http_port']}{path}"

    def get(self, path: str, **query: Any) -> Any:
        """Read from the API with the right key."""
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None) -> Any:
        """Send to the API with the right key."""
        answer = self.call("POST", path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def call(self, method: str, path: str, **rest: Any) -> requests.Response:
        """Call the API with the right key and give the whole answer."""
        headers = {"Authorization": f"Bearer {self.ready['api_key']}"}
        return requests.request(method, self.url(path), headers=headers, timeout=STEP_S, **rest)

    def connect(self, **login: Any) -> paramiko.SSHClient:
        """Log in over SSH; with root's password unless told otherwise."""
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(PinnedKey(self.ready["host_key_fingerprint"]))
        way = socket.create_connection(("127.0.0.1", self.ready["ssh_port"]))
        way.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chosen = {"username": "root", "password": self.ready["ssh_password"], **login}
        client.connect("mock", sock=way, look_for_keys=False, allow_agent=False, **chosen)
        self.clients.append(client)
        return client

    def run(self, command: str, given: bytes = b"") -> Result:
        """Run a command over SSH and give what it left."""
        if not self.clients:
            self.connect()
        return run_on(self.clients[0], command, given)

    def smart(self, options: str, drive: str) -> Any:
        """Give smartctl's JSON."""
        return self.run(f"smartctl --json=co {options} /dev/{drive}").json

    def stop(self) -> None:
        """Cut the power."""
        for client in self.clients:
            client.close()
        self.process.terminate()
        assert self.process.wait(timeout=5) == 0


def run_on(client: paramiko.SSHClient, command: str, given: bytes = b"") -> Result:
    """Run a command on a connection: feed it while its output is read."""
    stdin, stdout, stderr = client.exec_command(command, timeout=STEP_S)

    def feed() -> None:
        stdin.write(given)
        stdin.channel.shutdown_write()

    feeder = threading.Thread(target=feed)
    feeder.start()
    out, err = stdout.read(), stderr.read()
    feeder.join(STEP_S)
    return Result(stdout.channel.recv_exit_status(), out, err)
