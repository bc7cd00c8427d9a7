"""The files of the pretend host: /sys, /proc and /dev as far as anybody looks."""

import shutil
from pathlib import Path

from mock_truenas.world.catalog import LOGICAL_BLOCK, PHYSICAL_BLOCK, Drive, major_minor, mount_point

SMALL_NODE_BYTES = 64 * 1024 * 1024
SYSTEM_MOUNT = "20 1 0:20 / / rw,relatime shared:1 - overlay overlay rw"
FOLDERS = ("dev/disk/by-id", "sys/block", "sys/class/block", "sys/dev/block", "var/tmp", "tmp")


def build_system(root: Path, *, hostname: str, boot_id: str) -> None:
    """Make everything that does not belong to one drive."""
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "root").mkdir(mode=0o700, exist_ok=True)
    _put(root / "proc/sys/kernel/random/boot_id", f"{boot_id}\n")
    _put(root / "proc/sys/kernel/hostname", f"{hostname}\n")
    _put(root / "proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n")
    _put(root / "proc/mdstat", "Personalities : \nunused devices: <none>\n")
    _put(root / "etc/hostname", f"{hostname}\n")
    _put(root / "etc/version", "TrueNAS-13.0-U6.8\n")
    self_link = root / "proc/self"
    if not self_link.is_symlink():
        self_link.symlink_to("1")


def write_mounts(root: Path, mounted: list[Drive]) -> None:
    """Write the mount tables."""
    table, short = [SYSTEM_MOUNT], ["overlay / overlay rw,relatime 0 0"]
    for drive in mounted:
        where, node = mount_point(drive), f"/dev/{drive.name}"
        numbers = f"{100 + drive.number} 20 {major_minor(drive)}"
        table.append(f"{numbers} / {where} rw,relatime shared:2 - ext4 {node} rw")
        short.append(f"{node} {where} ext4 rw,relatime 0 0")
    _put(root / "proc/1/mountinfo", "\n".join(table) + "\n")
    _put(root / "proc/1/mounts", "\n".join(short) + "\n")
    _put(root / "proc/mounts", "\n".join(short) + "\n")


def build_drive(root: Path, drive: Drive, *, read_only: bool) -> None:
    """Plug the drive in."""
    block = root / "sys/block" / drive.name
    for name, content in _attributes(drive, read_only=read_only).items():
        _put(block / name, content)
    _put_bytes(block / "device/vpd_pg80", _serial_page(drive))
    for folder in ("holders", "slaves"):
        (block / folder).mkdir(exist_ok=True)
    _link(root / "sys/class/block" / drive.name, f"../../block/{drive.name}")
    _link(root / "sys/dev/block" / major_minor(drive), f"../../block/{drive.name}")
    for name in _by_id_names(drive):
        _link(root / "dev/disk/by-id" / name, f"../../{drive.name}")
    _make_node(root / "dev" / drive.name, drive.model.size_bytes)


def remove_drive(root: Path, drive: Drive) -> None:
    """Pull the drive out."""
    shutil.rmtree(root / "sys/block" / drive.name, ignore_errors=True)
    (root / "sys/class/block" / drive.name).unlink(missing_ok=True)
    (root / "sys/dev/block" / major_minor(drive)).unlink(missing_ok=True)
    for name in _by_id_names(drive):
        (root / "dev/disk/by-id" / name).unlink(missing_ok=True)
    (root / "dev" / drive.name).unlink(missing_ok=True)


def _attributes(drive: Drive, *, read_only: bool) -> dict[str, str]:
    model = drive.model
    values: dict[str, object] = {
        "size": drive.sectors,
        "ro": int(read_only),
        "removable": 0,
        "dev": major_minor(drive),
        "diskseq": drive.number + 1,
        "queue/logical_block_size": LOGICAL_BLOCK,
        "queue/physical_block_size": PHYSICAL_BLOCK,
        "queue/rotational": 1,
        "queue/zoned": "none",
        "device/model": f"{model.name[:16]:<16}",
        "device/vendor": f"{model.vendor if drive.is_sas else 'ATA':<8}",
        "device/rev": f"{model.firmware[-4:]:<4}",
        "device/wwid": f"naa.{drive.lunid}",
        "device/state": "running",
        "device/type": 0,
        "device/timeout": 30,
        "device/queue_depth": 32,
    }
    return {name: f"{value}\n" for name, value in values.items()}


def _serial_page(drive: Drive) -> bytes:
    serial = drive.serial.rjust(20).encode() if not drive.is_sas else drive.serial.encode()
    return bytes((0, 0x80, 0, len(serial))) + serial


def _by_id_names(drive: Drive) -> tuple[str, str]:
    bus = "scsi-S" + drive.model.vendor if drive.is_sas else "ata"
    return f"wwn-0x{drive.lunid}", f"{bus}-{drive.model.name}_{drive.serial}"


def _make_node(path: Path, size: int) -> None:
    """Make a file that stands for the disk: as large as the disk if the file system can."""
    if path.exists():
        return
    with path.open("wb") as node:
        try:
            node.truncate(size)
        except OSError:
            node.truncate(SMALL_NODE_BYTES)


def _link(path: Path, target: str) -> None:
    if not path.is_symlink():
        path.symlink_to(target)


def _put(path: Path, content: str) -> None:
    _put_bytes(path, content.encode())


def _put_bytes(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(content)
    draft.replace(path)
