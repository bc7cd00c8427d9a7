"""What was written into the audit stays as it was written."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from audit import actions
from audit import services as audit
from audit.models import AuditEvent

pytestmark = pytest.mark.django_db


def event() -> AuditEvent:
    return audit.record(action=actions.HOST_ARMED, actor=None, host_name="nas-1")


def test_it_refuses_to_change_a_row() -> None:
    event()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.update(note="nothing happened")
    assert AuditEvent.objects.get().note == ""


def test_it_refuses_to_delete_rows_past_the_model() -> None:
    event()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEvent.objects.all().delete()
    assert AuditEvent.objects.count() == 1


def test_it_refuses_to_be_emptied() -> None:
    event()
    emptying = {"sqlite": "DELETE FROM audit_auditevent", "postgresql": "TRUNCATE audit_auditevent"}
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(emptying[connection.vendor])
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", [1, 2])
def test_it_refuses_in_transactional_tests_too(round_: int) -> None:
    """Each round begins with an empty table and with the triggers in place."""
    assert not AuditEvent.objects.exists()
    event()
    with pytest.raises(IntegrityError, match="append-only"):
        AuditEvent.objects.all().delete()
