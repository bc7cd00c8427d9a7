"""What must be so before a process of ours does anything: a whole database, and the keys that belong to it."""

import logging
import sys

from django.conf import settings
from django.core import checks
from django.core.management.base import CommandError
from django.db import Error, connections

from burnin_site.core.database_file import refuse_what_is_not_whole
from burnin_site.core.outages import outage_of
from burnin_site.own_files import NotOurs

logger = logging.getLogger(__name__)
TAG = "installation"  # checks of this tag ask the database; each app registers its own


def refuse_a_wrong_start(*, thoroughly: bool = False) -> None:
    """Raise CommandError with a sentence when something is lost or damaged. Thoroughly: look through the database."""
    try:
        if thoroughly and settings.SQLITE_FILE:
            refuse_what_is_not_whole(settings.SQLITE_FILE)
    except NotOurs as refusal:
        raise CommandError(str(refusal)) from refusal
    refuse_lost_keys()


def refuse_a_key_in_place_of_a_lost_one(command: str) -> None:
    """Raise CommandError when this process made a key and the database is in use: for each command, before it begins.

    `forget_secrets` may run without the key of what it forgets; it leaves none behind, the next start makes it.
    """
    is_first_start = settings.SQLITE_FILE and not settings.SQLITE_FILE.exists()
    if settings.KEYS.made and not is_first_start:
        refuse_lost_keys(besides="core.E001" if command == "forget_secrets" else "")


def refuse_lost_keys(*, besides: str = "") -> None:
    """Raise CommandError when a key is lost or another one, unless it is the problem of this id.

    A file that this process made is removed again.
    """
    found = checks.run_checks(tags=[TAG], databases=["default"])
    if found:
        for path in settings.KEYS.made:
            path.unlink(missing_ok=True)
    found = [problem for problem in found if problem.id != besides]
    if found:
        raise CommandError("\n".join(f"{problem.msg} {problem.hint}" for problem in found))


def end_a_wrong_start() -> None:
    """End this process with the sentence, where no command is run that would show it."""
    try:
        refuse_a_wrong_start()
    except CommandError as error:
        sys.exit(f"Burn-In Bench cannot start. {error}")
    except Error as error:  # away or locked for a while: then there are sentences to be shown until it is back
        outage = outage_of(error)
        if outage is None:
            raise
        logger.warning("The start could not be checked: %s (%s)", outage.sentence, error)
    finally:
        connections.close_all()
