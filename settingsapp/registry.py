"""Every setting that an admin may change while the application runs, declared once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from settingsapp import readers

Value = int | bool | str


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting: where it is shown, what it means, and how its text is read."""

    key: str
    group: str
    label: str
    help: str
    read: Callable[[str], Value]
    kind: str = "text"
    secret: bool = False
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def default(self) -> Value:
        """The environment's value, which counts until somebody changes it here."""
        value: Any = settings.SETTING_DEFAULTS[self.key]
        return self.read(readers.to_text(value))


def _number(key: str, group: str, label: str, text: str, limits: tuple[int, int]) -> Declared:
    help_text = f"{text} From {limits[0]} to {limits[1]}."
    return Declared(key, group, label, help_text, readers.whole_number(*limits), kind="number")


def _switch(key: str, group: str, label: str, text: str) -> Declared:
    return Declared(key, group, label, text, readers.switch, kind="switch")


WATCH, BURN, MAIL, HOOK = "Watching", "Burn-ins", "Mail", "Webhook"
SSL_MODES = (
    ("starttls", "STARTTLS, port 587"),
    ("ssl", "TLS from the start, port 465"),
    ("plain", "Not encrypted, port 25"),
)
POLICIES = (
    ("auto", "By power-on hours: new up to 50 h"),
    ("new", "New"),
    ("used", "Used"),
)
SURFACE_PLANS = (
    ("standard", "Standard: stamps, then zeros, each written and verified"),
    ("classic", "Classic: badblocks with four patterns"),
)

DECLARED: tuple[Declared, ...] = (
    _number(
        "poll_interval_seconds",
        WATCH,
        "Seconds between two looks at a host",
        "How often the drives of a host are read.",
        (5, 3600),
    ),
    _number(
        "stale_threshold_seconds",
        WATCH,
        "Seconds until figures count as old",
        "When the last look is longer ago than this, the board says so.",
        (10, 86400),
    ),
    _number(
        "temp_warn_c",
        WATCH,
        "Warm from (°C)",
        "Drives at this temperature or above are shown as warm.",
        (20, 90),
    ),
    _number(
        "temp_crit_c",
        WATCH,
        "Hot from (°C)",
        "Drives at this temperature or above are shown as hot, and no burn-in starts on them. A surface test pauses "
        "3 °C below, goes on 5 °C cooler, and a burn-in ends as unknown after 30 minutes at or above it.",
        (25, 100),
    ),
    _number(
        "max_parallel_burnins",
        BURN,
        "Burn-ins at once",
        "On all hosts together; more wait in the queue. A host may have a lower limit of its own.",
        (1, 10000),
    ),
    _number(
        "stuck_job_hours",
        BURN,
        "Give up a burn-in after (hours)",
        "An optional cap by the clock. 0 = off, which is the advice: a 20 TB drive needs about a week, and one that "
        "stands still is found without it. Otherwise a burn-in that runs longer than this ends as unknown.",
        (0, 10000),
    ),
    _number(
        "stuck_after_hours",
        BURN,
        "Stuck after (hours without progress)",
        "A stage that moves no byte for this long ends as unknown; a SMART self-test gets at least three times what "
        "its drive says it takes. Pauses, cooling and the absence of the host or of this application do not count.",
        (1, 1000),
    ),
    _number(
        "drive_wait_hours",
        BURN,
        "Wait for a drive that went away (hours)",
        "A burn-in whose drive is gone from its host waits this long for it, then ends as unknown.",
        (1, 10000),
    ),
    _number(
        "bad_block_threshold",
        BURN,
        "Bad blocks that are forgiven",
        "A surface test fails when it finds more bad blocks than this. 0 = none is forgiven.",
        (0, 1_000_000),
    ),
    Declared(
        "verdict_policy",
        BURN,
        "Judge drives as",
        "New: anything that grows fails the drive. Used: up to two remapped sectors are a warning. "
        "It is settled when a burn-in begins.",
        readers.one_of(tuple(policy for policy, _ in POLICIES)),
        kind="choice",
        choices=POLICIES,
    ),
    Declared(
        "default_plan",
        BURN,
        "Surface test",
        "What a burn-in does when nobody chose otherwise. Classic takes twice as long.",
        readers.one_of(tuple(plan for plan, _ in SURFACE_PLANS)),
        kind="choice",
        choices=SURFACE_PLANS,
    ),
    Declared(
        "webhook_url",
        HOOK,
        "Webhook address",
        "Told as JSON when a burn-in ends. Empty = off.",
        readers.web_address,
        kind="secret_text",
        secret=True,
    ),
    Declared(
        "smtp_host",
        MAIL,
        "Mail server",
        "Name or address without a port: the port follows the encryption. Empty = no mail.",
        readers.host_name,
    ),
    Declared(
        "smtp_ssl_mode",
        MAIL,
        "Encryption",
        "How the mail server is spoken to; it also sets the port.",
        readers.one_of(tuple(mode for mode, _ in SSL_MODES)),
        kind="choice",
        choices=SSL_MODES,
    ),
    Declared("smtp_user", MAIL, "User", "Empty = the mail server needs no login.", readers.line),
    Declared(
        "smtp_password",
        MAIL,
        "Password",
        "Stored encrypted and never shown again.",
        readers.secret_line,
        kind="secret_text",
        secret=True,
    ),
    Declared("smtp_from", MAIL, "Sender", "The address that mails come from.", readers.mail_address),
    Declared(
        "smtp_to",
        MAIL,
        "Recipients",
        "Addresses, with commas between them.",
        readers.mail_addresses,
    ),
    _number(
        "smtp_report_hour",
        MAIL,
        "Hour of the daily report",
        "Local time, by the 24-hour clock.",
        (0, 23),
    ),
    _switch("smtp_alert_on_fail", MAIL, "Mail when a drive fails", "At once, with the numbers."),
    _switch("smtp_alert_on_pass", MAIL, "Mail when a drive passes", "At once."),
)
BY_KEY: dict[str, Declared] = {declared.key: declared for declared in DECLARED}
