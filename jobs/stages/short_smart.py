"""The drive's own short self-test: electrics, servo, and a little of the surface, in a minute or two."""

from drives.smart.report import SmartReport
from jobs.stages.base import Target
from jobs.stages.selftest_stage import SelfTestStage


class ShortSmart(SelfTestStage):
    """Harmless. A drive that fails it need not be written to at all."""

    key = "short_smart"
    label = "SMART short self-test"
    short = "SMART short"
    order = 20
    weight = 15
    smart_kind = "short"

    def expected_seconds(self, report: SmartReport, drive: Target) -> float:
        """Return the drive's word, or two minutes."""
        return 60.0 * float(report.polling_minutes.get("short") or 2)
