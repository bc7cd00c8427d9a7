"""Which secrets of the environment which process needs. The table is also in docs/operations.md.

A process says by BURNIN_PROCESS which one it is; the supervisor sets it. Without it, it may know everything: somebody
runs a command by hand.
"""

import os
from collections.abc import Mapping, MutableMapping

PROCESS = "BURNIN_PROCESS"
# What only `manage.py prepare` uses, once: the first admin and the first host.
FIRST_RUN = frozenset({"INITIAL_ADMIN_PASSWORD", "TRUENAS_API_KEY", "SSH_PASSWORD", "SSH_KEY"})
# First values of settings: the workers send with them, and the settings page shows whether there are any.
SENDING = frozenset({"SMTP_PASSWORD", "WEBHOOK_URL"})
# Database, sessions, names of runs, stored secrets: all that show or do something need them.
SHARED = frozenset({"SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "DATABASE_URL"})
ALL = FIRST_RUN | SENDING | SHARED

NEEDS: Mapping[str, frozenset[str]] = {
    "server": SHARED | SENDING,
    "scheduler": SHARED,
    "worker": SHARED | SENDING,
    "demo_host": SHARED,
}
# All that a program of others than us is given, like the simulated host: what programs need to run at all.
PLAIN = frozenset({"PATH", "HOME", "TZ", "LANG", "LANGUAGE", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH"})
PLAIN_FAMILIES = ("LC_", "PYTHON")


def inherited(environment: Mapping[str, str] | None) -> dict[str, str]:
    """Return this environment, or where none was given this process' own."""
    return dict(os.environ if environment is None else environment)


def environment_for(process: str) -> dict[str, str]:
    """Return the environment for a process of ours: this one's, without the secrets that it does not need."""
    withheld = ALL - NEEDS[process]
    kept = {name: value for name, value in os.environ.items() if name not in withheld}
    return {**kept, PROCESS: process}


def plain_environment() -> dict[str, str]:
    """Return the environment for a helper that is not the product: nothing of ours, and no secret of anybody's."""
    return {name: value for name, value in os.environ.items() if _is_plain(name)}


def forget_unneeded(variables: MutableMapping[str, str]) -> None:
    """Take out of these what the process that they name does not need, also where a file `.env` has it."""
    needed = NEEDS.get(variables.get(PROCESS, ""), ALL)
    for name in ALL - needed:
        variables.pop(name, None)


def _is_plain(name: str) -> bool:
    return name in PLAIN or name.startswith(PLAIN_FAMILIES)
