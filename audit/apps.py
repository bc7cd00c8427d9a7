from django.apps import AppConfig
from django.utils.module_loading import import_string


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        """Listen to sign-ins. By name: models can be imported only now."""
        import_string("audit.sign_ins.connect")()
