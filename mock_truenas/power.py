"""The life of the pretend host: from switching on to a signal that cuts the power."""

import fcntl
import logging
import os
import signal
import socket
import threading
from ipaddress import ip_address
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from mock_truenas.faces import host_key
from mock_truenas.faces.debug_api import DebugApi
from mock_truenas.faces.http_server import HttpServer
from mock_truenas.faces.jobs import Jobs
from mock_truenas.faces.rest_api import RestApi
from mock_truenas.faces.ssh_server import USER, Logins, SshServer
from mock_truenas.processes import Processes, living_on
from mock_truenas.world import documents, host
from mock_truenas.world.place import Choices, Place

logger = logging.getLogger(__name__)


class Orders(NamedTuple):
    """How the person who starts the host wants it."""

    address: str
    http_port: int
    ssh_port: int
    api_key: str
    logins: Logins
    speed: float
    choices: Choices


class DataFolderInUse(Exception):
    """Another pretend host runs on the same data folder."""


def run(place: Place, orders: Orders) -> None:
    """Be the host until SIGTERM or SIGINT."""
    stop = threading.Event()

    def power_cut(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, power_cut)
    signal.signal(signal.SIGINT, power_cut)
    _take(place.folder)
    ready = place.folder / "ready.json"
    ready.unlink(missing_ok=True)
    processes = _switch_on(place, orders)
    http, ssh = _open_faces(place, orders, processes)
    _announce(place, orders, http=http, ssh=ssh)
    stop.wait()
    ready.unlink(missing_ok=True)
    ssh.stop()
    http.socket.close()
    processes.power_off()
    host.switch_off(place)
    # Threads may still hold connections of clients; a power cut does not wait for them.
    os._exit(0)


def _switch_on(place: Place, orders: Orders) -> Processes:
    choices = orders.choices
    still_up = bool(living_on(world_id=choices["world_id"]))
    host.switch_on(place, choices, speed=orders.speed, still_up=still_up)
    if still_up:
        logger.info("processes of the last run still live: the host never went down")
    processes = Processes(place)
    processes.adopt_orphans()
    return processes


def _open_faces(place: Place, orders: Orders, processes: Processes) -> tuple[HttpServer, SshServer]:
    jobs = Jobs(place)
    routes = RestApi(place, jobs).routes() + DebugApi(place, jobs, processes).routes()
    http = HttpServer((orders.address, orders.http_port), orders.api_key, routes)
    key = host_key.load_or_make(place.folder)
    ssh = SshServer((orders.address, orders.ssh_port), key, orders.logins, processes)
    http.start()
    ssh.start()
    return http, ssh


def _announce(place: Place, orders: Orders, *, http: HttpServer, ssh: SshServer) -> None:
    fingerprint = host_key.load_or_make(place.folder).fingerprint
    ready = {
        "http_port": http.port,
        "ssh_port": ssh.port,
        "api_key": orders.api_key,
        "ssh_user": USER,
        "ssh_password": orders.logins.password,
        "host_key_fingerprint": fingerprint,
        "pid": os.getpid(),
    }
    documents.write(place.folder / "ready.json", ready)
    if not ip_address(socket.gethostbyname(orders.address)).is_loopback:
        logger.warning("Who reaches %s and logs in can run commands as your user.", orders.address)
    where = f"http://{orders.address}:{http.port}, ssh {USER}@{orders.address} -p {ssh.port}"
    logger.info("The pretend host is ready: %s, host key %s", where, fingerprint)


def _take(folder: Path) -> None:
    """Hold the data folder until this process ends, however it ends."""
    handle = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DataFolderInUse(
            f"Another pretend host runs on {folder}. Stop it, or choose another --data-dir."
        ) from None
