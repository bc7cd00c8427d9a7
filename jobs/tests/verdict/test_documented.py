"""The document of the verdict keeps its word."""

from pathlib import Path

from jobs.verdict import Case, judge

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "verdict.md"


def test_the_document_names_every_rule_and_no_other() -> None:
    rows = [line.split("`")[1] for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert rows == [ruling.rule for ruling in judge(Case())]
