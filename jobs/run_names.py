"""Whether the burn-ins of this installation were started under the name by which it knows its runs now.

The name is made from the secret key, unless INSTANCE_ID gives it. So a key that was lost and made anew has another:
running burn-ins would be given up, and one that is tried again would not find what it left on its host.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, connection
from django.db.models import Exists, OuterRef

from burnin_site.core.stored_secrets import unasked

ACTIVE = ("queued", "running")
# A row in any of these: the first start, which makes the key, was long ago.
SIGNS_OF_USE = (("auth", "User"), ("drives", "Host"), ("jobs", "BurninJob"))


def check_runs_are_ours(**options: Any) -> list[CheckMessage]:
    """Return an error when a lost SECRET_KEY took the name away by which burn-ins are known on the hosts.

    Nothing is asked where INSTANCE_ID gives the name. A key that this very process made is an error already when the
    database is in use; `start` removes it again.
    """
    if not options.get("databases") or settings.INSTANCE_ID_GIVEN:
        return []
    file = settings.KEYS.secret_key_file
    is_new = bool(file and file.made)
    try:
        others = _other_names()
        last = _last_name() if is_new and not others and _is_in_use() else None
    except DatabaseError as error:
        return unasked(file, error)
    where = str(file.path) if file else "SECRET_KEY"
    if others:
        return [_cut_off(where, others, is_new=is_new)]
    return [] if last is None else [_lost(where, last)]


def _cut_off(where: str, names: set[str], *, is_new: bool) -> Error:
    what = "is missing" if is_new else "is not the one that it was"
    sentence = (
        f"The secret {where} {what}, and burn-ins are under way or can be tried again that are known on their hosts "
        "by it."
    )
    name = " or ".join(sorted(names))
    hint = f"Put the backup back. If it is lost for good, set INSTANCE_ID={name}: the burn-ins go on under that name."
    return Error(sentence, hint=hint, id="jobs.E001")


def _lost(where: str, name: str) -> Error:
    sentence = f"The secret {where} is missing, and the database is in use: it has accounts, hosts or burn-ins."
    hint = f"Put the backup back. If it is lost for good, set INSTANCE_ID={name}: another is made; all sign in again."
    return Error(sentence, hint=hint, id="jobs.E002")


def _other_names() -> set[str]:
    """Return the names of active burn-ins that are not ours, and of those that can be tried again.

    The latter only as long as no run has our present name: then it has been accepted before.
    """
    if not _has_table("jobs_burninstage"):
        return set()
    stages = _stages()
    found = set(stages.filter(job__state__in=ACTIVE).values_list("run_id", flat=True))
    if not stages.filter(run_id__startswith=f"{settings.INSTANCE_ID}-").exists():
        later = apps.get_model("jobs", "BurninJob").objects.filter(drive=OuterRef("job__drive"), pk__gt=OuterRef("job"))
        ended = stages.filter(job__state="unknown").exclude(Exists(later))
        found |= set(ended.values_list("run_id", flat=True))
    return {_name_of(run) for run in found} - {settings.INSTANCE_ID}


def _last_name() -> str:
    """Return the name of the newest run; that of the key which was just made where there was none."""
    run = _stages().order_by("pk").values_list("run_id", flat=True).last() if _has_table("jobs_burninstage") else None
    return _name_of(run) if run else str(settings.INSTANCE_ID)


def _is_in_use() -> bool:
    models = [apps.get_model(*names) for names in SIGNS_OF_USE]
    return any(_has_table(model._meta.db_table) and _has_rows(model) for model in models)  # noqa: SLF001  documented


def _has_rows(model: Any) -> bool:
    return bool(model.objects.exists())


def _has_table(name: str) -> bool:
    with connection.cursor() as cursor:
        return name in connection.introspection.table_names(cursor)


def _stages() -> Any:
    return apps.get_model("jobs", "BurninStage").objects.exclude(run_id="")


def _name_of(run: str) -> str:
    return str(run).partition("-")[0]
