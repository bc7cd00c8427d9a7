"""Posts JSON to the address that an admin set."""

import logging
from typing import Any

import requests

logger = logging.getLogger(__name__)
TIMEOUT_S = 10


def post(url: str, payload: dict[str, Any]) -> bool:
    """Post once; say whether the other side accepted it. A failure is logged, never raised."""
    try:
        answer = requests.post(url, json=payload, timeout=TIMEOUT_S)
        answer.raise_for_status()
    except requests.RequestException as error:
        # The class only: the text of the error can hold the address, and addresses of webhooks are secrets.
        logger.warning("The webhook was not accepted: %s", type(error).__name__)
        return False
    return True
