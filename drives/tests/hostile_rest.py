"""A web server that misbehaves in place of a TrueNAS API."""

import json
import random
import threading
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from drives.tests.hostile_words import NASTY, WRONG, places, replaced

DRIP_S = 0.2
ROW = {
    "devname": "sda",
    "name": "sda",
    "serial": "ZA1",
    "size": 16 * 10**12,
    "lunid": "5000c500a1b2c3d4",
    "model": "ST16000",
    "bus": "ATA",
    "type": "HDD",
    "pool": None,
    "identifier": "{serial_lunid}ZA1",
}
Deed = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Does what its server was told to do."""

    server: "_Server"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.deed(self)

    do_POST = do_GET

    @property
    def goes_on(self) -> bool:
        return not self.server.stopping.is_set()

    def begin(self, **headers: str) -> None:
        self.send_response(200)
        for name, value in {"Connection": "close", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.close_connection = True

    def say(self, told: object, **headers: str) -> None:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.begin(Content_Length=str(len(body)), **headers)
        self.wfile.write(body)

    def drip(self, byte: bytes) -> None:
        while self.goes_on:
            self.wfile.write(byte)
            self.wfile.flush()
            self.server.stopping.wait(DRIP_S)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""

    @property
    def api_path(self) -> str:
        return self.path.rpartition("v2.0/")[2]


def flood(handler: Handler) -> None:
    handler.begin()
    while handler.goes_on:
        handler.wfile.write(b"x" * 65536)


def gzip_bomb(handler: Handler) -> None:
    """200 MB of blanks, then an empty list."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    body = b"".join(packer.compress(b" " * 2**20) for _ in range(200)) + packer.compress(b"[]") + packer.flush()
    handler.say(body, Content_Encoding="gzip")


def drip_body(handler: Handler) -> None:
    handler.begin()
    handler.drip(b" ")


def drip_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    handler.drip(b"x")


def drip_continues(handler: Handler) -> None:
    handler.drip(b"HTTP/1.1 100 Continue\r\n\r\n")


def silent(handler: Handler) -> None:
    while handler.goes_on:
        handler.server.stopping.wait(DRIP_S)


def endless_redirect(handler: Handler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "http://[")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def told(what: Callable[[Handler], object]) -> Deed:
    return lambda handler: handler.say(what(handler))


def disks(rows: Callable[[Handler], object]) -> Deed:
    """Answer honestly, but for the disks."""

    def answer(handler: Handler) -> None:
        honest = {"system/info": {"version": "TrueNAS-13.3"}, "boot/get_disks": ["sdb"]}
        handler.say(rows(handler) if handler.api_path == "disk" else honest.get(handler.api_path, {}))

    return answer


def wrong_somewhere(handler: Handler) -> object:
    dice = handler.server.dice
    return [replaced(ROW, dice.choice(places(ROW)), dice.choice(WRONG))]


DEEDS: dict[str, Deed] = {
    "honest": disks(lambda _: [ROW]),
    "flood": flood,
    "gzip-bomb": gzip_bomb,
    "drip-body": drip_body,
    "drip-headers": drip_headers,
    "drip-continues": drip_continues,
    "silent": silent,
    "redirect": endless_redirect,
    "garbage": told(lambda handler: handler.server.dice.randbytes(100_000)),
    "odd-encoding": lambda handler: handler.say(b"[]", Content_Encoding="br"),
    "damaged-gzip": lambda handler: handler.say(b"\x1f\x8b" + b"x" * 50, Content_Encoding="gzip"),
    "deep": told(lambda _: b"[" * 400_000),
    "wide": told(lambda _: b"[" + b"[]," * 2_500_000 + b"0]"),
    "many-drives": disks(lambda _: [{**ROW, "serial": f"S{number}"} for number in range(100_000)]),
    "no-list": disks(lambda _: {"disks": 5}),
    "huge-numbers": disks(lambda _: [{**ROW, "size": 2**70}]),
    "nasty-texts": disks(lambda _: [{**ROW, "serial": text, "model": text, "pool": text} for text in NASTY]),
    "wrong-types": disks(wrong_somewhere),
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, deed: Deed) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.deed = deed
        self.stopping = threading.Event()
        self.dice: random.Random = random.Random(7)  # noqa: S311

    def handle_error(self, *_: object) -> None:
        """A visitor that hangs up is what is wanted."""


class HostileRest:
    """Serves on a free loopback port. Stop it after use."""

    def __init__(self, deed: str) -> None:
        self._server = _Server(DEEDS[deed])
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self._server.stopping.set()
        self._server.shutdown()
        self._server.server_close()
