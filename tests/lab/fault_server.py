"""The disks of one fault file system, and the socket over which they are ordered."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.lab.faults import WrongFault
from tests.lab.faulty_disk import FaultyDisk
from tests.lab.store import SparseStore

PEEK_BYTES = 1 << 20


class DiskShelf:
    """Keep the disks by name, and by the handle under which the kernel has them open."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._disks: dict[str, FaultyDisk] = {}
        self._handles: list[FaultyDisk] = []
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """The names of the disks, in order."""
        return sorted(self._disks)

    def by_name(self, name: str) -> FaultyDisk | None:
        """The disk of that name."""
        return self._disks.get(name)

    def by_handle(self, handle: int | None) -> FaultyDisk:
        """The disk that was opened under that handle."""
        return self._handles[handle or 0]

    def handle_of(self, name: str) -> int | None:
        """The handle for opening the disk of that name."""
        disk = self._disks.get(name)
        return None if disk is None else self._handles.index(disk)

    def create(self, name: str, size: int) -> None:
        """Put a new, empty disk on the shelf."""
        if not name or "/" in name or name.startswith("."):
            raise WrongFault(f"{name!r} cannot be the name of a disk.")
        with self._lock:
            if name in self._disks:
                raise WrongFault(f"There is a disk {name} already.")
            disk = FaultyDisk(name, SparseStore(self._store / name, size))
            self._handles.append(disk)
            self._disks[name] = disk

    def delete(self, name: str) -> None:
        """Throw a disk away."""
        with self._lock:
            self._disks.pop(name).store.delete()

    def obey(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out one order; what is to be answered."""
        verb = order.get("op")
        if verb == "list":
            return {"disks": self.names()}
        if verb == "create":
            self.create(str(order["disk"]), int(order["size"]))
            return {}
        name = str(order.get("disk", ""))
        disk = self._disks.get(name)
        if disk is None:
            raise WrongFault(f"There is no disk {name!r}; there are {self.names()}.")
        if verb == "delete":
            self.delete(name)
            return {}
        return _obey_on(disk, order)


def _obey_on(disk: FaultyDisk, order: Mapping[str, Any]) -> dict[str, Any]:
    match order["op"]:
        case "fault":
            return {"id": disk.add(order)}
        case "stats":
            return disk.stats()
        case "checksum":
            return {"sha256": disk.store.checksum()}
        case "peek":
            data = bytearray(min(int(order["length"]), PEEK_BYTES))
            got = disk.store.read_into(memoryview(data), int(order["offset"]))
            return {"hex": data[:got].hex()}
        case "clear":
            number = order.get("id")
            disk.clear(None if number is None else int(number))
        case "fake":
            disk.fake(int(order["size"]), str(order["how"]))
        case "reset":
            disk.reset()
        case _:
            _change_gate(disk, order)
    return {}


def _change_gate(disk: FaultyDisk, order: Mapping[str, Any]) -> None:
    match order["op"]:
        case "offline":
            disk.gate.go_offline(str(order.get("error", "EIO")))
        case "hang":
            disk.gate.hang()
        case "online":
            disk.gate.come_online()
        case "limit":
            disk.gate.limit(int(order["bytes_per_second"]))
        case verb:
            raise WrongFault(f"Nobody knows the order {verb!r}.")


class _Orders(socketserver.StreamRequestHandler):
    """One JSON object per line in, one per line out."""

    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(json.dumps(self._answer(line)).encode() + b"\n")

    def _answer(self, line: bytes) -> dict[str, Any]:
        shelf: DiskShelf = self.server.shelf  # type: ignore[attr-defined]
        try:
            return {"ok": True, **shelf.obey(json.loads(line))}
        except (ValueError, KeyError, TypeError) as problem:
            return {"ok": False, "message": str(problem)}


class _OrderServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 128  # with more callers at once than that, a disk would seem to be gone

    def __init__(self, shelf: DiskShelf, path: Path) -> None:
        self.shelf = shelf
        super().__init__(str(path), _Orders)


def serve_orders(shelf: DiskShelf, path: Path) -> None:
    """Take orders on a socket for as long as the process lives."""
    server = _OrderServer(shelf, path)
    threading.Thread(target=server.serve_forever, daemon=True, name="orders").start()
