"""What the start dialog shows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from burnin_site.core.errors import BurninError
from drives.models import Drive
from jobs import overrides
from jobs.board.drive_row import order_of
from jobs.board.estimate import plan_seconds, stage_seconds
from jobs.board.figures import rough_duration_text, size_text
from jobs.board.stage_facts import known_stage, label_of
from jobs.forms import TESTS, plan_of
from jobs.plans import SURFACE, Plan
from jobs.stages.base import CLASSIC, STANDARD

ALL_TESTS = tuple(TESTS)
MOST_SIZES = 3  # of more sizes, the smallest and the largest say enough
TEST_WORDS = {
    "short": ("SMART short self-test", "The drive checks itself for a few minutes. Harmless."),
    "long": ("SMART long self-test", "The drive reads its whole surface itself. Harmless."),
    "surface": ("Surface test", "Writes and verifies every block. Erases everything."),
}
SURFACE_WORDS = {
    STANDARD: (
        "Standard",
        "Stamps, then zeros: 4 times over the drive. Every block carries its own address, so faked capacity, lost "
        "and misdirected writes are seen and named. Sees less of sticking bits: two contents are tried, not four.",
    ),
    CLASSIC: (
        "Classic",
        "badblocks, four patterns: 8 times over the drive. Every bit is tried both ways twice. All blocks hold the "
        "same, so it cannot see capacity that wraps around or blocks that are stored in the wrong place.",
    ),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the three check boxes."""

    name: str
    label: str
    help: str
    checked: bool


@dataclass(frozen=True, slots=True)
class SurfaceChoice:
    """One of the ways to test the surface, with what it can and cannot see and how long it takes."""

    name: str
    label: str
    help: str
    duration: str
    checked: bool


@dataclass(frozen=True, slots=True)
class PlanStage:
    """A line of the plan, spelled out."""

    label: str
    duration: str
    destructive: bool


@dataclass(frozen=True, slots=True)
class PlanWords:
    """The plan and how long it takes."""

    stages: Sequence[PlanStage] = ()
    durations: Sequence[str] = ()
    destructive: bool = False
    simulated: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class ChosenDrive:
    """A drive of the dialog, with what was typed for it and why it was refused."""

    drive: Drive
    size: str
    typed: str = ""
    refusal: str = ""
    carries: Sequence[str] = ()  # what an admin may override
    override: str = ""  # who overrode it, and why


@dataclass(frozen=True, slots=True)
class StartDialog:
    """The dialog."""

    chosen: Sequence[ChosenDrive]
    tests: Sequence[Choice]
    surfaces: Sequence[SurfaceChoice]
    plan: PlanWords
    word: str
    error: str = ""
    started: int = 0
    count: str = ""
    typed_word: str = ""
    token: str = ""
    hosts: Sequence[str] = field(default=())

    @property
    def erases(self) -> bool:
        """Whether the surface test is ticked."""
        return any(test.name == "surface" and test.checked for test in self.tests)

    @property
    def single(self) -> bool:
        """Whether one drive is confirmed by its serial, rather than a batch by count and word."""
        return len(self.chosen) == 1


def build_dialog(
    drives: Sequence[Drive],
    *,
    tests: Sequence[str] = ALL_TESTS,
    surface_plan: str,
    now: datetime,
    typed: Mapping[str, str] | None = None,
    refusals: Mapping[int, str] | None = None,
    **rest: str | int,
) -> StartDialog:
    """Return the dialog for these drives, with nothing lost that was typed before."""
    typed, refusals = typed or {}, refusals or {}
    chosen = [
        _chosen(drive, typed.get(str(drive.pk), ""), refusals.get(drive.pk, ""), now)
        for drive in sorted(drives, key=lambda drive: (drive.host.name, order_of(drive.devname)))
    ]
    return StartDialog(
        chosen=chosen,
        tests=choices_of(tests),
        surfaces=surface_choices(surface_plan, drives),
        plan=spell_out(tests, drives, surface_plan),
        hosts=sorted({drive.host.name for drive in drives if not drive.host.armed}),
        **rest,  # type: ignore[arg-type]
    )


def _chosen(drive: Drive, typed: str, refusal: str, now: datetime) -> ChosenDrive:
    size = size_text(drive.size_bytes)
    if not overrides.soft_reasons(drive):
        return ChosenDrive(drive, size, typed, refusal)
    override = overrides.usable(drive, now=now)
    said = f"{override.created_by_name} lets it be erased: {override.reason}" if override else ""
    left = [] if overrides.hard_reasons(drive) else overrides.standing(drive, override)
    return ChosenDrive(drive, size, typed, refusal, [reason["message"] for reason in left], said)


def choices_of(tests: Sequence[str]) -> list[Choice]:
    """Return the check boxes: the chosen tests in their order, then the others."""
    order = [*tests, *(name for name in ALL_TESTS if name not in tests)]
    return [Choice(name, *TEST_WORDS[name], checked=name in tests) for name in order]


def surface_choices(chosen: str, drives: Sequence[Drive]) -> list[SurfaceChoice]:
    """Return the ways to test the surface."""
    sizes = {drive.size_bytes for drive in drives} or {0}
    return [
        SurfaceChoice(name, *words, _stage_duration(SURFACE, sizes, name), checked=name == chosen)
        for name, words in SURFACE_WORDS.items()
    ]


def spell_out(tests: Sequence[str], drives: Sequence[Drive], surface_plan: str) -> PlanWords:
    """Return the plan in words, or why these tests make none."""
    try:
        plan = plan_of(tests, surface_plan)
    except BurninError as error:
        return PlanWords(error=str(error))
    sizes = {drive.size_bytes for drive in drives} or {0}
    stages = [
        PlanStage(
            f"{label_of(name)}, {plan.surface}" if name == SURFACE else label_of(name),
            _stage_duration(name, sizes, plan.surface),
            destructive=bool((stage := known_stage(name)) and stage.destructive),
        )
        for name in plan.stages
    ]
    simulated = any(drive.host.simulated for drive in drives)
    return PlanWords(stages, _durations(plan, drives), plan.destructive, simulated)


def _stage_duration(name: str, sizes: Collection[int], surface_plan: str) -> str:
    text = rough_duration_text(stage_seconds(name, max(sizes), surface_plan))
    return text if len(sizes) == 1 else text.replace("about", "up to")


def _durations(plan: Plan, drives: Sequence[Drive]) -> list[str]:
    sizes = sorted({drive.size_bytes for drive in drives})
    if len(sizes) > MOST_SIZES:
        sizes = [sizes[0], sizes[-1]]
    return [
        f"{size_text(size)}: {rough_duration_text(plan_seconds(plan.stages, size, plan.surface))}" for size in sizes
    ]
