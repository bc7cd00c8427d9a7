"""The drive's own long self-test: it reads its whole surface by itself."""

from drives.smart.report import SmartReport
from jobs.stages.base import Target
from jobs.stages.selftest_stage import SelfTestStage

SLOW_DRIVE_BPS = 100e6


class LongSmart(SelfTestStage):
    """Harmless, and as long as a read of the whole drive."""

    key = "long_smart"
    label = "SMART long self-test"
    short = "SMART long"
    order = 30
    weight = 40
    smart_kind = "long"

    def expected_seconds(self, report: SmartReport, drive: Target) -> float:
        """Return the drive's word, or the time to read it at 100 MB/s."""
        minutes = report.polling_minutes.get("long")
        return 60.0 * float(minutes) if minutes else drive.size_bytes / SLOW_DRIVE_BPS
