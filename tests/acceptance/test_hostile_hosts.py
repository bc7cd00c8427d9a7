"""Beside hosts that flood, drip, lie and keep silent every page answers, the good one is watched, and memory stays."""

import time
from collections.abc import Iterator

import pytest

from tests.lab.waiting import wait_until
from tests.product.demo_run import DemoRun
from tests.product.hostile_hosts import MEGABYTE, HostileHosts, in_megabytes

ROUNDS = 3
HOSTILE_S = 75.0  # longer than any of them is listened to
QUIET_S = 60.0
MOST_GROWTH = 100 * MEGABYTE
MOST_KEPT = 50 * MEGABYTE
NO_RISE = 12 * MEGABYTE  # from the second round to the third: what two looks at the same process may differ in


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoRun]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLL_INTERVAL_SECONDS", "5")
        run = DemoRun(tmp_path_factory.mktemp("hostile"))
        run.start()
        yield run
        run.end()


@pytest.fixture
def hostile(demo: DemoRun) -> Iterator[HostileHosts]:
    with HostileHosts(demo) as hosts:
        wait_until(lambda: any(host["last_polled_at"] for host in hosts.hosts().values()), "the good host is watched")
        yield hosts


def test_beside_a_handful_every_page_answers_and_each_shows_one_sentence(hostile: HostileHosts) -> None:
    hostile.add(ssh=("flood", "garbage", "wide", "nasty-texts", "many-drives"), rest=("gzip-bomb", "deep"))
    hostile.wait_until_all_said()
    seen = hostile.watch(10)
    assert len(seen.polls) >= 2
    shown = hostile.hosts()
    for name in ("ssh flood", "ssh garbage", "ssh wide", "ssh many-drives", "rest gzip-bomb", "rest deep"):
        assert name.partition(" ")[0] in shown[name]["error"], shown[name]
        assert shown[name]["error"].isprintable()
        assert shown[name]["error"].count(". ") <= 1
    assert shown["ssh nasty-texts"]["reachable"]
    hostile.remove()


@pytest.mark.soak
def test_memory_comes_back_three_times_without_a_rise(hostile: HostileHosts) -> None:
    hostile.watch(20)
    before = hostile.memory()
    print(f"before: {in_megabytes(before)}")
    kept = [_round(hostile, number, before) for number in range(ROUNDS)]
    for name in before:
        assert kept[2][name] - kept[1][name] <= NO_RISE, f"{name} grows from round to round"


def _round(hostile: HostileHosts, number: int, before: dict[str, int]) -> dict[str, int]:
    hostile.add()
    seen = hostile.watch(HOSTILE_S)
    hostile.wait_until_all_said()
    print(f"round {number + 1}: peak {in_megabytes(seen.peak)}; {seen.pages} pages, slowest {seen.slowest_s:.1f} s")
    assert len(seen.polls) >= HOSTILE_S / 5 / 3  # the good host is looked at every five seconds
    assert sum(bool(host["error"]) for host in hostile.hosts().values()) >= 30
    hostile.remove()
    end = time.monotonic() + QUIET_S
    wait_until(lambda: time.monotonic() > end, "a minute has passed", within_s=2 * QUIET_S, every_s=1)
    after = hostile.memory()
    print(f"a minute after round {number + 1}: {in_megabytes(after)}")
    for name, size in before.items():
        assert seen.peak[name] - size < MOST_GROWTH, f"{name} grew to {in_megabytes(seen.peak)}"
        assert after[name] - size <= MOST_KEPT, f"{name} keeps {in_megabytes(after)}"
    return after
