"""What a run leaves behind, and how it is cleaned away."""

from drives.tests.program.simulated_host import SimulatedHost

BLOCKS = "i=0; while [ $i -lt 3 ]; do echo $i; i=$((i + 1)); done"


def test_it_collects_both_outputs(host: SimulatedHost) -> None:
    progress = "printf 'Testing with pattern 0xaa:  12.50%% done, 0:07 elapsed. (3/0/0 errors)' >&2"
    host.tool("badblocks", f"{BLOCKS}; {progress}; printf '\\b\\b\\bdone    \\n' >&2; exit 0")
    host.launch()
    host.wait_for("exited")

    left = host.call("collect", run_id="run-1")

    assert left["stdout"] == "0\n1\n2\n"
    assert left["stdout_truncated"] is False
    assert left["log"] == "Testing with pattern 0xaa: done\n"
    assert left["result"] is None
    assert left["run"]["state"] == "exited"


def test_a_long_list_of_blocks_is_cut_and_says_so(host: SimulatedHost) -> None:
    host.tool("badblocks", "head -c 1048577 /dev/zero | tr '\\0' '1'")
    host.launch()
    host.wait_for("exited")

    left = host.call("collect", run_id="run-1")

    assert len(left["stdout"]) == 1024 * 1024
    assert left["stdout_truncated"] is True


def test_of_a_long_log_the_beginning_and_the_end_are_kept(host: SimulatedHost) -> None:
    host.tool("badblocks", "echo first >&2; seq 100000 >&2; echo last >&2")
    host.launch()
    host.wait_for("exited")

    lines = host.call("collect", run_id="run-1")["log"].splitlines()

    assert (lines[0], lines[-1]) == ("first", "last")
    assert "[lines left out]" in lines
    assert sum(len(line) + 1 for line in lines) <= 256 * 1024


def test_nothing_is_collected_of_an_absent_run(host: SimulatedHost) -> None:
    left = host.call("collect", run_id="run-1")

    assert left["run"]["state"] == "absent"
    assert (left["stdout"], left["log"], left["result"]) == ("", "", None)


def test_it_cleans_an_ended_run(host: SimulatedHost) -> None:
    host.tool("badblocks", "exit 0")
    host.launch()
    host.wait_for("exited")

    assert host.call("clean", run_id="run-1")["ok"] is True
    assert host.run()["state"] == "absent"
    assert list(host.run_folder().parent.iterdir()) == []


def test_it_does_not_clean_a_run_that_works(host: SimulatedHost) -> None:
    host.tool("badblocks", "sleep 60")
    host.launch()

    assert host.call("clean", run_id="run-1")["error"]["code"] == "still_running"
    assert host.run()["state"] == "running"


def test_cleaning_twice_does_no_harm(host: SimulatedHost) -> None:
    assert host.call("clean", run_id="run-1")["ok"] is True
