"""The documents say what is so: variables, make targets, links, promised behaviour and the test that proves it."""

import ast
import re
from pathlib import Path

import pytest

from burnin_site.version import read_version

ROOT = Path(__file__).resolve().parents[2]
FEATURE = re.compile(r"^\| (?P<id>[A-Z]\d{3}) \| (?P<behaviour>[^|]+) \| (?P<tests>[^|]+) \|$", re.MULTILINE)
TEST_NAME = re.compile(r"`(?P<path>[\w/.]+\.py)::(?P<name>\w+)`")
MARKDOWN = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def variables_in_settings() -> dict[str, ast.expr | None]:
    """Return the variables that settings.py reads, with their default as an expression."""
    found: dict[str, ast.expr | None] = {}
    for node in ast.walk(ast.parse((ROOT / "burnin_site/settings.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            owner, name = node.func.value, node.args[0]
            if isinstance(owner, ast.Name) and owner.id == "env" and isinstance(name, ast.Constant):
                default = {word.arg: word.value for word in node.keywords}.get("default")
                found[str(name.value)] = default
    return found


def lines_of_example() -> list[tuple[str, bool, str]]:
    """Return name, whether the line is active, and value of each variable in .env.example."""
    lines = re.findall(
        r"^(#?)([A-Z][A-Z0-9_]*)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE
    )
    return [(name, not off, value) for off, name, value in lines]


def test_the_example_names_every_variable_once_and_no_other() -> None:
    assert sorted(name for name, _, _ in lines_of_example()) == sorted(variables_in_settings())


def test_a_copy_of_the_example_changes_nothing() -> None:
    """An active line must show the very default; where that is worked out, the line must be off or mean "none"."""
    wrong = []
    for name, active, value in lines_of_example():
        default = variables_in_settings()[name]
        if active and isinstance(default, ast.Constant):
            shown = str(default.value).lower() if isinstance(default.value, bool) else str(default.value)
            if value != shown:
                wrong.append(f"{name}={value}, not {shown}")
        elif active and isinstance(default, ast.List):
            if value != ",".join(ast.literal_eval(default)):
                wrong.append(f"{name}={value}")
        elif active:
            wrong.append(f"{name} is worked out at the start; put # before it")
    assert wrong == []


def test_every_variable_is_explained() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").split("\n\n")
    silent = [block for block in lines if "=" in block and not block.lstrip().startswith("#")]
    assert silent == []


def test_the_version_comes_from_the_change_log() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", read_version(ROOT / "CHANGELOG.md"))


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_make_target_that_a_page_names_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)(?:[A-Z_]+=\S+ )*make ([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= targets


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_promised_behaviour_names_a_test_that_exists() -> None:
    missing = []
    for row in FEATURE.finditer((ROOT / "docs/features.md").read_text(encoding="utf-8")):
        tests = TEST_NAME.findall(row["tests"])
        missing += [f"{row['id']}: {path}::{name}" for path, name in tests if not has_test(path, name)]
        missing += [] if tests else [f"{row['id']} names no test"]
    assert missing == []


def test_every_row_of_promised_behaviour_is_a_row() -> None:
    lines = (ROOT / "docs/features.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("|") and not line.startswith(("| id ", "| --"))]
    assert rows
    assert [line for line in rows if not FEATURE.match(line)] == []
    ids = [line.split("|")[1].strip() for line in rows]
    assert len(ids) == len(set(ids))


def has_test(path: str, name: str) -> bool:
    file = ROOT / path
    if not name.startswith("test_") or not file.is_file():
        return False
    return re.search(rf"^\s*(async )?def {name}\(", file.read_text(encoding="utf-8"), re.MULTILINE) is not None
