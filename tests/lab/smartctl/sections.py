"""Put an answer together from the sections that were asked for."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.lab.smartctl import ata, ata_logs, attributes, scsi, selftest
from tests.lab.smartctl.options import Options
from tests.lab.smartctl.report import COMMAND_FAILED, Report, now_in_words
from tests.lab.smartctl.state import State

TITLES = {"short": "Short", "extended": "Extended", "conveyance": "Conveyance"}


class Known(NamedTuple):
    """What is known about a disk at this moment."""

    state: State
    stats: dict[str, Any]
    now: float


def answer(report: Report, options: Options, known: Known, *, as_ata: bool) -> None:
    """Say and do what was asked."""
    state = known.state
    if "info" in options.sections:
        (ata if as_ata else scsi).info(report, state, known.now)
    sections = options.sections - {"info"}
    if not (sections or options.test or options.abort):
        return
    if not state["smart_supported"]:
        report.fail("A mandatory SMART command failed: exiting.", COMMAND_FAILED)
        return
    if not state["smart_enabled"]:
        report.fail("SMART Disabled. Use option -s with argument 'on' to enable it.", COMMAND_FAILED)
        return
    if sections:
        report.say("=== START OF READ SMART DATA SECTION ===")
        (_ata if as_ata else _scsi)(report, sections, known)
    if options.abort:
        _abort(report, known, as_ata=as_ata)
    elif options.test:
        _start(report, options, known, as_ata=as_ata)


def _ata(report: Report, wanted: frozenset[str], known: Known) -> None:
    state, stats, now = known
    extended = "xall" in wanted
    if "health" in wanted:
        ata.health(report, state)
    if "capabilities" in wanted:
        ata.capabilities(report, state, now)
    if "attributes" in wanted:
        attributes.report_on(report, state, stats, now)
        attributes.say_table(report, brief=extended)
        ata.temperature(report, state, now)
    _ata_logs(report, wanted, known)


def _ata_logs(report: Report, wanted: frozenset[str], known: Known) -> None:
    state, stats, now = known
    if "error" in wanted:
        ata_logs.errors(report, state, stats, extended=bool(wanted & {"xall", "xerror"}))
    if "selftest" in wanted:
        ata_logs.self_tests(report, state, extended=bool(wanted & {"xall", "xselftest"}))
    if "selective" in wanted:
        ata_logs.selective(report)
    if "devstat" in wanted:
        ata_logs.statistics(report, state, stats, now)
    if "sataphy" in wanted:
        ata_logs.link(report, state)


def _scsi(report: Report, wanted: frozenset[str], known: Known) -> None:
    state, stats, now = known
    if "health" in wanted:
        scsi.health(report, state)
    if "attributes" in wanted:
        scsi.attributes(report, state, stats, now)
    if "error" in wanted:
        scsi.errors(report, stats)
    if "selftest" in wanted:
        scsi.self_tests(report, state, now)
    if "background" in wanted:
        scsi.background(report)


def _start(report: Report, options: Options, known: Known, *, as_ata: bool) -> None:
    state, _, now = known
    if as_ata:
        report.say("=== START OF OFFLINE IMMEDIATE AND SELF-TEST SECTION ===")
    if state["running"] and not options.force:
        _refuse_second(report, state, now, as_ata=as_ata)
        return
    if state["refuses_self_tests"] or (not as_ata and options.test not in scsi.CODES):
        report.say("Self-test of this kind is not supported by the device.")
        report.exit_status |= COMMAND_FAILED
        return
    selftest.abort(state, now)
    selftest.start(state, options.test, now)
    if as_ata:
        _say_begun(report, state, options.test, now)
    else:
        title = "Short" if options.test == "short" else "Extended"
        report.say(f"{title} Background Self Test has begun", "Use smartctl -X to abort test")


def _refuse_second(report: Report, state: State, now: float, *, as_ata: bool) -> None:
    done = selftest.percent(state, now)
    left = selftest.remaining(done) if as_ata else 100 - int(done)
    report.say(
        f"Can't start self-test without aborting current test ({left}% remaining),",
        "add '-t force' option to override, or run 'smartctl -X' to abort test.",
    )
    report.exit_status |= COMMAND_FAILED


def _say_begun(report: Report, state: State, kind: str, now: float) -> None:
    command = f'"Execute SMART {TITLES[kind]} self-test routine immediately in off-line mode"'
    minutes = state["minutes"][kind]
    report.say(
        f"Sending command: {command}.",
        f"Drive command {command} successful.",
        "Testing has begun.",
        f"Please wait {minutes} minutes for test to complete.",
        f"Test will complete after {now_in_words(now + 60 * minutes)}",
        "Use smartctl -X to abort test.",
    )


def _abort(report: Report, known: Known, *, as_ata: bool) -> None:
    selftest.abort(known.state, known.now)
    if as_ata:
        report.say(
            "=== START OF OFFLINE IMMEDIATE AND SELF-TEST SECTION ===",
            'Sending command: "Abort SMART off-line mode self-test routine".',
        )
    report.say("Self-testing aborted!" if as_ata else "Self Test returned without error")
