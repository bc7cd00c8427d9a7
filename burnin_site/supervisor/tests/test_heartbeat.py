"""When silence means that a cluster is wedged, and when it does not."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from burnin_site.supervisor.heartbeat import Beat, HeartbeatWatch

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass
class World:
    """A clock turned by hand, and nodes that beat or fall silent."""

    seconds: float = 0.0
    beats: dict[str, Beat] = field(default_factory=dict)
    tasks_wait: bool = True

    def __post_init__(self) -> None:
        self.watch = HeartbeatWatch("a", clock=lambda: self.seconds)

    @property
    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def pass_time(self, seconds: float, *, beating: tuple[str, ...] = ()) -> str:
        """Let time pass in steps of two seconds; return the first complaint."""
        end = self.seconds + seconds
        while self.seconds < end:
            self.seconds += 2
            self.beats.update({node: Beat(self.now) for node in beating})
            if complaint := self.watch.complaint(self.beats, tasks_wait=self.tasks_wait, now=self.now):
                return complaint
        return ""


def test_a_beating_node_is_well() -> None:
    assert World().pass_time(600, beating=("a",)) == ""


def test_a_node_that_falls_silent_while_tasks_wait_is_reported() -> None:
    world = World()
    world.pass_time(60, beating=("a",))
    assert world.pass_time(20) == ""
    assert "although there is work" in world.pass_time(10)


def test_a_new_cluster_has_time_to_start() -> None:
    world = World()
    assert world.pass_time(24) == ""
    world.watch.cluster_started()
    assert world.pass_time(24) == ""


def test_a_cluster_that_starts_too_slowly_gets_more_time_at_each_start() -> None:
    world = World()
    patience = []
    for _ in range(7):
        world.watch.cluster_started()
        started = world.seconds
        assert world.pass_time(1000)
        patience.append(round((world.seconds - started) / 25))
    assert patience == [1, 2, 4, 8, 16, 16, 16]


def test_a_cluster_that_has_worked_is_given_no_more_time_than_before() -> None:
    world = World()
    for _ in range(3):
        world.watch.cluster_started()
        world.pass_time(1000)
    world.watch.cluster_started()
    world.pass_time(20, beating=("a",))
    assert "26 s" in world.pass_time(60)
    world.watch.cluster_started()
    assert "26 s" in world.pass_time(60)


def test_a_cluster_that_never_did_anything_is_reported() -> None:
    assert World().pass_time(40) != ""


def test_silence_proves_nothing_while_nothing_waits() -> None:
    world = World(tasks_wait=False)
    world.pass_time(60, beating=("a",))
    assert world.pass_time(600) == ""


def test_silence_counts_only_from_the_moment_there_is_work_again() -> None:
    world = World(tasks_wait=False)
    world.pass_time(600)
    world.tasks_wait = True
    assert world.pass_time(20) == ""


def test_a_wedged_node_is_found_although_another_node_empties_the_queue() -> None:
    world = World(tasks_wait=False)
    world.pass_time(60, beating=("a", "b"))
    assert world.pass_time(120, beating=("b",)) != ""


def test_with_more_nodes_a_beat_may_take_longer() -> None:
    world = World()
    world.pass_time(60, beating=("a", "b", "c"))
    assert world.pass_time(60, beating=("b", "c")) == ""
    assert world.pass_time(30, beating=("b", "c")) != ""


def test_a_busy_node_is_given_the_time_of_a_task() -> None:
    world = World()
    world.pass_time(60, beating=("a",))
    world.beats["a"] = Beat(world.now, busy_until=world.now + timedelta(seconds=45))
    assert world.pass_time(44) == ""


def test_a_wall_clock_that_jumps_does_not_look_like_silence() -> None:
    world = World()
    world.pass_time(60, beating=("a",))
    world.beats["a"] = Beat(world.now - timedelta(hours=3))
    assert world.pass_time(20) == ""


def test_time_in_which_nobody_could_look_does_not_count() -> None:
    world = World()
    world.pass_time(60, beating=("a",))
    world.seconds += 300
    assert world.pass_time(20) == ""
