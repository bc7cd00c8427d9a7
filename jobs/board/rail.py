"""The stage rail: one segment per stage, the surface split in its phases, width by expected time."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from jobs.board.stage_facts import short_label_of, weight_of
from jobs.models import BurninStage, StageState
from jobs.plans import SURFACE
from jobs.stages.base import CLASSIC, STANDARD

PATTERNS = ("0xaa", "0x55", "0xff", "0x00")
PHASES = {
    plan: tuple(f"{verb} {pattern}" for pattern in patterns for verb in ("write", "verify"))
    for plan, patterns in ((STANDARD, ("stamps", "zeros")), (CLASSIC, PATTERNS))
}
LEAST = 2.4  # percent of the rail: a stage of seconds beside one of days is still to be seen
TONES = {
    StageState.PASSED: "done",
    StageState.RUNNING: "running",
    StageState.FAILED: "failed",
    StageState.UNKNOWN: "unknown",
    StageState.CANCELLED: "stopped",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the rail in percent of its width. `fill` is the width of the coloured part."""

    x: float
    width: float
    fill: float
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment before it has a place."""

    weight: float
    percent: float
    tone: str
    title: str


def build_rail(stages: Sequence[BurninStage], *, plan: str = CLASSIC, gap: float = 0.8) -> list[Segment]:
    """Return the segments of a job's stages, side by side. `plan` is how its surface is tested."""
    pieces = [piece for stage in stages for piece in stage_pieces(stage, plan)]
    if not pieces:
        return []
    room = 100.0 - gap * (len(pieces) - 1)
    segments, x = [], 0.0
    for piece, width in zip(pieces, _widths(pieces, room), strict=True):
        fill = round(width * piece.percent / 100, 2)
        segments.append(Segment(round(x, 2), round(width, 2), fill, piece.tone, piece.title))
        x += width + gap
    return segments


def rail_data(segments: Sequence[Segment]) -> list[dict[str, Any]]:
    """Return the rail for the browser."""
    return [asdict(segment) for segment in segments]


def stage_pieces(stage: BurninStage, plan: str = CLASSIC) -> list[Piece]:
    """Return one piece for a stage, or one for each phase of the surface."""
    weight, title = weight_of(stage.stage_name), short_label_of(stage.stage_name)
    tone = TONES.get(StageState(stage.state), "pending")
    phases = phases_of(stage, plan)
    if not phases:
        return [Piece(weight, _shown_percent(stage.state, stage.percent), tone, title)]
    here = next((n for n, (_, percent) in enumerate(phases) if percent < 100), len(phases) - 1)
    return [
        Piece(weight / len(phases), *_phase_look(stage.state, percent, current=n == here), f"{title} · {name}")
        for n, (name, percent) in enumerate(phases)
    ]


def phases_of(stage: BurninStage, plan: str = CLASSIC) -> list[tuple[str, float]]:
    """Return the phases of a surface stage and how far each is, in percent; nothing for other stages."""
    told = stage.data.get("phases") if isinstance(stage.data, dict) else None
    if isinstance(told, list) and told:
        return [
            (f"{verb} {phase.get('pattern', '')}", float(phase.get(verb) or 0))
            for phase in told
            for verb in ("write", "verify")
        ]
    if stage.stage_name != SURFACE:
        return []
    names = PHASES[plan or CLASSIC]
    position = len(names) * (100.0 if stage.state == StageState.PASSED else stage.percent) / 100
    return [(name, 100 * min(1.0, max(0.0, position - n))) for n, name in enumerate(names)]


def _phase_look(state: str, percent: float, *, current: bool) -> tuple[float, str]:
    """Return fill and tone of a phase: behind is done, ahead is pending, the present has the stage's tone."""
    tone = TONES.get(StageState(state), "pending")
    if current and tone not in ("done", "pending"):
        return _shown_percent(state, percent), tone
    return (100.0, "done") if percent >= 100 else (0.0, "pending")


def _shown_percent(state: str, percent: float) -> float:
    if state in (StageState.PENDING, StageState.SKIPPED):
        return 0.0
    if state == StageState.RUNNING:
        return min(100.0, max(4.0, percent))
    return 100.0


def _widths(pieces: Sequence[Piece], room: float) -> list[float]:
    """Share the room by weight, but leave no piece too small to see."""
    total = sum(piece.weight for piece in pieces) or 1.0
    raw = [max(LEAST, room * piece.weight / total) for piece in pieces]
    return [width * room / sum(raw) for width in raw]
