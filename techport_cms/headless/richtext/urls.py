"""Addresses in rich text: absolute, and of a kind that leads somewhere and does nothing else."""

import re
from collections.abc import Callable
from urllib.parse import quote, urlsplit

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_WEB = ("http", "https")
_CONTACTS = ("mailto", "tel")

_IGNORED_BY_BROWSERS = re.compile(r"[\t\r\n]")
_EDGES = "".join(map(chr, range(0x21)))  # control characters and the space, which browsers strip
# Encoded, so that no format that the address is written into has to know it as special.
_ENCODED = re.compile(r'[\x00-\x20\x7f"<>\\`]|\s')


def safe_url(url: str, absolute: Callable[[str], str | None]) -> str | None:
    """The address, made absolute; None for one that is empty, broken or might be executed.

    `#anchor` stays as it is: it leads to a place in the same text.
    """
    url = _IGNORED_BY_BROWSERS.sub("", url).strip(_EDGES)
    url = _ENCODED.sub(lambda match: quote(match.group()), url)
    if not url or url.startswith("#"):
        return url if len(url) > 1 else None
    scheme = _SCHEME.match(url)
    if scheme is None:
        return _web_address(_made_absolute(url, absolute))
    return url if scheme[1].lower() in _CONTACTS else _web_address(url)


def web_url(url: str, absolute: Callable[[str], str | None]) -> str | None:
    """The same for what is to be fetched: http or https."""
    found = safe_url(url, absolute)
    return found and _web_address(found)


def _made_absolute(url: str, absolute: Callable[[str], str | None]) -> str | None:
    try:
        return absolute(url)
    except ValueError:  # such as a bracket that is not closed
        return None


def _web_address(url: str | None) -> str | None:
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.netloc and parts.scheme in _WEB else None
