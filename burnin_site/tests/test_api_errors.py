"""Whatever goes wrong, the API answers with a sentence, a code and a detail."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError
from django.test import Client

from burnin_site.core import api_errors
from burnin_site.core.unreadable import TOO_LARGE
from jobs.api import queries

pytestmark = pytest.mark.django_db


def assert_shape(answer: Any, status: int, code: str) -> None:
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code)
    assert set(body) == {"error", "code", "detail"}
    assert body["error"]
    assert body["error"][0].isupper() or ":" in body["error"]
    assert isinstance(body["detail"], dict)
    assert "Traceback" not in answer.content.decode()


def test_nothing_there(sign_in: Any, vera: User) -> None:
    client = sign_in(vera)
    assert_shape(client.get("/api/v1/hosts/999"), 404, "not_found")
    assert client.get("/api/v1/hosts/999").json()["error"] == "There is no host 999."
    assert_shape(client.get(f"/api/v1/drives/{2**63}"), 404, "not_found")
    assert_shape(client.get("/api/v1/nonsense"), 404, "not_found")
    assert_shape(client.post("/api/nonsense"), 404, "not_found")


def test_no_such_page(sign_in: Any, vera: User) -> None:
    client = sign_in(vera)
    for page in ("0", "2", "x"):
        answer = client.get("/api/v1/drives", {"page": page})
        assert_shape(answer, 404, "not_found")
        assert "no such page" in answer.json()["error"]


def test_wrong_method(sign_in: Any, alice: User) -> None:
    answer = sign_in(alice).put("/api/v1/hosts")
    assert_shape(answer, 405, "method_not_allowed")
    assert "GET" in answer["Allow"]


def test_nobody_signed_in(client: Client) -> None:
    answer = client.get("/api/v1/hosts")
    assert_shape(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Token"


def test_malformed_json(sign_in: Any, bob: User) -> None:
    answer = sign_in(bob).post("/api/v1/burnin/start", data="{", content_type="application/json")
    assert_shape(answer, 400, "malformed")


@pytest.mark.parametrize("path", ["/api/v1/burnin/start", "/api/auth/login", "/api/auth/token"])
@pytest.mark.parametrize("sent", ["[" * 100_000, '{"a":' * 100_000])
def test_json_that_is_nested_without_end(sign_in: Any, bob: User, path: str, sent: str) -> None:
    assert_shape(sign_in(bob).post(path, data=sent, content_type="application/json"), 400, "malformed")


@pytest.mark.parametrize("path", ["/api/v1/burnin/start", "/api/auth/login", "/api/auth/token"])
def test_a_body_that_is_far_too_large(sign_in: Any, bob: User, path: str) -> None:
    sent = b'{"a": "' + b"x" * 30_000_000 + b'"}'
    answer = sign_in(bob).post(path, data=sent, content_type="application/json")
    assert_shape(answer, 413, "too_large")
    assert answer.json()["error"] == TOO_LARGE.sentence


def test_a_body_that_django_itself_finds_too_large() -> None:
    answer = api_errors.handle(RequestDataTooBig("too big"), {})
    assert (answer.status_code, answer.data["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["/api/v1/burnin/start", "/api/auth/login"])
@pytest.mark.parametrize("sent", ["[]", "null", "7", '"x"'])
def test_json_that_is_no_object(sign_in: Any, bob: User, path: str, sent: str) -> None:
    answer = sign_in(bob).post(path, data=sent, content_type="application/json")
    assert_shape(answer, 422, "invalid")
    assert answer.json()["error"] == "Send a JSON object."


@pytest.mark.parametrize("sent", ["[]", "null", "7", '"x"', "{}", '{"drive_ids": []}', '{"drive_ids": ["a"]}'])
def test_json_that_makes_no_sense_here(sign_in: Any, bob: User, sent: str) -> None:
    answer = sign_in(bob).post("/api/v1/burnin/start", data=sent, content_type="application/json")
    assert_shape(answer, 422, "invalid")


def test_a_form_instead_of_json(sign_in: Any, bob: User) -> None:
    answer = sign_in(bob).post("/api/v1/burnin/start", data={"drive_ids": "1"})
    assert_shape(answer, 415, "unsupported_media_type")


def test_a_name_it_does_not_know(sign_in: Any, bob: User) -> None:
    sent = {"drive_ids": [1], "run_surfaces": False}
    answer = sign_in(bob).post("/api/v1/burnin/start", data=sent, content_type="application/json")
    assert_shape(answer, 422, "invalid")
    assert answer.json()["detail"] == {"fields": {"run_surfaces": ["There is no such field."]}}


def test_what_nobody_expected_is_told_without_its_insides(
    sign_in: Any, vera: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("the secret sauce is 42")

    monkeypatch.setattr(queries, "drives", broken)
    answer = sign_in(vera).get("/api/v1/drives")
    assert_shape(answer, 500, "server_error")
    assert "sauce" not in answer.content.decode()
    assert "secret sauce" in caplog.text


def test_a_page_that_is_not_there_is_a_page(client: Client) -> None:
    assert client.get("/nonsense")["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("[" * 100, "nested too deeply"),
        ('{"a": NaN}', "a number that is none"),
        (r'{"\ud800": 1}', "characters that are none"),
    ],
)
def test_json_that_cannot_be_used_is_refused_with_what_is_wrong(sign_in: Any, bob: User, sent: str, words: str) -> None:
    whole = sent + "]" * 100 if sent.startswith("[") else sent
    answer = sign_in(bob).post("/api/v1/burnin/start", data=whole, content_type="application/json")
    assert_shape(answer, 400, "malformed")
    assert words in answer.json()["error"]


def test_a_broken_off_request_is_no_fault_of_ours() -> None:
    answer = api_errors.handle(UnreadablePostError("gone"), {})
    assert (answer.status_code, answer.data["code"]) == (400, "malformed")
