"""Reading what the tools of FreeBSD say."""

from drives.hosts.program import freebsd
from drives.hosts.program.claim import Claim
from drives.hosts.program.disk import Disk
from drives.hosts.program.processes import parse_ps
from drives.hosts.program.reason import Reason

DISKS = """\
Geom name: da0
Providers:
1. Name: da0
   Mediasize: 12000138625024 (11T)
   Sectorsize: 512
   Stripesize: 4096
   Stripeoffset: 0
   Mode: r2w2e3
   descr: ATA ST12000NM0008-2H
   lunid: 5000c500a1b2c3d4
   ident: ZHZ12345
   rotationrate: 7200
   fwsectors: 63
   fwheads: 255

Geom name: nda0
Providers:
1. Name: nda0
   Mediasize: 512110190592 (477G)
   Sectorsize: 512
   Mode: r0w0e0
   descr: Samsung SSD 970 PRO 512GB
   lunid: (null)
   ident: S463NF0M
   rotationrate: 0

Geom name: cd0
Providers:
1. Name: cd0
   Mediasize: 0 (0B)
   Sectorsize: 2048
   ident: (null)
   rotationrate: unknown
"""

PARTITIONS = """\
Geom name: da0
modified: false
scheme: GPT
Providers:
1. Name: da0p1
   Mediasize: 2147483648 (2.0G)
2. Name: da0p2
   Mediasize: 11997991059456 (11T)
Consumers:
1. Name: da0
   Mediasize: 12000138625024 (11T)
"""


def test_it_reads_the_disks() -> None:
    spinning, flash = freebsd.parse_geom_disks(DISKS)

    assert (spinning.name, spinning.size_bytes) == ("da0", 12000138625024)
    assert (spinning.logical_block, spinning.physical_block) == (512, 4096)
    assert spinning.identity.serial == "ZHZ12345"
    assert spinning.identity.wwn == "0x5000c500a1b2c3d4"
    assert (spinning.rotational, flash.rotational) == (True, False)
    assert (flash.identity.wwn, flash.identity.model) == ("", "Samsung SSD 970 PRO 512GB")


def test_it_reads_the_partitions_and_not_their_disks() -> None:
    assert freebsd.partition_names(PARTITIONS) == ["da0p1", "da0p2"]


def test_it_reads_labels_swap_and_mirrors() -> None:
    labels = "gptid/1111-2222  N/A  da0p2\nlabel/x N/A da1\n"
    swap = "Device          1K-blocks     Used    Avail Capacity\n/dev/mirror/swap0.eli 2097148 0 2097148 0%\n"
    mirrors = "mirror/swap0  COMPLETE  da0p1 (ACTIVE)\nmirror/swap0  COMPLETE  da1p1 (ACTIVE)\n"

    assert freebsd.parse_labels(labels) == {"gptid/1111-2222": "da0p2", "label/x": "da1"}
    assert freebsd.parse_swapinfo(swap) == ["/dev/mirror/swap0.eli"]
    assert freebsd.parse_mirrors(mirrors) == [("mirror/swap0", "da0p1"), ("mirror/swap0", "da1p1")]


def test_a_partition_belongs_to_its_disk_only() -> None:
    first, eleventh = Disk("da1", "/dev/da1", 1, nodes=("da1",)), Disk("da11", "/dev/da11", 1, nodes=("da11",))
    for name, on_first, on_eleventh in [
        ("da1p2", True, False),
        ("da1s1a", True, False),
        ("da1", True, False),
        ("da11p2", False, True),
        ("da11", False, True),
        ("da1p2.eli", False, False),
    ]:
        claim = Claim(Reason("zfs", ""), node=name)
        assert (claim.hits(first), claim.hits(eleventh)) == (on_first, on_eleventh), name


def test_it_reads_a_process() -> None:
    found = parse_ps(4711, "T     4711 Mon Nov 23 22:41:08 2026\n")

    assert found is not None
    assert (found.session, found.started, found.paused) == (4711, "Mon Nov 23 22:41:08 2026", True)
    assert parse_ps(4711, "") is None
