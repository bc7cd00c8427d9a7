"""The fault matrix: whole burn-ins of faulty drives and on faulty hosts, with 0 false PASS and 0 false FAIL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance import fault_rows_of_drives, fault_rows_of_stories
from tests.acceptance.fault_batch import Scenes, played
from tests.acceptance.fault_matrix import Row, check_row
from tests.lab.lab import Lab

pytestmark = pytest.mark.lab
ROWS: tuple[Row, ...] = (*fault_rows_of_drives.ROWS, *fault_rows_of_stories.ROWS)
PARAMETERS = (
    *(pytest.param(row, id=row.title) for row in fault_rows_of_drives.ROWS),
    *(pytest.param(row, id=row.title, marks=pytest.mark.soak) for row in fault_rows_of_stories.ROWS),
)


@pytest.fixture(scope="module")
def chosen(request: pytest.FixtureRequest) -> list[Row]:
    """Return the rows that this session asks for: all of them, unless somebody picked."""
    picked = " ".join(item.name for item in request.session.items)
    return [row for row in ROWS if f"[{row.title}]" in picked]


@pytest.fixture(scope="module")
def scenes(lab: Lab, chosen: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scenes]:
    """Yield how each burn-in ended. Asks for the lab first, so that without one nothing is started."""
    assert lab.sshd.port
    with played(chosen, tmp_path_factory.mktemp("matrix")) as ended:
        yield ended


@pytest.mark.parametrize("row", PARAMETERS)
def test_each_row_ends_as_it_must(scenes: Scenes, row: Row) -> None:
    check_row(row, scenes[row.title])


def test_no_verdict_is_false(scenes: Scenes, chosen: list[Row]) -> None:
    ended = {row.title: (row.state, scenes[row.title].state) for row in chosen}
    false_passes = [title for title, (must, is_) in ended.items() if is_ == "passed" != must]
    false_fails = [title for title, (must, is_) in ended.items() if is_ == "failed" != must]
    assert (false_passes, false_fails) == ([], [])
    assert [title for title, (_, is_) in ended.items() if is_ in ("running", "queued", "not started")] == []


@pytest.mark.soak
def test_the_host_that_speaks_german_really_does(scenes: Scenes) -> None:
    scene = next(scene for title, scene in scenes.items() if title.startswith("locale not C"))
    sshd, image = scene.bench.lab.sshd, scene.bench.lab.directory / "small"
    image.write_bytes(bytes(1 << 16))
    said = sshd.ssh(f"badblocks -sv {image}").stderr
    assert "Durchgang beendet" in said, said
    assert "Pass completed" not in said
    assert "Pass completed" in sshd.ssh(f"LC_ALL=C badblocks -sv {image}").stderr
