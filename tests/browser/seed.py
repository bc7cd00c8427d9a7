"""A lab as it looks in the middle of a week, for the browser tests and for looking at the pages."""

import os
from datetime import datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "burnin_site.settings")
django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402  Django has to be set up first
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from burnin_site.core.roles import Role  # noqa: E402
from drives.models import Host  # noqa: E402
from tests.browser.rows import burnin, drive, host  # noqa: E402
from tests.browser.server import PASSWORD  # noqa: E402


def people() -> None:
    """Make one person per role, and one without."""
    for name, role in (("alice", Role.ADMIN), ("bob", Role.OPERATOR), ("vera", Role.VIEWER), ("sam", None)):
        user = User.objects.create_user(name, password=PASSWORD, is_staff=role is Role.ADMIN)
        if role:
            user.groups.add(Group.objects.get_or_create(name=role.label)[0])


@transaction.atomic
def lab() -> None:
    """Fill the database."""
    people()
    now = timezone.now()
    maple = host("maple", kind="truenas", api_url="https://maple", system="TrueNAS SCALE 25.10", max_parallel=4)
    bench = host(
        "bench-1", system="Debian 12", waiting_since=now - timedelta(minutes=48), error="bench-1 does not answer."
    )
    cedar = host("cedar", system="TrueNAS CORE 13.0", armed=False, api_url="https://cedar", kind="truenas")
    mock = host("mock", system="TrueNAS SCALE 25.04", simulated=True, max_parallel=2)
    _maple(maple, now)
    _bench(bench, now)
    for number, name in enumerate(("ada0", "ada1", "ada2")):
        used = [{"code": "zfs", "message": "Part of the ZFS pool tank."}] if number < 2 else []
        drive(
            cedar,
            name,
            f"WD-WX21D{number}81",
            "WD40EFRX-68N32N0",
            4,
            location=f"Bay {number + 1}",
            in_use=used,
            protocol="ata",
        )
    one = drive(mock, "sda", "SIM0000A", "ST12000NM0008", 12, temperature_c=33)
    drive(mock, "sdb", "SIM0000B", "WD80EFAX", 8, temperature_c=35)
    burnin(one, "passed", at=4, percent=100, hours=2.02)


def _maple(maple: Host, now: datetime) -> None:
    surface = {"rate_bps": 198e6, "message": "verify 0x55", "eta_at": now + timedelta(days=3, hours=7), "log_text": LOG}
    d3 = drive(maple, "da3", "ZHZ0ABCD", "ST12000NM0008", 12, temperature_c=41, location="B2 · slot 04")
    burnin(d3, "running", at=3, percent=45.3, hours=68, stage=surface)
    d4 = drive(maple, "da4", "ZHZ0ABCE", "ST12000NM0008", 12, temperature_c=43, location="B2 · slot 05")
    first = {"rate_bps": 221e6, "message": "write 0xaa", "eta_at": now + timedelta(days=5, hours=3)}
    burnin(d4, "running", at=3, percent=10.1, hours=29, stage=first)
    d5 = drive(maple, "da5", "VKGX91LX", "WD80EFAX-68KNBN0", 8, temperature_c=39, location="B2 · slot 06")
    burnin(d5, "running", at=2, percent=40, hours=6, stage={"eta_at": now + timedelta(hours=9)})
    d6 = drive(maple, "da6", "VKGX92AB", "WD80EFAX-68KNBN0", 8, temperature_c=52, location="B2 · slot 07")
    hot = {"rate_bps": 0, "message": "verify 0xaa, paused", "eta_at": now + timedelta(days=2, hours=4)}
    burnin(d6, "running", at=3, percent=29, hours=31, stage=hot)
    burnin(
        drive(maple, "da7", "ZL2B77QT", "ST16000NM001G-2KK103", 16, temperature_c=40, location="B2 · slot 08"), "queued"
    )
    d8 = drive(maple, "da8", "ZL2B70AA", "ST16000NM001G-2KK103", 16, temperature_c=36, location="B2 · slot 09")
    burnin(
        d8,
        "passed",
        at=4,
        percent=100,
        hours=196,
        verdict={"state": "passed", "summary": "Every block was written and verified"},
    )
    drive(maple, "da9", "ZL2B7X1K", "ST16000NM001G-2KK103", 16, temperature_c=31, location="B2 · slot 10")
    drive(maple, "da10", "ZL2B7Y2M", "ST16000NM001G-2KK103", 16, temperature_c=30, location="B2 · slot 11")
    old = [
        {"code": "filesystem", "message": "da11 carries an old ext4 file system."},
        {"code": "partition_table", "message": "da11 carries a GPT partition table."},
    ]
    drive(maple, "da11", "ZL2BUSED", "ST16000NM001G-2KK103", 16, temperature_c=29, location="B2 · slot 12", in_use=old)


def _bench(bench: Host, now: datetime) -> None:
    b = drive(bench, "sdb", "RIG77A10", "HUS726060AL5214", 6, temperature_c=37, location="Bench · left")
    finding = {
        "code": "bad_blocks",
        "severity": "failure",
        "cause": "drive",
        "message": "3 unreadable blocks at 881204411–881204413, counted in blocks of 4096 bytes.",
        "data": {"block_size": 4096, "blocks": [881204411, 881204412, 881204413], "located": True, "read_errors": 3},
    }
    warn = {
        "severity": "warning",
        "cause": "link",
        "message": "The link was reset 2 times during the run.",
        "data": {"phy_errors": 2},
    }
    proof = [
        {
            "label": "Pattern 0xaa",
            "value": "blocks 0 to 1464843749 of 4096 bytes written and compared, 3 errors",
            "ok": False,
        }
    ]
    bad = {
        "error_text": "3 unreadable blocks",
        "findings": [finding, warn],
        "proof": proof,
        "log_text": LOG,
        "finished_at": now - timedelta(hours=2),
    }
    verdict = {"state": "failed", "summary": "3 unreadable blocks", "proof": proof}
    burnin(b, "failed", at=3, percent=22, hours=11.2, stage=bad, error_text="3 unreadable blocks", verdict=verdict)
    c = drive(
        bench, "sdc", "S4B2NX0M", "Samsung PM1733", 3.8, temperature_c=44, location="Bench · right", protocol="nvme"
    )
    why = "The host lost power, and the drive was not found after it. This is not the drive's fault."
    burnin(
        c, "unknown", at=2, percent=12, hours=2.05, error_text=why, stage={"error_text": why}, verdict={"summary": why}
    )
    d = drive(bench, "sdd", "K7GHR2PL", "HUH721010AL5200", 10, temperature_c=47, location="Bench · top")
    burnin(
        d,
        "running",
        at=3,
        percent=66,
        hours=90,
        waiting_since=now - timedelta(minutes=48),
        waiting_reason="bench-1 does not answer. Is it switched on?",
        stage={"message": "write 0xff"},
    )


LOG = "\n".join(
    [
        "badblocks -wsv -b 4096 -c 1024 -e 256 -t 0xaa /dev/fd/7",
        "Checking for bad blocks in read-write mode",
        "From block 0 to 2929721343",
        "Testing with pattern 0xaa: done",
        "Reading and comparing: done",
        "Pass completed, 0 bad blocks found. (0/0/0 errors)",
        "Testing with pattern 0x55: done",
        "Reading and comparing:",
    ]
)

if __name__ == "__main__":
    lab()
