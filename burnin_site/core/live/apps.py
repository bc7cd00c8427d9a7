from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "burnin_site.core.live"
    label = "live"
    default_auto_field = "django.db.models.BigAutoField"
