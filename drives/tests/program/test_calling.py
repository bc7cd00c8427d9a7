"""One JSON object in, one JSON object out."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from drives.hosts.program.hello import version_in
from drives.tests.program.simulated_host import REPOSITORY, SimulatedHost


def test_it_introduces_the_host(host: SimulatedHost) -> None:
    host.tool("smartctl", "echo 'smartctl 7.3 2022-02-28 r5338 [x86_64-linux] (local build)'")
    answer = host.call("hello")

    assert answer["ok"] is True
    assert answer["system"] == "Linux"
    assert answer["boot_id"] == "boot-one"
    assert answer["tools"]["smartctl"] == {"path": str(host.bin / "smartctl"), "version": "7.3"}
    assert answer["tools"]["badblocks"] is None
    assert answer["root"] is True


def test_a_tool_that_fails_hides_no_other_tool(host: SimulatedHost) -> None:
    host.tool("zpool", "exit 1")
    host.tool("fio", "echo fio-3.33")

    tools = host.call("hello")["tools"]

    assert tools["zpool"]["version"] == ""
    assert tools["fio"]["version"] == "3.33"


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("smartctl 7.3 2022-02-28 r5338", "7.3"),
        ("dumpe2fs 1.47.0 (5-Feb-2023)", "1.47.0"),
        ("zfs-2.1.14-1\nzfs-kmod-2.1.14-1", "2.1.14-1"),
        ("lsblk from util-linux 2.38.1", "2.38.1"),
        ("no number", ""),
    ],
)
def test_it_reads_version_numbers(said: str, version: str) -> None:
    assert version_in(said) == version


@pytest.mark.parametrize("text", ["", "[]", "{broken", '{"op": 7}', '{"op": "format"}', "\xff"])
def test_nonsense_is_answered_with_a_problem(host: SimulatedHost, text: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "drives.hosts.program"],
        input=text.encode("latin-1"),
        capture_output=True,
        cwd=REPOSITORY,
        env=host.environment,
        check=True,
    )
    answer = json.loads(done.stdout)

    assert (answer["ok"], answer["error"]["code"]) == (False, "bad_request")
    assert answer["simulated"] is True


def test_its_directory_is_its_own(host: SimulatedHost) -> None:
    host.call("probe")
    base = host.root / "var/tmp/burnin-bench"

    assert base.stat().st_mode & 0o777 == 0o700
    assert (base / "runs").stat().st_mode & 0o777 == 0o700


def test_it_refuses_a_directory_that_others_may_write_to(host: SimulatedHost) -> None:
    base = host.root / "var/tmp/burnin-bench"
    base.mkdir(parents=True)
    base.chmod(0o777)

    assert host.call("probe")["error"]["code"] == "bad_base_dir"
    assert host.launch()["error"]["code"] == "bad_base_dir"


def test_it_refuses_a_link_as_its_directory(host: SimulatedHost, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (host.root / "var/tmp").mkdir(parents=True)
    (host.root / "var/tmp/burnin-bench").symlink_to(tmp_path / "elsewhere")

    assert host.call("probe")["error"]["code"] == "bad_base_dir"


@pytest.mark.parametrize("base_dir", ["relative", "/var/../../etc", 7])
def test_it_refuses_a_directory_that_is_no_plain_path(host: SimulatedHost, base_dir: object) -> None:
    assert host.call("probe", base_dir=base_dir)["error"]["code"] == "bad_request"
