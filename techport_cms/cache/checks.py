from typing import Any

from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.core.checks import CheckMessage, register
from django.core.checks import Warning as CheckWarning
from django.middleware.locale import LocaleMiddleware
from django.utils.module_loading import import_string

OURS = "techport_cms.core.middleware.PathLocaleMiddleware"


@register
def check_language_middleware(**kwargs: Any) -> list[CheckMessage]:
    """Pages whose address names a language are none of its business, and neither is our API."""
    _used, default_is_named = is_language_prefix_patterns_used(settings.ROOT_URLCONF)
    if default_is_named or not any(map(_is_theirs, settings.MIDDLEWARE)):
        return []
    return [
        CheckWarning(
            "Django's LocaleMiddleware makes every page whose address names no language vary on "
            "Accept-Language, so the cache keeps none of them.",
            hint=f"Put {OURS} in its place.",
            id="techport_cache.W001",
        )
    ]


def _is_theirs(path: str) -> bool:
    """Or a subclass of it."""
    middleware = import_string(path)
    return isinstance(middleware, type) and issubclass(middleware, LocaleMiddleware)
