"""Every answer of a host has the types and sizes that it must have, or it is one sentence."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drives.hosts.edge import limits
from drives.hosts.edge.misfit import AnswerTooLong, AnswerUnfit
from drives.hosts.edge.unpack import unpack
from drives.hosts.errors import HostError
from drives.hosts.inventory_program import report_from
from drives.hosts.ports import CommandResult
from drives.hosts.program_client import HostProgram
from drives.tests.hostile_words import ANSWERS, DISK, NASTY, RUN, WRONG, answer, drives, places, replaced
from drives.tests.local_shell import ScriptedShell

FIELDS = [(op, path) for op in ANSWERS for path in places(answer(op))]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None, categories=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=6,
)


def asked(op: str, said: object, *, runs: int = 1) -> dict[str, Any]:
    """Ask a host that answers with this."""
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    program = HostProgram(ScriptedShell(CommandResult(0, raw, b"")), "/var/tmp/b", "nas-1", expect_simulated=False)
    return program.call(op, runs=["j1-surface"] * runs) if op == "probe" else program.call(op)


def use(op: str, told: dict[str, Any]) -> None:
    """Do with an answer what the product does: it must be possible, and fit into a database."""
    json.dumps(told, allow_nan=False).encode()
    if op == "inventory":
        for disk in report_from(told).disks:
            assert 0 <= disk.size_bytes < 2**63
            assert (disk.serial + disk.wwn + disk.model + disk.devname).isprintable()
            assert len(disk.model) <= 120


@pytest.mark.parametrize("op", ANSWERS)
def test_an_honest_answer_comes_through_as_it_is(op: str) -> None:
    assert asked(op, answer(op)) == answer(op)


@pytest.mark.parametrize(("op", "path"), FIELDS, ids=lambda value: str(value))
def test_a_wrong_value_in_any_field_is_a_sentence_or_does_no_harm(op: str, path: tuple[str | int, ...]) -> None:
    for wrong in WRONG:
        said = replaced(answer(op), path, wrong)
        try:
            told = asked(op, said)
        except HostError as error:
            assert "nas-1" in str(error) or said.get("ok") is not True
            assert "Traceback" not in str(error)
            continue
        use(op, told)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=300)
@given(field=st.sampled_from(FIELDS), value=JSON_VALUES)
def test_no_value_anywhere_ends_in_anything_but_a_host_error(field: tuple[str, Any], value: object) -> None:
    op, path = field
    try:
        told = asked(op, replaced(answer(op), path, value))
    except HostError:
        return
    use(op, told)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=200)
@given(op=st.sampled_from(sorted(ANSWERS)), said=JSON_VALUES)
def test_an_answer_that_is_something_else_altogether_is_a_host_error(op: str, said: object) -> None:
    with pytest.raises(HostError):
        asked(op, said)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b'{"ok": true, "now": NaN}', "now is no finite number"),
        (b'{"ok": true, "now": Infinity}', "now is no finite number"),
        (b'{"ok": true, "now": 1e999}', "now is no finite number"),
        (b'{"ok": true, "tools": {"a": 9223372036854775808}}', "tools.a is a number beyond 64 bits"),
        (b'{"ok": true, "a": ' + b"[" * 40 + b"]" * 40 + b"}", "nested deeper than 32 levels"),
        (b'{"ok": true, "a": ' + b"[" * 100_000, "nested deeper than 32 levels"),
        (b'{"ok": true, "a": ' + b'{"a":' * 400 + b"1" + b"}" * 401, "nested deeper than 32 levels"),
        (b'{"ok": true, "a": [' + b"0," * 420_000 + b"0]}", "has more than 400,000 values"),
        (b'{"ok": true, "a": [' + b"{}," * 320_000 + b"0]}", "has more than 400,000 values"),
        (b'{"ok": true, "tools": {"x": {"version": 5}}}', "tools.x.version is no text"),
    ],
)
def test_a_misfit_says_what_and_where(said: bytes, words: str) -> None:
    with pytest.raises(AnswerUnfit) as misfit:
        asked("hello", said)
    assert str(misfit.value).startswith("nas-1 gave an answer that does not fit: ")
    assert words in str(misfit.value)
    assert not misfit.value.permanent  # a burn-in waits for a host that talks nonsense, and goes on


@pytest.mark.parametrize(
    ("op", "most"),
    [
        ("hello", limits.ANSWER_BYTES),
        ("smart", limits.SMART_BYTES),
        ("probe", limits.PROBE_BYTES),
        ("inventory", limits.INVENTORY_BYTES),
        ("collect", limits.COLLECT_BYTES),
    ],
)
def test_each_answer_has_its_length(op: str, most: int) -> None:
    honest = json.dumps(answer(op)).encode()
    assert asked(op, honest.ljust(most - 10) + b"\n")
    with pytest.raises(AnswerTooLong, match=r"nas-1 said more than \d+ MB where less is expected, and was cut off\."):
        asked(op, honest[:-1] + b" " * most + b"}")


def test_a_probe_of_many_runs_may_be_longer() -> None:
    honest = json.dumps(answer("probe")).encode()
    assert asked("probe", honest[:-1] + b" " * limits.PROBE_BYTES + b"}", runs=100)


@pytest.mark.parametrize("count", [2_001, 3_000])
def test_a_host_has_so_many_drives_at_most(count: int) -> None:
    assert len(asked("inventory", drives(2_000))["disks"]) == 2_000
    with pytest.raises(AnswerUnfit, match=rf"disks has {count:,} entries, not 0 to 2,000"):
        asked("inventory", drives(count))


@pytest.mark.parametrize("text", NASTY)
def test_texts_are_harmless_wherever_they_stand(text: str) -> None:
    disk = {**DISK, "serial": text, "model": text, "in_use": [{"code": "busy", "message": text}], "errors": [text]}
    report = report_from(asked("inventory", {**answer("inventory"), "disks": [disk], "errors": [text], "system": text}))
    shown = [report.system, *report.errors, report.disks[0].model, *(use.message for use in report.disks[0].in_use)]
    assert all(each.isprintable() and len(each) <= limits.TEXT for each in shown)


def test_what_a_drive_counts_beyond_64_bits_is_as_good_as_not_told() -> None:
    told = asked("smart", {**answer("smart"), "json": {"nvme": {"units": 2**80, "share": 1.5}}})
    assert told["json"] == {"nvme": {"units": None, "share": 1.5}}


def test_what_badblocks_printed_keeps_its_lines() -> None:
    told = asked("collect", {**answer("collect"), "stdout": "12\n13\n", "log": "a\tb\n\x1b[2Jc\n"})
    assert (told["stdout"], told["log"]) == ("12\n13\n", "a\tb\n�[2Jc\n")


@pytest.mark.parametrize("state", ["exploded", "", None, 5, ["running"], {"running": 1}])
def test_a_run_is_in_a_state_that_exists(state: object) -> None:
    with pytest.raises(AnswerUnfit, match=r"runs\.j1-surface\.state is none of"):
        asked("probe", {**answer("probe"), "runs": {"j1-surface": {**RUN, "state": state}}})


@pytest.mark.parametrize("error", [5, [], "no", {"code": []}, {"code": "A B"}, {"message": "x"}])
def test_a_refusal_that_is_none_is_a_misfit(error: object) -> None:
    with pytest.raises(AnswerUnfit, match="error"):
        asked("hello", {"ok": False, "simulated": False, "error": error})


@pytest.mark.parametrize("share", [0.9, 1.1])
def test_a_report_inside_a_probe_is_as_long_as_one_by_itself_at_most(share: float) -> None:
    lines = ["# 1 a b" + " " * 500] * int(share * limits.SMART_BYTES / 510)
    report = {"exit_code": 0, "json": {"device": {"protocol": "SCSI"}, "smartctl": {"output": lines}}}
    said = {**answer("probe"), "smart": {"ZA1": report}}
    if share < 1:
        assert asked("probe", said)["smart"]["ZA1"] == report
        return
    with pytest.raises(AnswerUnfit, match=r"smart\.ZA1 is longer than 2 MB"):
        asked("probe", said)


@pytest.mark.parametrize("digits", [20, 4_300, 5_000, 100_000])
def test_a_number_of_any_length_in_a_drives_own_report_is_as_good_as_not_told(digits: int) -> None:
    raw = b'{"json": {"hours": ' + b"9" * digits + b', "model": "ST4000"}}'
    assert unpack(raw, host_name="nas-1", most_bytes=1 << 20) == {"json": {"hours": None, "model": "ST4000"}}
