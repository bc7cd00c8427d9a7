"""What a drive is doing, in words."""

from datetime import timedelta
from typing import Any

import pytest

from drives.models import Drive, Host
from jobs.board.words import drive_words
from jobs.models import BurninJob, BurninStage
from jobs.tests.ui.workbench import NOW

IN_USE = [{"code": "zfs", "message": "Part of the ZFS pool tank."}]
SURFACE_DONE = {"stage_name": "surface_validate", "destructive": True, "state": "passed"}
SURFACE = {"stage_name": "surface_validate", "destructive": True, "state": "running", "percent": 62.4}
AN_HOUR_AGO = NOW - timedelta(hours=1)

# drive, job (None: never burnt in), stages, text, tone, figure
CASES: list[tuple[dict[str, Any], dict[str, Any] | None, list[dict[str, Any]], str, str, str]] = [
    ({}, None, [], "Idle", "muted", ""),
    ({"in_use": IN_USE}, None, [], "In use · Part of the ZFS pool tank", "muted", ""),
    ({"in_use": [{"code": "held"}]}, None, [], "In use · held by its host", "muted", ""),
    ({"smart_health": "FAILED"}, None, [], "Idle · the drive's own SMART verdict is FAILED", "attention", ""),
    ({}, {"state": "queued"}, [], "Queued · starts when a slot is free", "muted", ""),
    ({}, {"state": "running"}, [], "Starting", "running", ""),
    ({}, {"state": "running"}, [{**SURFACE, "message": "verify 0x55"}], "Surface · verify 0x55", "running", "62 %"),
    ({}, {"state": "running"}, [{**SURFACE, "message": "62 % done"}], "Surface", "running", "62 %"),
    ({}, {"state": "running"}, [{**SURFACE, "percent": 99.97}], "Surface", "running", "99 %"),
    (
        {},
        {"state": "running"},
        [{**SURFACE, "message": "write 0xaa, paused"}],
        "Surface · write 0xaa, paused",
        "attention",
        "62 %",
    ),
    ({}, {"state": "running"}, [{"stage_name": "gone_stage", "state": "running"}], "Gone stage", "running", "0 %"),
    (
        {},
        {
            "state": "running",
            "waiting_since": AN_HOUR_AGO,
            "waiting_reason": "maple does not answer. Is it switched on?",
        },
        [SURFACE],
        "maple does not answer",
        "attention",
        "since 11:00",
    ),
    (
        {},
        {"state": "running", "waiting_since": AN_HOUR_AGO},
        [SURFACE],
        "Waiting for maple",
        "attention",
        "since 11:00",
    ),
    ({}, {"state": "running", "cancel_requested_at": NOW}, [SURFACE], "Cancelling · Surface", "attention", "62 %"),
    ({}, {"state": "passed"}, [SURFACE_DONE], "Passed · every block written and verified", "passed", ""),
    (
        {},
        {"state": "passed", "simulated": True},
        [SURFACE_DONE],
        "Passed · every block written and verified · simulated",
        "passed",
        "",
    ),
    (
        {},
        {"state": "passed"},
        [{"stage_name": "short_smart", "state": "passed"}],
        "Passed · SMART tests only, surface not tested",
        "passed",
        "",
    ),
    ({"in_use": IN_USE}, {"state": "passed"}, [SURFACE_DONE], "In use · Part of the ZFS pool tank", "muted", ""),
    ({"in_use": IN_USE}, {"state": "failed", "error_text": "3 bad blocks."}, [], "Failed · 3 bad blocks", "failed", ""),
    (
        {},
        {"state": "failed", "verdict": {"summary": "3 unreadable blocks"}},
        [],
        "Failed · 3 unreadable blocks",
        "failed",
        "",
    ),
    (
        {},
        {"state": "failed"},
        [{"stage_name": "long_smart", "state": "failed", "error_text": "Read failure."}],
        "Failed · Read failure",
        "failed",
        "",
    ),
    ({}, {"state": "failed"}, [], "Failed · see its findings", "failed", ""),
    (
        {},
        {"state": "unknown", "error_text": "The host lost power. This is not the drive's fault."},
        [],
        "Unknown · The host lost power",
        "unknown",
        "",
    ),
    ({}, {"state": "unknown"}, [], "Unknown · the run ended without a verdict", "unknown", ""),
    (
        {},
        {"state": "cancelled", "cancelled_by": "bob", "finished_at": NOW},
        [],
        "Cancelled by bob Fri 12:00",
        "muted",
        "",
    ),
]


@pytest.mark.parametrize(("drive", "job", "stages", "text", "tone", "figure"), CASES)
def test_it_says_what_happens(
    drive: dict[str, Any], job: dict[str, Any] | None, stages: list[dict[str, Any]], text: str, tone: str, figure: str
) -> None:
    shown = Drive(host=Host(name="maple"), **{"smart_health": "PASSED", **drive})
    words = drive_words(
        shown, BurninJob(drive=shown, **job) if job else None, [BurninStage(**stage) for stage in stages], now=NOW
    )
    assert (words.text, words.tone, words.figure) == (text, tone, figure)


def test_a_pass_that_wrote_only_part_of_the_plan_claims_no_surface() -> None:
    stages = [BurninStage(stage_name="surface_validate", destructive=True, state="skipped")]
    shown = Drive(host=Host(name="maple"))
    words = drive_words(shown, BurninJob(drive=shown, state="passed"), stages, now=NOW)
    assert "every block" not in words.text
