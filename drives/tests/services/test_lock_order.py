"""Rows are locked in one order everywhere: a host, the counter of changes, a drive. Another order is a deadlock."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from burnin_site.core.live.models import LiveCounter
from drives import services
from drives.models import Drive, Host


@pytest.fixture
def drive(host: Host) -> Drive:
    return Drive.objects.create(host=host, serial="ZA1", size_bytes=1 << 30)


def test_the_counter_is_taken_before_the_drive_that_somebody_writes_about(drive: Drive, alice: User) -> None:
    with CaptureQueriesContext(connection) as asked:
        services.change_drive(drive=drive, actor=alice, location="Bay 4")
    tables = [query["sql"] for query in asked.captured_queries]
    counter = next(place for place, sql in enumerate(tables) if LiveCounter._meta.db_table in sql)
    first = next(place for place, sql in enumerate(tables) if Drive._meta.db_table in sql)
    assert counter < first
