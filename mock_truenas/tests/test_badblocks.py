"""badblocks on the pretend host writes, byte for byte, what the real one writes."""

import re
import time
from pathlib import Path

from mock_truenas.tests.running_host import RunningHost
from mock_truenas.tests.waiting import wait_until

DONE = "done" + " " * 49 + "\n"
BLOCKS_OF_SDI = 976754646
PROGRESS = re.compile(r"([ \d]{3}\.\d\d)% done, (?:\d+:)?\d+:\d\d elapsed\. \((\d+)/(\d+)/(\d+) errors\)(\x08+)")


def without_progress(errors: bytes) -> str:
    return PROGRESS.sub("", errors.decode())


def position_of(pid: int, node: str) -> int:
    """How far into the open device the process is, as the product asks the kernel."""
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        if str(entry.resolve()).endswith(node):
            text = Path(f"/proc/{pid}/fdinfo/{entry.name}").read_text()
            return int(text.split()[1])
    return 0


def test_a_clean_drive_gives_eight_phases_and_the_closing_line(fresh_host: RunningHost) -> None:
    result = fresh_host.run("badblocks -wsv -X -b 4096 -c 1024 -e 100 /dev/sdi")

    phases = "".join(
        f"Testing with pattern {pattern}: {DONE}Reading and comparing: {DONE}"
        for pattern in ("0xaa", "0x55", "0xff", "0x00")
    )
    assert (result.code, result.out) == (0, b"")
    assert without_progress(result.err) == (
        "Checking for bad blocks in read-write mode\n"
        f"From block 0 to {BLOCKS_OF_SDI - 1}\n{phases}"
        "Pass completed, 0 bad blocks found. (0/0/0 errors)\n"
    )


def test_progress_is_percent_per_phase_erased_with_backspaces(fresh_host: RunningHost) -> None:
    fresh_host.post("/debug/speed", {"speed": 0.5})
    command = "timeout -s TERM 2.5 badblocks -wsv -X -b 4096 -t 0xaa /dev/sdi"
    result = fresh_host.run(command)

    found = list(PROGRESS.finditer(result.err.decode()))
    shares = [float(match[1]) for match in found]
    assert len(found) >= 2
    assert shares[0] == 0.0
    assert shares == sorted(shares)
    assert 10 < shares[-1] < 100
    assert all(len(match[5]) == len(match[0]) - len(match[5]) for match in found)


def test_a_part_of_the_drive_starts_at_its_percentage(fresh_host: RunningHost) -> None:
    half = BLOCKS_OF_SDI // 2
    result = fresh_host.run(f"badblocks -wsv -X -b 4096 -t 0xaa /dev/sdi {BLOCKS_OF_SDI - 1} {half}")

    assert f"From block {half} to {BLOCKS_OF_SDI - 1}\n" in result.err.decode()
    assert PROGRESS.findall(result.err.decode())[0][0] == " 50.00"


def test_a_terminated_run_says_where_it_stopped(fresh_host: RunningHost) -> None:
    fresh_host.post("/debug/speed", {"speed": 1})

    result = fresh_host.run("timeout --preserve-status -s TERM 1 badblocks -wsv -X -b 4096 /dev/sdi")

    stopped = re.search(rb"\n\nInterrupted at block (\d+)\n$", result.err)
    assert result.code == 1
    assert stopped
    assert 0 < int(stopped[1]) < BLOCKS_OF_SDI


def test_time_spent_stopped_is_not_progress(fresh_host: RunningHost) -> None:
    fresh_host.post("/debug/speed", {"speed": 1})
    script = "badblocks -wsv -X -b 4096 /dev/sdi >/dev/null 2>err & echo $!"
    pid = int(fresh_host.run(f"cd $HOME; {script}").out)

    wait_until(lambda: position_of(pid, "dev/sdi"), "the run to get going")
    fresh_host.run(f"kill -STOP {pid}")
    stopped, since = position_of(pid, "dev/sdi"), time.monotonic()
    wait_until(lambda: time.monotonic() - since > 1.5, "the pause to be long")
    fresh_host.run(f"kill -CONT {pid}")
    wait_until(lambda: position_of(pid, "dev/sdi") > stopped, "the run to go on")
    gone_on = position_of(pid, "dev/sdi")
    fresh_host.run(f"kill -TERM {pid}")

    # In 1.5 s this drive does more than half of its phase.
    assert (gone_on - stopped) / 4096 < BLOCKS_OF_SDI * 0.3


def test_fail001_has_bad_blocks_at_thirty_percent(fresh_host: RunningHost) -> None:
    result = fresh_host.run("badblocks -wsv -X -b 4096 -t 0xaa -t 0x55 /dev/sdn")

    numbers = [int(line) for line in result.out.split()]
    assert result.code == 0
    assert len(numbers) == 3
    assert all(abs(number / BLOCKS_OF_SDI - 0.3) < 0.001 for number in numbers)
    assert result.err.endswith(b"Pass completed, 3 bad blocks found. (2/1/0 errors)\n")
    pending = [row for row in fresh_host.smart("-A", "sdn")["ata_smart_attributes"]["table"] if row["id"] == 197]
    assert pending[0]["raw"]["value"] > 0


def test_bad_block_numbers_go_to_the_file_that_is_asked_for(fresh_host: RunningHost) -> None:
    result = fresh_host.run("badblocks -wsv -X -b 4096 -t 0xaa -o bad /dev/sdn; cat bad")

    assert len(result.out.split()) == 3


def test_too_many_bad_blocks_abort_every_phase(fresh_host: RunningHost) -> None:
    result = fresh_host.run("badblocks -wsv -X -b 4096 -t 0xaa -t 0x55 -e 2 /dev/sdn")

    assert result.code == 0
    assert result.err.count(b"Too many bad blocks, aborting test\n") == 3
    assert without_progress(result.err).count(DONE) == 4
    assert len(result.out.split()) == 2


def test_what_was_written_is_what_a_comparing_read_finds(fresh_host: RunningHost) -> None:
    fresh_host.run("badblocks -wsv -X -b 4096 -t 0xaa /dev/sdi 99999 0")
    good = fresh_host.run("badblocks -sv -b 4096 -t 0xaa /dev/sdi 99999 0")
    wrong = fresh_host.run("badblocks -sv -b 4096 -t 0x55 -e 10 /dev/sdi 99999 0")
    beyond = fresh_host.run("badblocks -sv -b 4096 -t 0xaa -e 10 /dev/sdi 100009 0")

    assert b"0 bad blocks found. (0/0/0 errors)" in good.err
    assert b"Checking for bad blocks in read-only mode\nTesting with pattern 0xaa: " in good.err
    assert b"Reading and comparing" not in good.err
    assert b"10 bad blocks found. (0/0/10 errors)" in wrong.err
    assert [int(line) for line in beyond.out.split()] == list(range(100000, 100010))


def test_the_drive_counts_what_was_written(fresh_host: RunningHost) -> None:
    fresh_host.run("badblocks -wsv -X -b 4096 -t 0xaa -t 0x55 /dev/sdi")

    pages = fresh_host.smart("-x", "sdi")["ata_device_statistics"]["pages"]
    values = {row["name"]: row["value"] for row in pages[0]["table"]}
    assert values["Logical Sectors Written"] == values["Logical Sectors Read"] == 2 * 7814037168


def test_speed_may_change_while_it_runs(fresh_host: RunningHost) -> None:
    fresh_host.post("/debug/speed", {"speed": 0.01})
    fresh_host.run("cd $HOME; badblocks -wsv -X -b 4096 /dev/sdi >/dev/null 2>quick & echo $!")
    fresh_host.post("/debug/speed", {"speed": 1000})

    wait_until(lambda: b"Pass completed" in fresh_host.run("cat $HOME/quick").out, "the end")


def test_it_refuses_what_the_real_one_refuses(fresh_host: RunningHost) -> None:
    def refusal(words: str) -> tuple[int, str]:
        result = fresh_host.run(f"badblocks {words}")
        return result.code, result.err.decode().splitlines()[0]

    assert refusal("-wsv -b 1000 /dev/sdi") == (1, "badblocks: Invalid block size: 1000")
    assert refusal("-wsv -b 1024 /dev/sdg") == (
        1,
        "badblocks: Value too large for defined data type invalid end block (15625879552): must be 32-bit value",
    )
    assert refusal("-nw /dev/sdi") == (1, "badblocks: The -n and -w options are mutually exclusive.")
    assert refusal("-n /dev/sdi")[0] == 1
    assert refusal("-wsv /dev/sdz")[1].startswith("badblocks: No such file or directory")
    assert refusal("-wsv -b 4096 /dev/sdi 10 20") == (
        1,
        "badblocks: invalid starting block (20): must be less than 11",
    )


def test_a_drive_that_somebody_holds_is_refused_unless_told_otherwise(fresh_host: RunningHost) -> None:
    held = "flock --exclusive $BURNIN_HOST_ROOT/dev/sdi -c"

    refused = fresh_host.run(f"{held} 'badblocks -wsv -b 4096 -t 0xaa /dev/sdi'")
    allowed = fresh_host.run(f"{held} 'badblocks -wsv -X -b 4096 -t 0xaa /dev/sdi'")

    assert refused.code == 1
    assert b"/dev/sdi is apparently in use by the system; it's not safe" in refused.err
    assert allowed.code == 0


def test_any_way_to_write_the_device_is_understood(fresh_host: RunningHost) -> None:
    wwn = fresh_host.get("/api/v2.0/disk", name="sdi")[0]["lunid"]
    ask = "badblocks -sv -b 4096 {} 99 0"

    for path in (f"/dev/disk/by-id/wwn-0x{wwn}", "$BURNIN_HOST_ROOT/dev/sdi"):
        assert fresh_host.run(ask.format(path)).code == 0
    assert fresh_host.run(ask.format("/proc/self/fd/7") + " 7<>$BURNIN_HOST_ROOT/dev/sdi").code == 0
