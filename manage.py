#!/usr/bin/env python3
"""Django's command line for Burn-In Bench."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import Error

from burnin_site.core.outages import outage_of

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "burnin_site.settings")
    try:
        execute_from_command_line(sys.argv)
    except (Error, OSError) as error:
        outage = outage_of(error)
        if outage is None:
            raise
        sys.exit(f"{outage.sentence} ({error})")
