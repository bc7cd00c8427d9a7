"""The HTTP face: JSON in, JSON out, a key for everything below /api."""

import hmac
import json
import logging
import re
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from mock_truenas.faces.http_problems import HttpProblem, bad_request, not_found

logger = logging.getLogger(__name__)
LARGEST_BODY = 1024 * 1024
IDLE_TIMEOUT_S = 120
API = "/api/"


class Request(NamedTuple):
    """What a caller asks."""

    query: dict[str, str]
    body: Any
    has_body: bool


Answer = Callable[..., Any]


class Route(NamedTuple):
    """A method and a path with named parts, and what answers it."""

    method: str
    path: re.Pattern[str]
    answer: Answer


def route(method: str, path: str, answer: Answer) -> Route:
    """Make a route; {name} in the path stands for one part of it."""
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
    return Route(method, re.compile(f"{pattern}/?"), answer)


class HttpServer(ThreadingHTTPServer):
    """Serves the routes, each request in a thread of its own."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], api_key: str, routes: list[Route]) -> None:
        self.api_key = api_key
        self.routes = routes
        super().__init__(address, Handler)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def start(self) -> None:
        """Answer requests from now on."""
        threading.Thread(target=self.serve_forever, name="http", daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: HttpServer
    protocol_version = "HTTP/1.1"
    server_version = "mock-truenas"
    sys_version = ""
    timeout = IDLE_TIMEOUT_S
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer a GET."""
        self._handle()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._handle()

    def do_PUT(self) -> None:
        """Answer a PUT: nothing here takes one."""
        self._handle()

    def do_DELETE(self) -> None:
        """Answer a DELETE: nothing here takes one."""
        self._handle()

    def log_message(self, format: str, *args: object) -> None:
        """Note each request, for who wants to see it."""
        logger.debug(format, *args)

    def handle(self) -> None:
        """Serve the connection; a caller who hangs up is nothing special."""
        try:
            super().handle()
        except (TimeoutError, ConnectionError):
            logger.debug("a caller hung up")

    def _handle(self) -> None:
        try:
            body = self._body()
            parts = urlsplit(self.path)
            if parts.path.startswith(API) and not self._has_key():
                self._send(HTTPStatus.UNAUTHORIZED, b"401: Unauthorized", "text/plain")
                return
            found, named = self._find(parts.path)
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            answer = found.answer(Request(query, _parsed(body), bool(body)), **named)
            self._send_json(HTTPStatus.OK, answer)
        except HttpProblem as problem:
            self._send_json(problem.status, problem.body)

    def _find(self, path: str) -> tuple[Route, dict[str, str]]:
        matches = [(one, one.path.fullmatch(path)) for one in self.server.routes]
        fitting = [(one, match) for one, match in matches if match]
        for one, match in fitting:
            if one.method == self.command:
                return one, match.groupdict()
        if fitting:
            allowed = ", ".join(one.method for one, _ in fitting)
            sentence = f"{path} takes {allowed}, not {self.command}."
            raise HttpProblem(HTTPStatus.METHOD_NOT_ALLOWED, {"message": sentence})
        raise not_found(f"There is nothing at {path}.")

    def _has_key(self) -> bool:
        given = self.headers.get("Authorization", "")
        wanted = f"Bearer {self.server.api_key}"
        return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            raise bad_request("Send the length of the body in Content-Length.")
        if int(length) > LARGEST_BODY:
            self.close_connection = True
            sentence = f"The body is larger than {LARGEST_BODY} bytes."
            raise HttpProblem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"message": sentence})
        return self.rfile.read(int(length))

    def _send_json(self, status: HTTPStatus, content: Any) -> None:
        self._send(status, json.dumps(content).encode(), "application/json")

    def _send(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def _parsed(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("The body is not JSON.") from None
