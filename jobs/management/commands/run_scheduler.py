"""manage.py run_scheduler"""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from burnin_site.core.memory import give_back_what_is_freed
from burnin_site.core.start import refuse_a_wrong_start
from jobs.scheduler import Scheduler


class Command(BaseCommand):
    help = "Observes the hosts, wakes the workers, runs the clock. Several may run at once."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        refuse_a_wrong_start()
        give_back_what_is_freed()
        scheduler = Scheduler()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: scheduler.stop())
        scheduler.run()
