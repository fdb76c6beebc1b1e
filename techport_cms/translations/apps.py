from django.apps import AppConfig


class TranslationsConfig(AppConfig):
    name = "techport_cms.translations"
    label = "techport_translations"
    verbose_name = "Techport translations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from techport_cms.core.translation_state import register_provider

        from . import freshness, publishing, requests

        freshness.connect()
        register_provider(freshness.statuses)
        publishing.install()
        requests.install()
