"""The whole product against the lab: one of each for the session."""

from collections.abc import Iterator

import pytest

from tests.lab.fixtures import lab, lab_disk
from tests.lab.lab import Lab
from tests.product.bench_host import BenchHost
from tests.product.running import Product

__all__ = ["lab", "lab_disk"]


@pytest.fixture(scope="session")
def product(lab: Lab) -> Iterator[Product]:
    """Yield the running product; asks for the lab first, so that without one nothing is started."""
    with Product() as running:
        yield running


@pytest.fixture(scope="session")
def bench(product: Product, lab: Lab) -> BenchHost:
    """Return the lab's host, added to the product, trusted and armed."""
    return BenchHost(product, lab)
