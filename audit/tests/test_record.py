"""What a row of the audit says."""

import pytest
from django.contrib.auth.models import User

from audit import actions
from audit import services as audit
from audit.models import AuditEvent


def test_it_keeps_the_real_user_and_the_name_they_had(alice: User) -> None:
    row = audit.record(action=actions.HOST_ARMED, actor=alice, host_name="nas-1", data={"armed": True})
    alice.delete()
    row.refresh_from_db()
    assert (row.operator_name, row.host_name, row.data) == ("alice", "nas-1", {"armed": True})


@pytest.mark.django_db
def test_it_says_the_system_did_it_when_nobody_did() -> None:
    assert str(audit.record(action=actions.JOB_STUCK, actor=None, job_id=7)) == "job.stuck by the system"


@pytest.mark.django_db
def test_it_refuses_a_verb_that_is_not_declared() -> None:
    with pytest.raises(ValueError, match=r"audit\.actions"):
        audit.record(action="job.exploded", actor=None)
    assert not AuditEvent.objects.exists()


def test_every_verb_has_an_object_and_a_past_tense() -> None:
    assert all(verb.count(".") == 1 for verb in actions.ALL)
