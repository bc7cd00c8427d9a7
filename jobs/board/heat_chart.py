"""The temperature of a drive over its burn-in, as a small drawing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs import thermometer
from jobs.heat import Sample, Thresholds
from jobs.models import BurninJob, TemperatureSample
from settingsapp import services as settings_services

WIDTH, HEIGHT = 600, 120
MOST_POINTS = 300
ROOM_C = 3  # above the highest line and below the lowest reading
GAP = timedelta(minutes=30)  # older readings are ten minutes apart; a longer silence is shown as one


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines in a box of WIDTH × HEIGHT, and the numbers beside it. Degrees are °C."""

    lines: Sequence[str]
    pause_y: float
    critical_y: float
    limits: Thresholds
    top: int
    bottom: int
    first: Sample
    last: Sample
    highest: int
    lowest: int
    pauses: int
    cooling: bool
    width: int = WIDTH
    height: int = HEIGHT


def build_chart(job: BurninJob) -> Chart | None:
    """Return the chart of a burn-in; None when no temperature was read yet."""
    rows = TemperatureSample.objects.filter(job=job).order_by("at").values_list("at", "celsius")
    samples = [Sample(at, celsius) for at, celsius in rows]
    if not samples:
        return None
    limits = thermometer.limits_of(job, settings_services.current().temp_crit_c)
    return draw(samples, limits, pauses=job.heat_pauses, cooling=job.cooling_since is not None)


def draw(samples: Sequence[Sample], limits: Thresholds, *, pauses: int = 0, cooling: bool = False) -> Chart:
    """Return the chart of these readings, oldest first."""
    degrees = [sample.celsius for sample in samples]
    top, bottom = max(limits.critical, *degrees) + ROOM_C, min(degrees) - ROOM_C
    first, last = samples[0], samples[-1]
    span = max(1.0, (last.at - first.at).total_seconds())

    def y(celsius: int) -> float:
        return round(HEIGHT * (top - celsius) / (top - bottom), 1)

    def place(sample: Sample) -> str:
        x = WIDTH * (sample.at - first.at).total_seconds() / span
        return f"{x:.1f},{y(sample.celsius)}"

    return Chart(
        lines=[" ".join(place(each) for each in run) for run in _runs(_fewer(samples))],
        pause_y=y(limits.pause_at),
        critical_y=y(limits.critical),
        limits=limits,
        top=top,
        bottom=bottom,
        first=first,
        last=last,
        highest=max(degrees),
        lowest=min(degrees),
        pauses=pauses,
        cooling=cooling,
    )


def _fewer(samples: Sequence[Sample]) -> list[Sample]:
    """Return at most so many readings as the drawing can show: the hottest of each stretch."""
    if len(samples) <= MOST_POINTS:
        return list(samples)
    step = -(-len(samples) // MOST_POINTS)
    stretches = (samples[start : start + step] for start in range(0, len(samples), step))
    return [max(stretch, key=lambda sample: sample.celsius) for stretch in stretches]


def _runs(samples: Iterable[Sample]) -> list[list[Sample]]:
    """Return the readings without a gap between them; a single one is drawn as a dot, from itself to itself."""
    runs: list[list[Sample]] = []
    before: datetime | None = None
    for sample in samples:
        if before is None or sample.at - before > GAP:
            runs.append([])
        runs[-1].append(sample)
        before = sample.at
    return [run if len(run) > 1 else run * 2 for run in runs]
