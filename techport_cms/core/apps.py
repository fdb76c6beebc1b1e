from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "techport_cms.core"
    label = "techport_core"
    verbose_name = "Techport core"

    def ready(self) -> None:
        from . import checks, redirects  # noqa: F401  (checks registers itself)

        redirects.connect()
