"""The program runs on the Python that old storage hosts have."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from drives.hosts import bundle

FILES = sorted(bundle.SOURCE.rglob("*.py"))


def test_python_3_7_is_enough() -> None:
    vermin = Path(sys.executable).with_name("vermin")
    done = subprocess.run(
        [vermin, "-t=3.7-", "--no-tips", str(bundle.SOURCE)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_python_3_7_can_read_each_file(path: Path) -> None:
    ast.parse(path.read_text(), feature_version=(3, 7))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_imports_only_itself_and_the_standard_library(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            known = name.split(".")[0] in sys.stdlib_module_names
            assert known or name.startswith("drives.hosts.program"), name
