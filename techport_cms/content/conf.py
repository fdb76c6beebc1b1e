"""The settings of this room: the dict TECHPORT_CONTENT, all of whose keys are optional.

TECHPORT_CONTENT = {"CHANNELS": {"screens": _("Screens"), "app": _("App")}}
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from techport_cms.core.channels import WEBSITE

NAME = "TECHPORT_CONTENT"
CHANNEL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class ContentSettings:
    # Besides the website, which shows all that is public: name in the API -> label for staff.
    channels: Mapping[str, Any] = field(default_factory=dict)


def load() -> ContentSettings:
    """Raises ImproperlyConfigured where TECHPORT_CONTENT has what there is not."""
    given: dict[str, Any] = getattr(settings, NAME, {})
    known = {item.name.upper(): item.name for item in fields(ContentSettings)}
    if unknown := sorted(given.keys() - known.keys()):
        raise ImproperlyConfigured(f"{NAME} has no {', '.join(unknown)}; it has {', '.join(known)}.")
    loaded = ContentSettings(**{known[name]: value for name, value in given.items()})
    for name in loaded.channels:
        if name == WEBSITE or not CHANNEL.fullmatch(name):
            raise ImproperlyConfigured(
                f"{NAME}: {name!r} cannot be a channel; use small letters, digits and hyphens, not {WEBSITE}."
            )
    return loaded
