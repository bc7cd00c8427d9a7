#!/usr/bin/env python3
"""Django's command line for Burn-In Bench."""

import os
import sys

import django
from django.core.management import CommandError, execute_from_command_line
from django.db import Error

from burnin_site.core.outages import outage_of
from burnin_site.core.start import refuse_a_key_in_place_of_a_lost_one


def main() -> None:
    """Run the command, whichever it is, unless it would go on with a key in place of a lost one."""
    django.setup()
    try:
        refuse_a_key_in_place_of_a_lost_one("".join(sys.argv[1:2]))
    except CommandError as error:
        sys.exit(f"Burn-In Bench cannot start. {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "burnin_site.settings")
    try:
        main()
    except (Error, OSError) as error:
        outage = outage_of(error)
        if outage is None:
            raise
        sys.exit(f"{outage.sentence} ({error})")
