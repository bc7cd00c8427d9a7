import logging

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)


class CoreConfig(AppConfig):
    name = "burnin_site.core"
    label = "core"

    def ready(self) -> None:
        """Have the role groups made after every migrate, and names of people checked.

        By name: models can be imported only now.
        """
        for sentence in settings.NARROWED:
            logger.warning("%s", sentence)
        checks.register(import_string("burnin_site.core.stored_secrets.check_keys_fit"), "installation")
        make_groups = import_string("burnin_site.core.role_groups.make_groups")
        post_migrate.connect(make_groups, dispatch_uid="core.make_groups")
        import_string("burnin_site.core.person_names.check_names")()
