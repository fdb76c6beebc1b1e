from django.apps import AppConfig


class ChangesConfig(AppConfig):
    name = "techport_cms.changes"
    label = "techport_changes"
    verbose_name = "Techport changes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks, receivers  # noqa: F401  (registers the system checks)
        from .actions import wrap_actions
        from .redirects import wrap_batches

        wrap_actions()
        wrap_batches()
        receivers.connect()
