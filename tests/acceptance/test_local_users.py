"""An unprivileged user of the host tries to become root by way of our working folder, over a real sshd."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drives.hosts.errors import HostError, UnsafeFolder
from drives.hosts.program.run_dir import DEFAULT_BASE
from tests.acceptance.planting import PLANTS, SWAP, Ground, ground
from tests.lab import neighbour
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB, Lab
from tests.lab.sshd import LabSshd
from tests.lab.sudo_user import sudo_sshd
from tests.product.bench_host import BenchHost
from tests.product.guarded_host import GuardedHost

pytestmark = pytest.mark.lab
SIZE = 16 * MIB
SLOW = 2 * MIB  # bytes per second
ROUNDS = 25  # of a race; the neighbour takes the name a few thousand times meanwhile
REFUSED = "so nothing there is used. Remove it, or choose another working folder."


@pytest.fixture(scope="module", params=["root", "sudo"])
def sshd(lab: Lab, request: pytest.FixtureRequest) -> Iterator[LabSshd]:
    """Yield the server of root, and that of a user who may sudo."""
    if request.param == "root":
        yield lab.sshd
        return
    with sudo_sshd(lab.sshd.toolbox) as running:
        yield running


@pytest.fixture
def place() -> Iterator[Ground]:
    """Yield a shared folder for one test."""
    with ground() as made:
        yield made


@pytest.fixture
def host(lab: Lab, sshd: LabSshd, place: Ground) -> Iterator[GuardedHost]:
    """Yield the lab's host, whose program is to work in the shared folder."""
    running = GuardedHost(lab, sshd, place.base)
    yield running
    running.close()


def test_what_somebody_puts_in_the_place_before_the_first_call_is_refused(host: GuardedHost, place: Ground) -> None:
    for how in PLANTS:
        place.plant(how)
        for ask in (host.program.hello, lambda: host.program.signal(run_id="run-1", action="terminate")):
            with pytest.raises(UnsafeFolder) as refusal:
                ask()
            assert str(refusal.value).startswith(f"On bench-guard: {place.base} "), how
            assert str(refusal.value).endswith(REFUSED), how
        assert place.untouched, how
        place.clear()
    assert host.program.hello()["root"], "and it works when it is cleared away"


def test_what_somebody_puts_in_the_place_after_a_clean_up_is_refused(host: GuardedHost, place: Ground) -> None:
    for how in PLANTS:
        host.program.signal(run_id="run-1", action="terminate")
        place.clear()
        place.plant(how)
        with pytest.raises(UnsafeFolder, match=str(place.base)):
            host.program.probe(runs=["run-1"])
        assert place.untouched, how
        place.clear()


def test_between_calls_nothing_of_ours_can_be_read_changed_or_held_up(
    host: GuardedHost, place: Ground, lab_disk: DiskFactory
) -> None:
    disk = lab_disk(SIZE)
    disk.limit(SLOW)
    request = host.request(disk)
    run = host.program.launch(**request)["run"]
    assert run["state"] == "running"

    done = place.pry([run["pid"], run["keeper_pid"]])

    assert done == []
    disk.limit(0)
    assert host.end(request["run_id"])["exit_code"] == 0
    assert place.pry([]) == []
    assert host.program.collect(run_id=request["run_id"])["run"]["state"] == "exited"


def test_in_a_race_for_the_place_nothing_of_theirs_is_run_or_believed(host: GuardedHost, place: Ground) -> None:
    refused = answered = 0
    with neighbour.acting(SWAP, *place.words("race-1")):
        for number in range(ROUNDS):
            place.clear()
            try:
                run = host.program.signal(run_id=f"race-{number}", action="terminate")["run"]
                seen = host.program.probe(runs=["race-1"])["runs"]["race-1"]
            except HostError:
                refused += 1
            else:
                answered += 1
                assert run["reason"]["code"] == "cancelled"
                assert seen["exit_code"] is None, "the run that they forged"
            assert place.untouched
    assert refused, f"{answered} answers"
    place.clear()
    assert host.program.hello()["root"]


def test_a_burn_in_whose_folder_was_taken_ends_unknown_with_path_and_reason(
    bench: BenchHost, lab_disk: DiskFactory, place: Ground
) -> None:
    disk = lab_disk(4 * SIZE)
    drive = bench.drive_of(disk)
    bench.work_in(place.base)
    try:
        disk.limit(SLOW)
        job_id = bench.start(disk, drives=[drive])[0]
        bench.wait_for_bytes(job_id, share=0.001)
        run_id = next((place.base / "runs").iterdir()).name
        place.take(run_id)
        job = bench.wait_for(job_id)
    finally:
        bench.work_in(DEFAULT_BASE)
    assert job["state"] == "unknown", job
    assert f"{place.base} belongs to another user (number {neighbour.NOBODY}), {REFUSED}" in job["error_text"]
    assert place.untouched
