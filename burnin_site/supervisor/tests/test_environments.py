"""Which secrets a process is given, for each process and each secret that the settings read."""

import ast
import re
from pathlib import Path

import pytest

from burnin_site.supervisor import environments

ROOT = Path(__file__).resolve().parents[3]
LOOKS_SECRET = re.compile(r"PASSWORD|SECRET|KEY|TOKEN(?!_DAYS)|DATABASE_URL|WEBHOOK")


@pytest.fixture(autouse=True)
def everything(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in environments.ALL:
        monkeypatch.setenv(name, f"secret of {name}")
    monkeypatch.setenv("WORKERS", "4")
    monkeypatch.setenv("PGPASSFILE", "/some/where")


@pytest.mark.parametrize("process", environments.NEEDS)
@pytest.mark.parametrize("name", sorted(environments.ALL))
def test_a_process_is_given_what_it_needs_and_no_other_secret(process: str, name: str) -> None:
    given = environments.environment_for(process)
    assert (name in given) == (name in environments.NEEDS[process])
    assert given["WORKERS"] == "4"
    assert given[environments.PROCESS] == process


def test_a_helper_is_given_nothing_of_ours() -> None:
    given = environments.plain_environment()
    assert "PATH" in given
    assert [name for name in given if name in environments.ALL or name in ("WORKERS", "PGPASSFILE")] == []


@pytest.mark.parametrize("process", environments.NEEDS)
def test_what_a_process_does_not_need_it_does_not_take_from_a_file_either(process: str) -> None:
    variables = dict.fromkeys(environments.ALL, "from .env") | {environments.PROCESS: process, "WORKERS": "4"}
    environments.forget_unneeded(variables)
    assert set(variables) == environments.NEEDS[process] | {environments.PROCESS, "WORKERS"}


def test_a_command_that_somebody_runs_by_hand_may_use_everything() -> None:
    variables = dict.fromkeys(environments.ALL, "from .env")
    environments.forget_unneeded(variables)
    assert set(variables) == environments.ALL


def test_every_variable_of_the_settings_that_looks_like_a_secret_is_in_the_table() -> None:
    read: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / "burnin_site/settings.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env.") and node.args:
            read.update(str(name.value) for name in node.args[:1] if isinstance(name, ast.Constant))
    assert {name for name in read if LOOKS_SECRET.search(name)} == environments.ALL


def test_the_table_in_the_documents_is_the_table_of_the_code() -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE))
    documented = {name: set(rows[name].split(", ")) for name in environments.ALL}
    for name, processes in documented.items():
        assert processes - {"prepare"} == {p for p, needs in environments.NEEDS.items() if name in needs}, name
