"""Loop devices, by the tools of the host."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.lab.waiting import wait_until

TOOL_TIMEOUT_S = 30
DEFAULT_SECTOR = 512


def run(*command: str, timeout_s: float = TOOL_TIMEOUT_S) -> str:
    """Run a tool of the host; what it printed. RuntimeError with its own words when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
    if done.returncode:
        words = (done.stderr or done.stdout).strip()
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {words}")
    return done.stdout


def run_when_free(*command: str) -> None:
    """Run a tool that needs a device which a look of the product, or of udev, may still have open for a moment."""
    refused: list[RuntimeError] = []

    def done() -> bool:
        try:
            run(*command)
        except RuntimeError as error:
            refused.append(error)
            return False
        return True

    try:
        wait_until(done, " ".join(command), every_s=0.1)
    except AssertionError as error:
        raise refused[-1] from error


def attach(image: Path, *, sector: int = DEFAULT_SECTOR, read_only: bool = False) -> str:
    """Make a block device of an image, without a page cache in between; its path."""
    command = ["losetup", "--find", "--show", "--partscan", "--direct-io=on"]
    if sector != DEFAULT_SECTOR:
        command.append(f"--sector-size={sector}")
    if read_only:
        command.append("--read-only")
    return run(*command, str(image)).strip()


def detach(device: str) -> None:
    """Free the loop device, and wait until it is free."""
    run("losetup", "--detach", device)
    backing = Path(f"/sys/block/{Path(device).name}/loop/backing_file")
    wait_until(lambda: not backing.exists(), f"{device} is free (does a process still have it open?)")


def under(directory: Path) -> list[str]:
    """The loop devices whose images lie under that directory."""
    listing = run("losetup", "--list", "--json", "--output", "NAME,BACK-FILE")
    if not listing.strip():
        return []
    inside = f"{directory}/"
    return [row["name"] for row in json.loads(listing)["loopdevices"] if (row["back-file"] or "").startswith(inside)]
