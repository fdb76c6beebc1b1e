from typing import Any

from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.core.checks import CheckMessage, register
from django.core.checks import Warning as CheckWarning

THEIRS = "django.middleware.locale.LocaleMiddleware"
OURS = "techport_cms.core.middleware.PathLocaleMiddleware"


@register
def check_language_middleware(**kwargs: Any) -> list[CheckMessage]:
    """Pages whose address names a language are none of its business, and neither is our API."""
    _used, default_is_named = is_language_prefix_patterns_used(settings.ROOT_URLCONF)
    if THEIRS not in settings.MIDDLEWARE or default_is_named:
        return []
    return [
        CheckWarning(
            f"{THEIRS} makes every page whose address names no language vary on Accept-Language, so the "
            "cache keeps none of them.",
            hint=f"Put {OURS} in its place.",
            id="techport_cache.W001",
        )
    ]
