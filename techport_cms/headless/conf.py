"""The settings of this room: the dict TECHPORT_HEADLESS, all of whose keys are optional.

TECHPORT_HEADLESS = {"RICH_TEXT_FORMAT": "markdown", "CORS_ORIGINS": ["https://app.example.org"]}
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

NAME = "TECHPORT_HEADLESS"
RESOLVE_MIDDLEWARE = (
    "django.middleware.locale.LocaleMiddleware",
    "techport_cms.core.middleware.PathLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "techport_cms.changes.middleware.GoneMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
)

Limit = tuple[int, int] | None


@dataclass(frozen=True)
class HeadlessSettings:
    # Unless ?rich_text_format= says otherwise. Empty: WAGTAILAPI_RICH_TEXT_FORMAT, else HTML.
    rich_text_format: str = ""
    fragment_bytes: int = 16 * 1024 * 1024  # what a process keeps of objects in their serialised form
    shared_max_age: int = 1  # seconds, for shared caches in front (techport_cms.cache says more itself)
    # Whose scripts may send tokens and forms: "https://app.example.org". Anybody's may read.
    cors_origins: Sequence[str] = ()
    trusted_proxies: int = 0  # of one's own, that a request passes; each adds to X-Forwarded-For
    # How often, as (times, seconds): by address, or by token. None: as often as they like.
    read_limit: Limit = (600, 60)  # what no cache answers; counted by each process
    form_limit: Limit = (20, 600)  # submissions of one form
    unlock_limit: Limit = (10, 900)  # passwords for one protected page and what is below it
    token_factor: int = 10  # a token may do so many times as much: many visitors stand behind it
    body_bytes: int = 64 * 1024  # of a POST
    idempotency_seconds: int = 24 * 3600  # for which an Idempotency-Key is remembered
    unlock_seconds: int = 15 * 60  # for which a password opens a page
    # Where a front end shows a draft: "https://app.example.org/preview?token={token}&type={type}".
    preview_url: str = ""
    preview_seconds: int = 3600  # for which the editor's preview can be read
    shared_preview_seconds: int = 7 * 24 * 3600  # the same for a link that somebody hands on
    # What of MIDDLEWARE decides where an address leads that is no page: `resolve` asks it.
    resolve_middleware: Sequence[str] = RESOLVE_MIDDLEWARE


@cache
def conf() -> HeadlessSettings:
    """Raises ImproperlyConfigured where TECHPORT_HEADLESS has a key that there is not."""
    given: dict[str, Any] = getattr(settings, NAME, {})
    known = {item.name.upper(): item.name for item in fields(HeadlessSettings)}
    if unknown := sorted(given.keys() - known.keys()):
        raise ImproperlyConfigured(f"{NAME} has no {', '.join(unknown)}; it has {', '.join(known)}.")
    return HeadlessSettings(**{known[name]: value for name, value in given.items()})


def reload(setting: str, **kwargs: Any) -> None:
    if setting == NAME:
        conf.cache_clear()


setting_changed.connect(reload, dispatch_uid="techport_headless.conf")
