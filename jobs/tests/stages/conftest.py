"""What the tests of all stages share."""

import pytest

from jobs.tests.stages.fake_host import FakeHost


@pytest.fixture
def host() -> FakeHost:
    """Return a host that says what a test has it say."""
    return FakeHost()
