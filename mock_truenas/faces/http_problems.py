"""Why a request is not answered as asked, said in one sentence."""

from http import HTTPStatus
from typing import Any


class HttpProblem(Exception):
    """A request that gets a status of 400 and above."""

    def __init__(self, status: HTTPStatus, body: Any) -> None:
        super().__init__(f"{int(status)}: {body}")
        self.status = status
        self.body = body


def not_found(sentence: str) -> HttpProblem:
    """There is no such thing."""
    return HttpProblem(HTTPStatus.NOT_FOUND, {"message": sentence})


def refused(sentence: str) -> HttpProblem:
    """It is there, but this cannot be done with it."""
    return HttpProblem(HTTPStatus.UNPROCESSABLE_ENTITY, {"message": sentence, "errno": 22})


def invalid(field: str, sentence: str) -> HttpProblem:
    """A field of the request is wrong; in the shape TrueNAS gives it."""
    body = {field: [{"message": sentence, "errno": 22}]}
    return HttpProblem(HTTPStatus.UNPROCESSABLE_ENTITY, body)


def bad_request(sentence: str) -> HttpProblem:
    """The request cannot be read."""
    return HttpProblem(HTTPStatus.BAD_REQUEST, {"message": sentence})
