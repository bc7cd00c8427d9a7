"""Whether the burn-ins that are under way were started under the name by which this installation knows its runs."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, connection

ACTIVE = ("queued", "running")


def check_runs_are_ours(**options: Any) -> list[CheckMessage]:
    """Return an error when a lost SECRET_KEY took the name away by which running burn-ins are known on the hosts.

    Nothing is asked where INSTANCE_ID gives the name. A key that this very process made in place of the lost one is
    removed again.
    """
    try:
        others = _other_names() if options.get("databases") and not settings.INSTANCE_ID_GIVEN else set()
    except DatabaseError:
        return []  # it is away or locked; whoever uses it next says so
    if not others:
        return []
    file = settings.KEYS.secret_key_file
    if file and file.made:
        file.path.unlink(missing_ok=True)
    where = str(file.path) if file else "SECRET_KEY"
    what = "is missing" if file and file.made else "is not the one that it was"
    names = " or ".join(sorted(others))
    sentence = f"The secret {where} {what}, and burn-ins are under way that are known on their hosts by it."
    hint = f"Put the backup back. If it is lost for good, set INSTANCE_ID={names}: the burn-ins go on under that name."
    return [Error(sentence, hint=hint, id="jobs.E001")]


def _other_names() -> set[str]:
    stages = apps.get_model("jobs", "BurninStage").objects.filter(job__state__in=ACTIVE).exclude(run_id="")
    with connection.cursor() as cursor:
        if "jobs_burninstage" not in connection.introspection.table_names(cursor):
            return set()
    found = {str(run).partition("-")[0] for run in stages.values_list("run_id", flat=True)}
    return found - {settings.INSTANCE_ID}
