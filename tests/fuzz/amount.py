"""How many requests, and which: REQUESTS and SEED of the environment (`make fuzz`)."""

import os

IN_EVERY_TEST_RUN = 3000
ASKED_FOR = int(os.environ.get("REQUESTS", "0"))
REQUESTS = ASKED_FOR or IN_EVERY_TEST_RUN
SEED = os.environ.get("SEED", "0")


def share(routes: int) -> int:
    """Return how many requests each route gets."""
    return -(-REQUESTS // routes)
