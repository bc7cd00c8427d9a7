"""The rules of the house that no tool checks: sizes, names, doors, and documents that keep their word."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.stages import all_stages

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES = 400
FUNCTION_LINES = 50
# Loops that must go on whatever one step met, and the last words of a process that nobody waits for.
CATCH_ALL = {
    "jobs/engine.py",
    "jobs/scheduler.py",
    "burnin_site/core/live/feed.py",
    "burnin_site/core/live/consumers.py",
    "drives/hosts/program/daemon.py",
}
# The supervisor hands its own environment on to its children; the host-side program runs without settings.
READS_ENVIRON = (
    "burnin_site/settings.py",
    "burnin_site/supervisor/",
    "drives/hosts/program/",
    "mock_truenas/",
    "tests/",
)
DOORS = {
    "paramiko": (
        "drives/hosts/shell_ssh.py",
        "drives/hosts/ssh_wire.py",
        "drives/hosts/keys.py",
        "drives/hosts/dial.py",
        "mock_truenas/",
    ),
    "requests": ("drives/hosts/inventory_rest.py", "jobs/webhook.py"),
    "django_q": ("jobs/dispatch.py",),
    "channels": ("burnin_site/core/live/", "burnin_site/asgi.py"),
    "environ": ("burnin_site/settings.py",),
}


def tracked(*patterns: str) -> list[Path]:
    """Return the files of the tree: what git knows, and what is new and not ignored."""
    command = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns)
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in sorted(set(listed)) if (ROOT / name).is_file()]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_test(path: Path) -> bool:
    return "tests" in path.relative_to(ROOT).parts or path.name == "conftest.py"


SOURCES = [path for path in tracked("*.py") if "migrations" not in path.parts]
PRODUCT = [path for path in SOURCES if not is_test(path)]


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def swallows_everything(node: ast.AST) -> bool:
    """Whether this catches every exception and does not raise it again."""
    if not isinstance(node, ast.ExceptHandler):
        return False
    caught = ast.unparse(node.type) if node.type else "BaseException"
    last = node.body[-1]
    raised_again = isinstance(last, ast.Raise) and last.exc is None
    return bool(re.search(r"\b(Base)?Exception\b", caught)) and not raised_again


def reads_environment(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv", "os.environb")


def imports(path: Path) -> set[str]:
    """Return the top names of everything a file imports."""
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_no_file_is_longer_than_the_hard_stop() -> None:
    lengths = {name_of(path): path.read_text(encoding="utf-8").count("\n") for path in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_function_is_longer_than_the_hard_stop() -> None:
    long = [
        f"{name_of(path)}:{function.lineno} {function.name}"
        for path in SOURCES
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


def test_files_are_named_for_their_noun() -> None:
    vague = re.compile(r"(^|_)(utils?|helpers?|common|misc)\.py$")
    assert [name_of(path) for path in SOURCES if vague.search(path.name)] == []


def test_our_modules_call_each_other_and_send_no_signals() -> None:
    signals = re.compile(r"@receiver\(|\b(pre|post)_(save|delete)\b|= Signal\(")
    assert [name_of(path) for path in PRODUCT if signals.search(path.read_text(encoding="utf-8"))] == []


def test_everything_is_caught_only_where_a_loop_must_go_on() -> None:
    assert {name_of(path) for path in PRODUCT if any(map(swallows_everything, nodes(path)))} <= CATCH_ALL


def test_the_environment_is_read_in_the_settings_only() -> None:
    found = [name_of(path) for path in PRODUCT if any(map(reads_environment, nodes(path)))]
    # These two name the settings module, which nothing else can do for them.
    start = {"manage.py", "burnin_site/asgi.py"}
    assert [name for name in found if not name.startswith(READS_ENVIRON) and name not in start] == []


@pytest.mark.parametrize("library", sorted(DOORS))
def test_a_library_has_one_door(library: str) -> None:
    through = [name_of(path) for path in PRODUCT if library in imports(path)]
    assert [name for name in through if not name.startswith((*DOORS[library], "tests/"))] == []


def test_nothing_refers_to_what_is_outside_the_repository() -> None:
    outside = re.compile(r"\.\./" + "shared|/" + "work/(main|shared)|/" + r"root/\.pyenv|/home/\w+/")
    texts = [path for path in tracked() if path.suffix not in {".png", ".ico", ".woff2", ".gz"}]
    found = [name_of(path) for path in texts if outside.search(path.read_text(encoding="utf-8", errors="replace"))]
    assert found == []


def test_no_test_waits_by_sleeping() -> None:
    waits = {"tests/lab/waiting.py"}
    tests = [path for path in SOURCES if path.name.startswith("test_") and name_of(path) not in waits]
    assert [name_of(path) for path in tests if "sleep" + "(" in path.read_text(encoding="utf-8")] == []


def test_row_numbers_in_addresses_are_numbers_that_the_database_holds() -> None:
    """Django's own `int` takes any: 2^63 and above breaks in the database. Ours is `row`."""
    routes = [path for path in PRODUCT if path.name == "urls.py"]
    assert [name_of(path) for path in routes if "<int:" in path.read_text(encoding="utf-8")] == []


def test_docs_name_every_stage() -> None:
    text = (ROOT / "docs/stages.md").read_text(encoding="utf-8")
    assert [stage.key for stage in all_stages() if f"`{stage.key}`" not in text] == []
