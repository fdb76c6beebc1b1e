"""The settings of this room: the dict TECHPORT_CACHE, all of whose keys are optional.

TECHPORT_CACHE = {"PARAMETERS": {"/": ["page"], "/api/v2/": ["*"]}, "MAX_BYTES": 64 * 1024 * 1024}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# What advertisements add to addresses: no page depends on it, and the application never sees it, unless
# answers under the address depend on every name or on this one.
TRACKING = ("utm_", "mtm_", "pk_", "fbclid", "gclid", "msclkid")


def _not_in_development() -> bool:
    return not settings.DEBUG


@dataclass(frozen=True)
class CacheSettings:
    enabled: bool = field(default_factory=_not_in_development)  # a changed template is no change of the log
    # Bytes that a process keeps, all encodings counted. A quarter of it is for addresses with parameters.
    max_bytes: int = 32 * 1024 * 1024
    # Bytes that a process writes to files for the others of its server, per publication; 0: none.
    host_bytes: int = 64 * 1024 * 1024
    max_entry_bytes: int = 2 * 1024 * 1024  # a longer answer is not kept
    max_age: float = 3600.0  # seconds; nothing is kept longer, whatever the log says
    # Path prefix -> names of the query parameters that the answers under it depend on; the longest
    # prefix counts. "*" is every name. An address with any other parameter is not kept.
    parameters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ignored_parameters: Sequence[str] = TRACKING  # beginnings of names
    excluded: Sequence[str] = ()  # path prefixes that are never kept
    cookies: Sequence[str] = ()  # names besides Django's own of cookies whose bearer gets no kept answer
    # Of the small file that the processes of this host share (and no other host); "" is the system's own.
    directory: Path | str = ""
    poll_interval: float = 0.5  # seconds between two looks at the log
    trust: float = 0.9  # seconds for which the last look is believed
    stale_for: float = 3600.0  # seconds for which entries are served while the database is away
    wait: float = 10.0  # seconds that a request waits for another one that renders the same
    redis_url: str = ""
    redis_timeout: float = 0.1  # seconds
    purge: str = ""  # dotted path of a callable that empties the shared caches in front: purge(keys)
    # Seconds after which that is done once more, for answers that were on their way to them; 0: not.
    purge_again: float = 10.0
    shared_max_age: int = 24 * 3600  # seconds, for shared caches, where there is a purge
    stale_while_revalidate: int = 60  # seconds, likewise


def load() -> CacheSettings:
    """Raises ImproperlyConfigured where TECHPORT_CACHE has a key that there is not."""
    given: dict[str, Any] = getattr(settings, "TECHPORT_CACHE", {})
    known = {item.name.upper(): item.name for item in fields(CacheSettings)}
    if unknown := sorted(given.keys() - known.keys()):
        raise ImproperlyConfigured(f"TECHPORT_CACHE has no {', '.join(unknown)}; it has {', '.join(known)}.")
    return CacheSettings(**{known[name]: value for name, value in given.items()})
