"""`manage.py serve` with the patience of a second: what it waits for is tried in a test, how long it waits is not."""

import os
import sys

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "burnin_site.settings")
django.setup()

from burnin_site.front import limits  # noqa: E402  Django has to be set up first

limits.HEADERS_WITHIN_S = limits.BODY_WITHIN_S = limits.IDLE_S = limits.STALLED_S = 1.0

if __name__ == "__main__":
    call_command("serve", *sys.argv[1:])
