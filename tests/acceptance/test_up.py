"""`manage.py up --demo`: everything runs, comes back when killed, stops without a trace, and goes on where it was."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.waiting import wait_until
from tests.product.commands import open_to_others
from tests.product.demo_run import DemoRun


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoRun]:
    """One demonstration for all tests of this file; whoever stops it starts it again."""
    run = DemoRun(tmp_path_factory.mktemp("demo"))
    run.start()
    yield run
    run.end()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[DemoRun]:
    """A data directory where nothing has run yet."""
    run = DemoRun(tmp_path)
    yield run
    run.end()


def test_the_box_lets_one_sign_in_and_the_simulated_drives_are_there(demo: DemoRun) -> None:
    def drives() -> list[dict[str, object]]:
        return list(demo.api("/api/v1/drives")["results"])

    rows = wait_until(drives, "the drives of the simulated host are listed", within_s=30)
    assert len(rows) == 15
    assert all(row["simulated"] for row in rows)


def test_the_simulated_host_is_armed_and_known(demo: DemoRun) -> None:
    (host,) = demo.api("/api/v1/hosts")["results"]
    assert host["simulated"]
    assert host["armed"]
    assert host["max_parallel"] is None  # so that MAX_PARALLEL_BURNINS counts


@pytest.mark.parametrize("words", [("serve",), ("run_scheduler",), ("run_worker",), ("mock_truenas",)])
def test_a_killed_process_comes_back(demo: DemoRun, words: tuple[str, ...]) -> None:
    before = demo.child(*words)
    before.send(signal.SIGKILL)
    before.wait(timeout_s=10)
    assert demo.child(*words) != before
    wait_until(demo.answers, "the server answers", within_s=30)


def test_a_second_one_on_the_same_data_directory_refuses_with_a_sentence(demo: DemoRun) -> None:
    second = DemoRun(demo.folder, port=demo.port)
    second.launch()
    assert second.supervisor.wait(timeout=30) == 1
    assert f"already runs on {demo.folder} (process {demo.supervisor.pid})" in demo.output


def test_everything_is_readable_by_its_owner_only(demo: DemoRun) -> None:
    for name in ("secret_key", "field_encryption_keys", "demo_password", "mock/ready.json"):
        assert (demo.folder / name).stat().st_mode & 0o077 == 0, name
    theirs = [path for path in open_to_others(demo.folder) if path.name != "up.log"]  # the test's own
    assert theirs == []


def test_the_password_is_not_printed_where_no_person_reads_it(demo: DemoRun) -> None:
    assert demo.said("password") == str(demo.folder / "demo_password")
    written = [demo.output, *(path.read_text() for path in (demo.folder / "logs").iterdir())]
    assert [text for text in written if demo.password in text] == []


def test_ctrl_c_leaves_no_process_and_the_next_start_goes_on(demo: DemoRun) -> None:
    password, members = demo.password, demo.all_processes()
    assert len(members) >= 4
    assert demo.interrupt() == 0
    assert not any(member.is_alive() for member in members)
    demo.start()
    assert demo.password == password
    assert len(demo.api("/api/v1/hosts")["results"]) == 1


def test_a_killed_supervisor_leaves_no_process(demo: DemoRun) -> None:
    members = demo.all_processes()
    demo.supervisor.kill()
    demo.supervisor.wait()
    wait_until(lambda: not any(member.is_alive() for member in members), "all processes ended", within_s=10)
    demo.start()


def test_a_taken_port_is_refused_with_a_sentence(fresh: DemoRun) -> None:
    with socket.create_server(("127.0.0.1", fresh.port)):
        fresh.launch()
        assert fresh.supervisor.wait(timeout=30) == 1
    assert f"Port {fresh.port} of 127.0.0.1 cannot be used" in fresh.output
    assert "APP_PORT" in fresh.output
