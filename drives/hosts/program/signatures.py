"""What is written on a disk: partition tables, file systems, pool and volume labels."""

from __future__ import annotations

import json
import os
from typing import Dict, List

from drives.hosts.program import patience, tools, zfs_labels
from drives.hosts.program.disk import Disk
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json
from drives.hosts.program.reason import UNDETERMINED, Reason

SECONDS = 20
NOTHING_FOUND = 2
AMBIVALENT = 8
PROBE = 4096

PARTITION_TABLES = frozenset(("gpt", "pmbr", "dos", "mac", "bsd", "sun", "sgi", "atari", "unixware", "minix", "ultrix"))
VOLUMES: Dict[str, str] = {
    "zfs_member": "zfs_label",
    "lvm2_member": "lvm_pv",
    "lvm1_member": "lvm_pv",
    "linux_raid_member": "md_member",
    "isw_raid_member": "md_member",
    "ddf_raid_member": "md_member",
}
FILE_SYSTEMS = frozenset(
    (
        *("ext2", "ext3", "ext4", "jbd", "xfs", "btrfs", "bcachefs", "f2fs", "jfs", "reiserfs"),
        *("vfat", "exfat", "ntfs", "refs", "hfs", "hfsplus", "apfs", "ufs", "iso9660", "udf"),
        *("squashfs", "erofs", "gfs2", "ocfs2", "nilfs2", "vmfs", "reiser4", "xfs_external_log"),
    )
)


def read(machine: Machine, disk: Disk) -> List[Reason]:
    """Everything that is known to be written on the disk and on its partitions."""
    found = [Reason("partition_table", f"{disk.path} has the partition {part}.") for part in disk.partitions]
    for node in disk.nodes:
        path = "/dev/" + node.replace("!", "/")
        found.extend(_on_node(machine, path))
    return list(dict.fromkeys(found))


def _on_node(machine: Machine, path: str) -> List[Reason]:
    try:
        labelled = patience.within(SECONDS, lambda: _is_labelled(machine.at(path)))
    except OSError as error:
        return [_unknown(path, f"it cannot be read ({error.strerror})")]
    found: List[Reason] = [reason_for(path, "zfs_member", "")] if labelled else []
    missing = 0
    for ask in (ask_blkid, ask_wipefs):
        try:
            found.extend(ask(machine, path))
        except tools.ToolMissing:
            missing += 1
        except tools.ToolError as error:
            found.append(_unknown(path, str(error)))
    if missing == 2:
        found.append(_unknown(path, "neither blkid nor wipefs is installed"))
    return found


def _is_labelled(path: str) -> bool:
    with open(path, "rb") as stream:
        stream.read(PROBE)  # blkid says "nothing found" of a node it cannot even open
        return zfs_labels.has_label(stream, stream.seek(0, os.SEEK_END))


def ask_blkid(machine: Machine, path: str) -> List[Reason]:
    argv = ("blkid", "-p", "-o", "export", machine.at(path))
    ran = tools.run(machine, argv, seconds=SECONDS, only_reads_files=True)
    if ran.exit_code == NOTHING_FOUND and not ran.err.strip():
        return []
    if ran.exit_code == AMBIVALENT:
        return [Reason("signature", f"{path} carries several signatures that contradict another.")]
    if ran.exit_code:
        raise tools.ToolError(f"blkid ended with exit code {ran.exit_code} ({ran.err.strip()})")
    return parse_blkid(path, ran.out)


def parse_blkid(path: str, text: str) -> List[Reason]:
    """Read `blkid -p -o export`."""
    tags = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    found = []
    if tags.get("PTTYPE"):
        found.append(reason_for(path, tags["PTTYPE"], "partition_table"))
    if tags.get("TYPE"):
        kind = {"filesystem": "filesystem", "raid": ""}.get(tags.get("USAGE", ""), "")
        found.append(reason_for(path, tags["TYPE"], kind))
    return found


def ask_wipefs(machine: Machine, path: str) -> List[Reason]:
    argv = ("wipefs", "--no-act", "--json", machine.at(path))
    ran = tools.run(machine, argv, seconds=SECONDS, only_reads_files=True)
    if ran.exit_code:
        raise tools.ToolError(f"wipefs ended with exit code {ran.exit_code} ({ran.err.strip()})")
    return parse_wipefs(path, ran.out)


def parse_wipefs(path: str, text: str) -> List[Reason]:
    """Read `wipefs --no-act --json`; an empty answer means that nothing was found."""
    try:
        answer = json.loads(text) if text.strip() else {}
    except ValueError as error:
        raise tools.ToolError("wipefs did not answer in JSON") from error
    entries: List[Json] = answer.get("signatures", []) if isinstance(answer, dict) else []
    return [reason_for(path, str(entry.get("type", "")), "") for entry in entries]


def reason_for(path: str, kind: str, code: str) -> Reason:
    """The reason for a signature of this kind; an unknown kind is a reason too."""
    word = kind.lower()
    known = VOLUMES.get(word, "")
    if not known and word in PARTITION_TABLES:
        known = "partition_table"
    if not known and word in FILE_SYSTEMS:
        known = "filesystem"
    chosen = known or code or "signature"
    return Reason(chosen, f"{path} carries a {_noun(chosen)} ({kind or 'of unknown kind'}).")


def _noun(code: str) -> str:
    return {
        "partition_table": "partition table",
        "filesystem": "file system",
        "zfs_label": "ZFS label",
        "lvm_pv": "label of an LVM physical volume",
        "md_member": "label of a RAID member",
    }.get(code, "signature")


def _unknown(path: str, why: str) -> Reason:
    return Reason(UNDETERMINED, f"It could not be determined what {path} carries: {why}.")
