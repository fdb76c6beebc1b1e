from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = _("Home and standard pages")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # An empty key would be noticed by the first request that signs something.
        if not settings.SECRET_KEY:
            raise ImproperlyConfigured("Set SECRET_KEY.")
        from techport_cms.core.registry import navigation, site_settings

        from .frame import NAVIGATION_SCHEMA, SETTINGS_SCHEMA, navigation_json, settings_json

        navigation.register(navigation_json, NAVIGATION_SCHEMA, ["home.Navigation"])
        site_settings.register(settings_json, SETTINGS_SCHEMA, ["home.SiteSettings"])
