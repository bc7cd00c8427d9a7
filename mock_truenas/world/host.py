"""The pretend host as a whole: switched on, given faults, reset."""

import secrets
import shutil
import uuid
from pathlib import Path

from mock_truenas.world import commands, documents, drive_state, selftests, tree
from mock_truenas.world.catalog import Drive
from mock_truenas.world.drive_state import DriveState
from mock_truenas.world.place import Choices, Place

FAULTS = ("smart_fail", "bad_blocks", "hot", "vanish", "read_only", "mounted", "slow")


class UnknownDrive(Exception):
    """There is no drive of that name."""


class UnknownFault(Exception):
    """There is no fault of that name."""


def known_world_id(folder: Path) -> str:
    """Give the mark of the world kept in this folder, or of a new one."""
    known = documents.read(folder / "world.json")
    return str(known["world_id"]) if known else secrets.token_hex(12)


def switch_on(place: Place, choices: Choices, *, speed: float, still_up: bool) -> None:
    """Make the host ready. Unless it never went down, this is a power cycle."""
    place.choose(choices)
    for folder in (place.root, place.state, place.bin):
        folder.mkdir(parents=True, exist_ok=True)
    stopped = documents.read(place.folder / "stopped.json")
    (place.folder / "stopped.json").unlink(missing_ok=True)
    if not place.clock.exists():
        place.clock.restart(at=0.0, speed=speed)
    elif stopped is not None and not still_up:
        place.clock.restart(at=float(stopped["simulated"]), speed=speed)
    else:
        place.clock.set_speed(speed)
    commands.install(place)
    boot_id = _boot_id(place) if still_up else None
    boot(place, boot_id=boot_id)


def boot(place: Place, *, boot_id: str | None = None) -> None:
    """Write the host's files. Without a boot id given, this is a new boot: self-tests are cut."""
    if boot_id is None:
        for name in place.drives:
            selftests.abort(place, name, outcome="reset")
            drive_state.change(place, name, _count_power_cycle)
    identifier = boot_id or str(uuid.uuid4())
    tree.build_system(place.root, hostname=place.choices["hostname"], boot_id=identifier)
    for drive in place.drives.values():
        _show(place, drive)
    _show_mounts(place)


def switch_off(place: Place) -> None:
    """Remember when the power went, so that the clock stands while the host is off."""
    documents.write(place.folder / "stopped.json", {"simulated": place.clock.now()})


def set_fault(place: Place, name: str, fault: str) -> list[str]:
    """Give a drive a fault, or take all of them away with `clear`. Gives the faults it has now."""
    if name not in place.drives:
        raise UnknownDrive(f"There is no drive {name}. Choose one of {', '.join(place.drives)}.")
    if fault not in (*FAULTS, "clear"):
        known = ", ".join((*FAULTS, "clear"))
        raise UnknownFault(f"There is no fault “{fault}”. Choose one of {known}.")

    def apply(state: DriveState) -> list[str]:
        had = [] if fault == "clear" else [one for one in state["faults"] if one != fault]
        state["faults"] = had if fault == "clear" else [*had, fault]
        return state["faults"]

    faults = drive_state.change(place, name, apply)
    _show(place, place.drives[name])
    _show_mounts(place)
    return faults


def reset(place: Place) -> None:
    """Make every drive as new, and the folders empty into which visitors write."""
    for folder, mode in (("var/tmp", 0o777), ("tmp", 0o777), ("root", 0o700)):
        shutil.rmtree(place.root / folder, ignore_errors=True)
        (place.root / folder).mkdir(mode=mode, parents=True, exist_ok=True)
    for name, drive in place.drives.items():
        drive_state.change(place, name, _forget)
        (place.root / "dev" / name).unlink(missing_ok=True)
        _show(place, drive)
    _show_mounts(place)


def present(place: Place) -> list[Drive]:
    """Give the drives that are plugged in."""
    return [drive for drive in place.drives.values() if not _has(place, drive, "vanish")]


def boot_id_of(place: Place) -> str:
    """Give the host's present boot id."""
    return _boot_id(place) or ""


def _boot_id(place: Place) -> str | None:
    path = place.root / "proc/sys/kernel/random/boot_id"
    return path.read_text().strip() if path.exists() else None


def _forget(state: DriveState) -> None:
    number = state["next_id"]
    state.update(drive_state.fresh_state())
    state["next_id"] = number


def _count_power_cycle(state: DriveState) -> None:
    state["power_cycles"] += 1


def _has(place: Place, drive: Drive, fault: str) -> bool:
    return fault in drive_state.look(place, drive.name).state["faults"]


def _show(place: Place, drive: Drive) -> None:
    if _has(place, drive, "vanish"):
        tree.remove_drive(place.root, drive)
    else:
        tree.build_drive(place.root, drive, read_only=_has(place, drive, "read_only"))


def _show_mounts(place: Place) -> None:
    mounted = [drive for drive in present(place) if _has(place, drive, "mounted")]
    tree.write_mounts(place.root, mounted)
