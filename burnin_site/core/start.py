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
    found = checks.run_checks(tags=[TAG], databases=["default"])
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
