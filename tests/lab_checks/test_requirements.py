"""Where a lab cannot be built, a sentence says what to do."""

from __future__ import annotations

import pytest

from tests.lab import requirements


def test_without_root_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    assert "Run the tests as root" in requirements.missing()


def test_missing_tools_are_named_by_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("tests.lab.requirements.SEARCH", "/nowhere")

    sentence = requirements.missing()

    assert "apt-get install" in sentence
    assert "openssh-server" in sentence
    assert "e2fsprogs" in sentence


@pytest.mark.parametrize(
    ("name", "value", "must"),
    [("CI", "true", True), ("CI", "", False), ("BURNIN_REQUIRE_LAB", "1", True), ("BURNIN_REQUIRE_LAB", "0", False)],
)
def test_a_lab_is_a_must_where_the_machine_is_ours(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, *, must: bool
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("BURNIN_REQUIRE_LAB", raising=False)
    monkeypatch.setenv(name, value)

    assert requirements.is_a_must() is must
