"""Posts JSON to the address that an admin set."""

import logging
from typing import Any

import requests

logger = logging.getLogger(__name__)
TIMEOUT_S = 10


def post(url: str, payload: dict[str, Any]) -> bool:
    """Post once; say whether the other side accepted it. A failure is logged, never raised."""
    try:
        # What is told is meant for this address, and not for where it points on to. What it answers beyond the status
        # is nobody's business here: it is not read, however long it is.
        with requests.post(url, json=payload, timeout=TIMEOUT_S, allow_redirects=False, stream=True) as answer:
            answer.raise_for_status()
    except (requests.RequestException, ValueError) as error:  # ValueError: a host name that no library can encode
        # The class only: the text of the error can hold the address, and addresses of webhooks are secrets.
        logger.warning("The webhook was not accepted: %s", type(error).__name__)
        return False
    if answer.is_redirect:
        logger.warning("The webhook was not accepted: it points to another address. Enter that one.")
    return not answer.is_redirect
