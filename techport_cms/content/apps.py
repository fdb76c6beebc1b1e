from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "techport_cms.content"
    label = "techport_content"
    verbose_name = "Techport content"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from techport_cms.core.registry import parts

        from . import channels

        parts.register("techport_content.ImageAltText", "image")
        channels.connect()
