"""What is remembered of hosts that answer, and of those that do not."""

from datetime import UTC, datetime, timedelta

import pytest

from audit import actions
from audit.models import AuditEvent
from drives import services
from drives.hosts.connect import HostStopped
from drives.hosts.errors import HostError, HostKeyChanged, HostRefusedLogin, HostTimedOut, HostUnreachable, ToolMissing
from drives.models import Drive, Host

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def fail(host: Host, error: HostError, now: datetime = NOW) -> None:
    services.note_host_failed(asked=host, error=error, now=now)
    host.refresh_from_db()


def reach(host: Host) -> None:
    services.note_host_reached(host_id=host.pk, now=LATER)
    host.refresh_from_db()


def test_a_host_that_is_away_is_waited_for_since_the_first_time(host: Host) -> None:
    fail(host, HostUnreachable("nas-1 refuses connections."))
    fail(host, HostTimedOut("nas-1 does not answer."), LATER)
    assert (host.reachable, host.waiting_since, host.stopped) == (False, NOW, False)
    assert (host.error, host.error_code) == ("nas-1 does not answer.", "host_timed_out")


def test_a_host_that_answers_again_is_clean(host: Host) -> None:
    fail(host, HostUnreachable("nas-1 refuses connections."))
    reach(host)
    assert (host.reachable, host.waiting_since, host.error, host.error_code) == (True, None, "", "")


def test_a_host_that_lacks_something_is_not_waited_for(host: Host) -> None:
    fail(host, ToolMissing("python3 was not found on nas-1."))
    assert (host.reachable, host.waiting_since, host.stopped) == (True, None, False)


@pytest.mark.parametrize("error", [HostRefusedLogin("No."), HostKeyChanged("Other.", key="k", fingerprint="SHA256:x")])
def test_a_refused_login_or_another_key_stops_the_host(host: Host, error: HostError) -> None:
    fail(host, error)
    assert (host.stopped, host.error) == (True, str(error))
    assert host.host_key_offered == error.detail.get("fingerprint", "")
    (event,) = AuditEvent.objects.filter(event_type=actions.HOST_STOPPED)
    assert (event.operator_name, event.note) == ("", str(error))


def test_a_look_that_began_before_the_key_was_accepted_stops_nothing(host: Host) -> None:
    asked = Host.objects.get(pk=host.pk)
    Host.objects.filter(pk=host.pk).update(host_key="ssh-ed25519 AAAAaccepted")
    services.note_host_failed(asked=asked, error=HostRefusedLogin("Nobody has accepted the key yet."), now=NOW)
    host.refresh_from_db()
    assert (host.stopped, host.error) == (False, "")


def test_a_stopped_host_stays_stopped_with_its_first_reason(host: Host) -> None:
    fail(host, HostRefusedLogin("nas-1 did not accept the password."))
    fail(host, HostUnreachable("nas-1 is away."))
    fail(host, HostStopped("Work on nas-1 is stopped."))
    reach(host)
    assert (host.stopped, host.error) == (True, "nas-1 did not accept the password.")


def test_live_rows_are_renewed_only_by_news(host: Host) -> None:
    Drive.objects.create(host=host, serial="A")

    def versions() -> tuple[int, int]:
        return Host.objects.get().live_version, Drive.objects.get().live_version

    fail(host, HostUnreachable("nas-1 is away."))
    away = versions()
    fail(host, HostUnreachable("nas-1 is away."), LATER)
    assert versions() == away
    reach(host)
    back = versions()
    assert back[0] == back[1] > away[0]
    reach(host)
    assert versions() == back


def test_a_host_that_was_removed_meanwhile_does_no_harm(host: Host) -> None:
    services.note_host_failed(asked=Host(pk=host.pk + 99), error=HostUnreachable("Away."), now=NOW)
    services.note_host_reached(host_id=host.pk + 99, now=NOW)
