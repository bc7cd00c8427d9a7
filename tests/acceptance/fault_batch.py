"""Runs the rows of the fault matrix on one product: all at once, on a few hosts, for mostly they wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.acceptance.fault_matrix import Row
from tests.acceptance.fault_rows_of_stories import FULL, GERMAN, TOOLLESS
from tests.acceptance.fault_stories import FAST, SLOW, quiet
from tests.lab.lab import MIB, Lab
from tests.lab.locales import german
from tests.lab.waiting import wait_until
from tests.product.bench_host import BenchHost
from tests.product.running import Product
from tests.product.scenes import Play, Scene

# Each start looks at every disk of its host, and each host is asked twice a second: neither few nor many are best.
DISKS_PER_HOST = 14
ROOM = 8 * MIB
WITHIN_S = 1200
LISTED_WITHIN_S = 240
LOOK_EVERY_S = 1.0
NOT_THERE = "not_present"
MANY = "200"
Scenes = dict[str, Scene]


def hosts_of(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return which rows are played on which host."""
    hosts: dict[str, list[Row]] = {}
    anywhere = [row for row in rows if not row.host]
    for number in range(0, len(anywhere), DISKS_PER_HOST):
        hosts[f"plain {number // DISKS_PER_HOST + 1}"] = anywhere[number : number + DISKS_PER_HOST]
    for row in rows:
        if row.host:
            hosts.setdefault(row.host, []).append(row)
    return hosts


@contextmanager
def played(rows: Sequence[Row], folder: Path) -> Iterator[Scenes]:
    """Yield how the burn-in of each row ended, by title; the disks are there until the end."""
    with ExitStack() as stack:
        # An observer that looks at the disks every few seconds would have more to do than all burn-ins.
        product = stack.enter_context(Product(MAX_PARALLEL_BURNINS=MANY, POLL_INTERVAL_SECONDS="120"))
        scenes: Scenes = {}
        for name, its_rows in hosts_of(rows).items():
            lab = stack.enter_context(_lab(name, folder))
            bench = BenchHost(product, lab, name=name, max_parallel=int(MANY))
            if name == FULL:
                bench.work_in(lab.base_dir)
            scenes |= {row.title: _scene(row, bench) for row in its_rows}
        by_row = {row: scenes[row.title] for row in rows}
        _start(product, by_row)
        Play(product, [(scene, row.story) for row, scene in by_row.items()]).through(within_s=WITHIN_S)
        yield scenes


@contextmanager
def _lab(name: str, folder: Path) -> Iterator[Lab]:
    with Lab(**(german(folder / "locales") if name == GERMAN else {})) as lab:
        if name == FULL:
            lab.room.limit(ROOM)
        if name == TOOLLESS:
            lab.sshd.hide("badblocks")
        yield lab


def _scene(row: Row, bench: BenchHost) -> Scene:
    disk = bench.lab.add_disk(**row.order)
    if row.story is not quiet:
        disk.limit(SLOW)
    elif row.plan == "classic":
        disk.limit(FAST)
    row.prepare(disk)
    return Scene(bench, disk)


def _start(product: Product, by_row: Mapping[Row, Scene]) -> None:
    """Start all of them: one request for those that choose the same."""
    ids = _drives(product, list(by_row.values()))
    for row, scene in by_row.items():
        scene.disk.reset_stats()
        if row.before_start:
            row.before_start(scene)
    groups: dict[str, list[Row]] = {}
    for row in by_row:
        groups.setdefault(repr(row.choices), []).append(row)
    for rows in groups.values():
        its_scenes = {ids[by_row[row].disk.serial]: by_row[row] for row in rows}
        choices = rows[0].choices

        def started(its_scenes: dict[int, Scene] = its_scenes, choices: dict[str, object] = choices) -> bool:
            return _ask(product, {pk: one for pk, one in its_scenes.items() if _is_open(one)}, choices)

        wait_until(started, "all burn-ins are started or refused", within_s=LISTED_WITHIN_S, every_s=LOOK_EVERY_S)


def _is_open(scene: Scene) -> bool:
    """Say whether a burn-in is still to be started: on a busy machine a look at a host may have missed its drive."""
    return not scene.job_id and scene.refused.get("code", NOT_THERE) == NOT_THERE


def _ask(product: Product, scenes: Mapping[int, Scene], choices: Mapping[str, object]) -> bool:
    confirm = {str(pk): scene.disk.serial for pk, scene in scenes.items()}
    body = {"drive_ids": list(scenes), "confirm": confirm, **choices}
    answer = product.send("POST", "/api/v1/burnin/start", body).json()
    for job in answer["jobs"]:
        scenes[job["drive_id"]].job_id, scenes[job["drive_id"]].refused = job["id"], {}
    for refusal in answer["refused"]:
        scene = scenes[refusal["drive_id"]]
        scene.refused = refusal
        if refusal["code"] == NOT_THERE:
            product.post(f"/api/v1/hosts/{scene.bench.id}/refresh")
    return not any(map(_is_open, scenes.values()))


def _drives(product: Product, scenes: Sequence[Scene]) -> dict[str, int]:
    """Return the drives by serial number, as soon as the product knows all of them as they are."""
    for bench in {scene.bench.id: scene.bench for scene in scenes}.values():
        product.post(f"/api/v1/hosts/{bench.id}/refresh")
    known: dict[str, int] = {}

    def listed() -> bool:
        rows = product.get("/api/v1/drives")["results"]
        found = {(row["serial"], row["devname"], row["size_bytes"]): row["id"] for row in rows}
        wanted = [(scene.disk.serial, scene.disk.devname, scene.disk.size) for scene in scenes]
        known.update({one[0]: found[one] for one in wanted if one in found})
        return len(known) == len(wanted)

    wait_until(listed, "all drives are listed", within_s=LISTED_WITHIN_S, every_s=LOOK_EVERY_S)
    return known
