"""A TrueNAS that answers what a test tells it, on a loopback port."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "1-abcdef"
PREFIX = "/api/v2.0/"


class TrueNas:
    """`answers` maps a path to (status, body); a body that is text is sent as such. `asked` are the requests."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, Any]]] = {}
        self.asked: list[tuple[str, Any]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(size)) if size else None
                owner.asked.append((self.path, body))
                status, content = owner.answer(self.path, self.headers.get("Authorization", ""))
                text = content if isinstance(content, str) else json.dumps(content)
                self.send_response(status)
                if status in (302, 307):
                    self.send_header("Location", content)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def tell(self, path: str, *answers: tuple[int, Any]) -> None:
        """Answer this path so; the last answer stays."""
        self.answers[path] = list(answers)

    def answer(self, path: str, authorization: str) -> tuple[int, Any]:
        if authorization != f"Bearer {KEY}":
            return 401, "401: Unauthorized"
        waiting = self.answers.get(path.removeprefix(PREFIX))
        if not waiting:
            return 404, "404: Not Found"
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
