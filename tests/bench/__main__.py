"""`make bench`: the product against the bare commands on the same devices in the same run, as a table and as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tests.bench import hand_over, hold, live_rows, stamped, surface
from tests.bench.figures import Figure
from tests.lab.lab import Lab
from tests.product.bench_host import BenchHost
from tests.product.running import Product


def main() -> int:
    """Run the measurements; exit 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"), help="where the JSON goes")
    parser.add_argument(
        "--size", type=int, default=768, help="MiB of each of the four devices of the surface measurement"
    )
    parser.add_argument(
        "--only", choices=("product", "engine", "plans", "hold"), help="a part of it: a to c, d, e, or h"
    )
    choices = parser.parse_args()
    figures = hold.measure() if choices.only in (None, "hold") else []  # first: it needs nothing of the lab
    if choices.only != "hold":
        with Lab() as lab:
            figures += _measure(lab, choices.only or "", choices.size)
    report(figures, choices.json)
    return 0 if all(figure.ok for figure in figures) else 1


def _measure(lab: Lab, only: str, size_mib: int) -> list[Figure]:
    figures: list[Figure] = []
    if only in ("", "engine"):  # first, while nothing of the product runs beside it
        figures.extend(stamped.measure(lab))
    if only == "engine":
        return figures
    with Product() as product:
        bench = BenchHost(product, lab)
        if only in ("", "plans"):
            figures.append(surface.compare_plans(bench, lab))
        if only in ("", "product"):
            figures.append(surface.measure(bench, lab, size_mib))
            figures.extend(hand_over.measure(bench, lab))
            figures.extend(live_rows.measure(bench, lab))
    return sorted(figures, key=lambda figure: figure.name[:3])


def report(figures: list[Figure], path: Path) -> None:
    """Print the table, then the JSON, and keep the JSON."""
    out = sys.stdout
    out.write(f"{'measurement':<66} {'value':>10} {'target':>10}\n")
    for figure in figures:
        target = f"≤ {figure.target:g}" if figure.target is not None else ""
        out.write(f"{figure.name:<66} {figure.value:>10.3f} {target:>10} {'' if figure.ok else 'MISSED'}\n")
    rows: list[dict[str, Any]] = [figure.as_json() for figure in figures]
    text = json.dumps({"figures": rows}, indent=2)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
    out.write(text + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
