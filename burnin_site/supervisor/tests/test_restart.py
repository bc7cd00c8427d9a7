"""What ends is started again, and takes what it left behind with it."""

import signal
import sys

from burnin_site.supervisor import processes
from burnin_site.supervisor.backoff import Backoff
from burnin_site.supervisor.program import Program
from burnin_site.supervisor.tests.rehearsal import Rehearsal
from tests.lab.waiting import wait_until


def test_it_restarts_a_killed_program(rehearsal: Rehearsal) -> None:
    rehearsal.start(rehearsal.family())
    first = rehearsal.member("parent")
    first.send(signal.SIGKILL)
    second = rehearsal.member("parent", other_than=first)
    assert second.is_alive()


def test_it_kills_the_orphans_of_a_dead_program_before_it_starts_it_again(rehearsal: Rehearsal) -> None:
    rehearsal.start(rehearsal.family())
    parent, child = rehearsal.member("parent"), rehearsal.member("child")
    parent.send(signal.SIGKILL)
    rehearsal.member("parent", other_than=parent)
    assert not child.is_alive()


def test_the_other_programs_stay_untouched(rehearsal: Rehearsal) -> None:
    rehearsal.start(rehearsal.family("family"), rehearsal.family("neighbours"))
    neighbour = rehearsal.member("parent", name="neighbours")
    first = rehearsal.member("parent")
    first.send(signal.SIGKILL)
    rehearsal.member("parent", other_than=first)
    assert neighbour.is_alive()


def test_it_leaves_no_zombie_of_a_restarted_program(rehearsal: Rehearsal) -> None:
    supervisor = rehearsal.start(rehearsal.family())
    first = rehearsal.member("parent")
    first.send(signal.SIGKILL)
    second = rehearsal.member("parent", other_than=first)
    child = rehearsal.member("child")
    assert processes.descendants(supervisor.pid) == [second, child]


def test_a_program_that_keeps_ending_is_started_again_and_again(rehearsal: Rehearsal) -> None:
    line = "import sys, pathlib; pathlib.Path(sys.argv[1]).open('a').write('x')"
    counter = rehearsal.folder / "starts"
    rehearsal.start(Program("brief", (sys.executable, "-c", line, str(counter))))
    wait_until(lambda: counter.exists() and len(counter.read_text()) >= 3, "it started three times")


def test_a_command_that_does_not_exist_does_not_end_the_supervisor(rehearsal: Rehearsal) -> None:
    rehearsal.start(Program("missing", ("/nonexistent/program",)), rehearsal.family())
    assert rehearsal.member("parent").is_alive()


def test_the_pause_grows_to_15_seconds() -> None:
    backoff = Backoff()
    assert [backoff.next_delay(lived_s=1) for _ in range(7)] == [0.5, 1, 2, 4, 8, 15, 15]


def test_the_pause_is_short_again_after_half_a_minute_of_life() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.next_delay(lived_s=1)
    assert backoff.next_delay(lived_s=30) == 0.5
