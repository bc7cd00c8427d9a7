from django.apps import AppConfig
from django.core import checks

from settingsapp.checks import check_first_values


class SettingsappConfig(AppConfig):
    name = "settingsapp"
    verbose_name = "Settings"

    def ready(self) -> None:
        """Have the environment's first values checked."""
        checks.register(check_first_values)
