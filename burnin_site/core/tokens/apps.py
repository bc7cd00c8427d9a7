from django.apps import AppConfig


class TokensConfig(AppConfig):
    name = "burnin_site.core.tokens"
    label = "tokens"
    default_auto_field = "django.db.models.BigAutoField"
