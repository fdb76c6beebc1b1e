from django.apps import AppConfig


class ChangesConfig(AppConfig):
    name = "techport_cms.changes"
    label = "techport_changes"
    verbose_name = "Techport changes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from techport_cms.core.kept import rely_on

        from . import checks, places, receivers  # noqa: F401  (registers the system checks)
        from .actions import wrap_actions
        from .redirects import wrap_batches
        from .search_index import wrap_index
        from .since import since

        wrap_actions()
        wrap_batches()
        wrap_index()
        places.connect()  # before the others: these tell where a page was and is
        receivers.connect()
        rely_on(since)
