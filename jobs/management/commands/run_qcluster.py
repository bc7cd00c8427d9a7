"""manage.py run_qcluster"""

import os
import signal
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from burnin_site.supervisor.leash import die_with_parent


class Command(BaseCommand):
    help = "The Django-Q2 cluster itself. Started and watched by run_worker: on its own it may wedge silently."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run the cluster, each of whose processes dies with the one that started it."""
        parents: list[int] = []
        os.register_at_fork(
            before=lambda: parents.append(os.getpid()),
            after_in_child=lambda: die_with_parent(signal.SIGKILL, parents[-1]),
            after_in_parent=parents.clear,
        )
        call_command("qcluster")
