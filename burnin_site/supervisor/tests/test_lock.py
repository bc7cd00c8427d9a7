"""One supervisor per data directory."""

import signal

from burnin_site.supervisor.tests.rehearsal import Rehearsal


def test_a_second_supervisor_on_the_same_data_directory_refuses_with_a_sentence(rehearsal: Rehearsal) -> None:
    first = rehearsal.start(rehearsal.family())
    parent = rehearsal.member("parent")
    second = rehearsal.start(rehearsal.family())
    output, _ = second.communicate(timeout=15)
    assert second.returncode == 1
    assert f"already runs on {rehearsal.folder} (process {first.pid}). Stop it first" in output
    assert parent.is_alive()


def test_a_killed_supervisor_does_not_keep_the_lock(rehearsal: Rehearsal) -> None:
    first = rehearsal.start(rehearsal.family())
    parent = rehearsal.member("parent")
    first.send_signal(signal.SIGKILL)
    first.wait(timeout=15)
    rehearsal.start(rehearsal.family())
    assert rehearsal.member("parent", other_than=parent).is_alive()
