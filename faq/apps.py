from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FaqConfig(AppConfig):
    name = "faq"
    verbose_name = _("Frequently asked questions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from techport_cms.core.registry import categories

        categories.register("faq.FaqCategory")
