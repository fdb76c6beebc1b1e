"""The settings of this room: the dict TECHPORT_WEBHOOKS, all of whose keys are optional.

TECHPORT_WEBHOOKS = {"TIMEOUT": 5, "DISABLE_AFTER_HOURS": 24}
"""

from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class WebhookSettings:
    # For development and tests: plain http, and receivers on this machine or in its own network.
    allow_private: bool = False
    timeout: float = 10.0  # seconds from the connection to the last byte of the answer that is read
    retry_first: float = 5.0  # seconds until the second attempt; the time doubles with each failure
    retry_longest: float = 3600.0  # seconds
    disable_after_hours: float = 72.0  # of nothing but failures
    rotation_hours: float = 24.0  # for which a replaced secret goes on signing beside the new one
    keep_days: int = 30  # of the delivery log
    keep_rows: int = 1000  # of the delivery log, for each endpoint
    threads: int = 8  # endpoints that are served at the same time
    poll_interval: float = 1.0  # seconds between two looks of the worker at the log
    schedule_interval: float = 2.0  # seconds between two looks at what is scheduled


def load() -> WebhookSettings:
    """Raises ImproperlyConfigured where TECHPORT_WEBHOOKS has a key that there is not."""
    given: dict[str, Any] = getattr(settings, "TECHPORT_WEBHOOKS", {})
    known = {item.name.upper(): item.name for item in fields(WebhookSettings)}
    if unknown := sorted(given.keys() - known.keys()):
        raise ImproperlyConfigured(
            f"TECHPORT_WEBHOOKS has no {', '.join(unknown)}; it has {', '.join(known)}."
        )
    return WebhookSettings(**{known[name]: value for name, value in given.items()})
