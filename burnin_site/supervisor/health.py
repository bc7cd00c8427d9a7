"""Whether a web server answers. Asked from a thread, so that a server that hangs never holds up the supervisor."""

import http.client
import threading
from time import monotonic
from urllib.parse import urlsplit

EVERY_S = 5.0
WHILE_STARTING_S = 0.5
# Generous: on a machine that is too busy to answer in time, a restart costs the most of all
TIMEOUT_S = 10.0
START_LIMIT_S = 180.0
FAILURES = 6


def answers(url: str, *, timeout_s: float = TIMEOUT_S) -> bool:
    """Return whether anything that is not a server error came back.

    A refusal (the caller's address is not allowed, say) is a sign of life too.
    """
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=timeout_s)
    try:
        connection.request("GET", address.path or "/", headers={"Host": "localhost"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class HealthWatch:
    """Follows one start of one server until it is told to stop."""

    def __init__(self, url: str, *, every_s: float = EVERY_S, start_limit_s: float = START_LIMIT_S) -> None:
        self._url = url
        self._every_s = every_s
        self._start_limit_s = start_limit_s
        self._began = monotonic()
        self._stopped = threading.Event()
        self.failures = 0
        self.answered = False
        threading.Thread(target=self._follow, name=f"health {url}", daemon=True).start()

    def stop(self) -> None:
        """Ask no more."""
        self._stopped.set()

    def complaint(self) -> str:
        """Return why the server should be restarted, or nothing."""
        if self.answered and self.failures >= FAILURES:
            return f"It did not answer {FAILURES} times in a row."
        if not self.answered and monotonic() - self._began > self._start_limit_s:
            return f"It did not answer within {self._start_limit_s:.0f} seconds of its start."
        return ""

    def _follow(self) -> None:
        while not self._stopped.wait(self._every_s if self.answered else min(WHILE_STARTING_S, self._every_s)):
            if answers(self._url):
                self.answered, self.failures = True, 0
            else:
                self.failures += 1
