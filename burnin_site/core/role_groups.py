"""The groups behind the roles, and what admins may do in the Django admin.

Made after every migrate (and after every emptying of the tables), because the permissions exist only then.
"""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission

from burnin_site.core.roles import GROUP_ROLES, Role

ALL = ("view", "add", "change", "delete")
# What the admins' group may do, per model. What is not here only superusers may do, in Django's admin.
ADMIN_MAY: dict[str, dict[str, tuple[str, ...]]] = {
    "auth": {"user": ALL, "group": ("view",)},
    "knox": {"authtoken": ("view", "delete")},
    "tokens": {"tokenlabel": ("view",)},
    "axes": {"accessattempt": ("view", "delete")},
    "audit": {"auditevent": ("view",)},
    "settingsapp": {"storedsetting": ("view", "change")},
    "drives": {"host": ALL, "drive": ("view", "change"), "smarttest": ("view",)},
    "jobs": {"burninjob": ("view",), "burninstage": ("view",), "workerheartbeat": ("view",)},
    "live": {"livecounter": ("view",)},
}


def make_groups(sender: AppConfig, using: str, **_: Any) -> None:
    """Make the groups, and give the admins' group its permissions on this app's models."""
    if sender.label == "auth":
        for name in GROUP_ROLES:
            Group.objects.using(using).get_or_create(name=name)
    models = ADMIN_MAY.get(sender.label, {})
    names = [f"{action}_{model}" for model, actions in models.items() for action in actions]
    if names:
        admins, _made = Group.objects.using(using).get_or_create(name=Role.ADMIN.label)
        wanted = Permission.objects.using(using).filter(content_type__app_label=sender.label, codename__in=names)
        admins.permissions.add(*wanted)
