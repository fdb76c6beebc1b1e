from django.apps import AppConfig


class CacheConfig(AppConfig):
    name = "techport_cms.cache"
    label = "techport_cache"
    verbose_name = "Techport cache"

    def ready(self) -> None:
        from . import checks, receivers  # noqa: F401  (checks registers itself)

        receivers.connect()
