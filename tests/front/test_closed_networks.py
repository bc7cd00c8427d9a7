"""An address that is not allowed is refused by its headers: nothing of a body is waited for or kept."""

import pytest

from tests.browser.server import Server
from tests.front.wire import head, talk

BODY = "Content-Length: 60000"


@pytest.mark.parametrize(
    "sent",
    [
        head("POST", "/login", BODY),
        head("POST", "/api/auth/login", BODY) + b"half",
        head("PUT", "/", "Transfer-Encoding: chunked"),
        head("GET", "/ws/live", "Upgrade: websocket"),
        head("POST", "/nowhere", BODY, "Expect: 100-continue"),
        head("GET", "/", BODY, "X-Forwarded-For: 10.0.0.1"),
    ],
    ids=range(6),
)
def test_a_stranger_s_address_is_refused_before_its_body(closed: Server, sent: bytes) -> None:
    answer = talk(closed, sent)
    assert (answer.status, "ALLOWED_IPS" in answer.error) == (403, True)


def test_the_sign_of_life_is_open_and_a_trusted_proxy_is_believed(closed: Server) -> None:
    assert talk(closed, head("GET", "/healthz", "Connection: close")).status == 200
    for client, status in (("10.0.0.1", 200), ("11.0.0.1", 403), ("nonsense", 403)):
        asked = head("GET", "/login", f"X-Forwarded-For: {client}", "Connection: close")
        assert talk(closed, asked, source="127.0.0.9").status == status
