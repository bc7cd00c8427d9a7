"""A host that shows another key gets nothing more from us until an admin has looked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab.lab import MIB, Lab
from tests.lab.waiting import wait_until
from tests.product.badblocks_seen import badblocks_of
from tests.product.bench_host import BenchHost
from tests.product.running import Product

pytestmark = pytest.mark.lab


@pytest.fixture
def other_lab() -> Iterator[Lab]:
    """Yield a second host, whose key may change without harm to the other tests."""
    with Lab() as running:
        yield running


@pytest.mark.usefixtures("lab")
def test_a_changed_host_key_stops_all_work_on_the_host(product: Product, other_lab: Lab) -> None:
    disk = other_lab.add_disk(64 * MIB)
    disk.limit(24 * MIB)
    bench = BenchHost(product, other_lab, name="bench-key")
    job_id = bench.start(disk)[0]
    bench.wait_for_bytes(job_id)
    engine = badblocks_of(disk)

    other_lab.sshd.change_host_key()
    other_lab.sshd.kill_sessions()
    wait_until(
        lambda: "key" in bench.row()["error"], "the host's row says that its key changed", within_s=40, every_s=0.25
    )
    log = other_lab.sshd.log
    assert "Accepted publickey" not in after_last_start(log), "nobody logged in to the host with the other key"

    answer = bench.try_start(disk, drives=[bench.known(disk)])
    assert answer["refused"][0]["code"] in ("host_stopped", "already_active")
    assert bench.job(job_id)["state"] == "running", "a run is never lost to a question for the admin"
    assert badblocks_of(disk) == engine

    bench.trust()
    disk.limit(0)
    assert bench.wait_for(job_id)["state"] == "passed"


def after_last_start(log: str) -> str:
    """Return what sshd wrote since it was started last."""
    return log.rpartition("Server listening")[2]


@pytest.mark.usefixtures("lab")
def test_nothing_is_sent_to_a_host_whose_key_nobody_accepted(product: Product, other_lab: Lab) -> None:
    other_lab.add_disk(32 * MIB)
    values = {
        "name": "bench-unknown",
        "kind": "ssh",
        "ssh_host": "127.0.0.1",
        "ssh_port": other_lab.sshd.port,
        "ssh_user": "root",
        "ssh_key": other_lab.sshd.key_path.read_text(encoding="ascii"),
    }
    host_id = product.post("/api/v1/hosts", values)["id"]
    answer = product.post(f"/api/v1/hosts/{host_id}/test-ssh")
    assert (answer["ok"], answer["trusted"]) == (False, False)
    assert answer["host_key_fingerprint"].startswith("SHA256:")
    assert "Accepted publickey" not in other_lab.sshd.log
    wrong = {"fingerprint": "SHA256:" + "A" * 43}
    assert product.send("POST", f"/api/v1/hosts/{host_id}/trust-host-key", wrong).status_code == 409
