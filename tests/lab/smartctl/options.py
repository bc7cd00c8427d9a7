"""The command line of smartctl, as far as anybody uses it on a lab disk."""

from __future__ import annotations

from typing import Any, NamedTuple

ALL = frozenset({"info", "health", "capabilities", "attributes", "error", "selftest", "selective"})
EXTENDED = ALL | {"xall", "devstat", "sataphy", "background"}
SECTIONS = {
    "-i": frozenset({"info"}),
    "--info": frozenset({"info"}),
    "-H": frozenset({"health"}),
    "--health": frozenset({"health"}),
    "-c": frozenset({"capabilities"}),
    "--capabilities": frozenset({"capabilities"}),
    "-A": frozenset({"attributes"}),
    "--attributes": frozenset({"attributes"}),
    "-a": ALL,
    "--all": ALL,
    "-x": EXTENDED,
    "--xall": EXTENDED,
}
LOGS = {
    "error": {"error"},
    "xerror": {"error", "xerror"},
    "selftest": {"selftest"},
    "xselftest": {"selftest", "xselftest"},
    "selective": {"selective"},
    "devstat": {"devstat"},
    "sataphy": {"sataphy"},
    "background": {"background"},
}
WITH_VALUE = {
    "--device": "-d",
    "--test": "-t",
    "--nocheck": "-n",
    "--log": "-l",
    "--quietmode": "-q",
    "--tolerance": "-T",
}
SWITCHES = {
    "--scan": "scan",
    "--scan-open": "scan_open",
    "-X": "abort",
    "--abort": "abort",
    "-V": "version",
    "--version": "version",
}
TESTS = {"short": "short", "long": "extended", "conveyance": "conveyance"}


class UsageError(Exception):
    """The command line is wrong; smartctl says so and exits 1."""


class Options(NamedTuple):
    """What is to be done."""

    device: str = ""
    sections: frozenset[str] = frozenset()
    json: str = ""  # the letters after --json=, and j if JSON is wanted at all
    kind: str = ""  # of the device, as -d has it
    test: str = ""
    force: bool = False
    abort: bool = False
    scan: bool = False
    scan_open: bool = False
    version: bool = False
    spare_standby: bool = False


def parse(arguments: list[str]) -> Options:
    """Read the arguments after the program's name."""
    words = list(arguments)
    options = Options()
    while words:
        word = words.pop(0)
        if word.startswith("--") and "=" in word and not word.startswith("--json"):
            word, _, value = word.partition("=")
            words.insert(0, value)
        options = _take(options, WITH_VALUE.get(word, word), words)
    return options


def _take(options: Options, word: str, rest: list[str]) -> Options:
    if word in SECTIONS:
        return options._replace(sections=options.sections | SECTIONS[word])
    if word in WITH_VALUE.values():
        if not rest:
            raise UsageError(f"smartctl: option requires an argument -- '{word[1:]}'")
        return _with_value(options, word, rest.pop(0))
    if word in SWITCHES:
        switched: dict[str, Any] = {SWITCHES[word]: True}
        return options._replace(**switched)
    if word in ("-j", "--json") or word.startswith("--json="):
        return options._replace(json=f"j{word.partition('=')[2]}")
    if word.startswith("-") or options.device:
        raise UsageError(f"ERROR: smartctl does not know {word!r} here")
    return options._replace(device=word)


def _with_value(options: Options, word: str, value: str) -> Options:
    if word == "-d":
        return options._replace(kind=value)
    if word == "-n":
        return options._replace(spare_standby=value.partition(",")[0] != "never")
    if word == "-l":
        logs = LOGS.get(value.partition(",")[0], set())
        return options._replace(sections=options.sections | logs)
    if word == "-t" and value == "force":
        return options._replace(force=True)
    if word == "-t":
        kind = value.partition(",")[0]
        if kind not in TESTS:
            raise UsageError(f"=======> INVALID ARGUMENT TO -t: {value}")
        return options._replace(test=TESTS[kind])
    return options
