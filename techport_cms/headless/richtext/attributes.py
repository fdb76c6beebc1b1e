"""The attributes of HTML tags: read, and sifted to what is safe for a channel to repeat."""

import re
from collections.abc import Callable
from html import unescape

from .urls import web_url

_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")

# All that most tags have: what the editor knows its blocks by.
_BLOCK_KEY = re.compile(r'\s*data-block-key="[^"]*"\s*')

# None of these loads or executes anything. What has no place here is dropped: events, `style`.
_SAFE = frozenset(
    [
        "abbr",
        "align",
        "alt",
        "cite",
        "class",
        "colspan",
        "controls",
        "datetime",
        "dir",
        "download",
        "headers",
        "height",
        "hreflang",
        "id",
        "kind",
        "label",
        "lang",
        "loop",
        "muted",
        "open",
        "rel",
        "reversed",
        "role",
        "rowspan",
        "scope",
        "span",
        "srclang",
        "target",
        "title",
        "translate",
        "type",
        "value",
        "width",
    ]
)
_FAMILY = re.compile(r"(?:data|aria)-[a-z0-9-]+")
_URLS = frozenset({"cite", "poster", "src"})
_EDITORS_OWN = frozenset({"data-block-key", "data-embed"})


def read_attributes(text: str) -> dict[str, str]:
    """By lower-case name, from the inside of a tag; the first of two with one name counts."""
    attributes: dict[str, str] = {}
    if not text or _BLOCK_KEY.fullmatch(text):
        return attributes
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        value = double or single or bare
        attributes.setdefault(name.lower(), unescape(value) if "&" in value else value)
    return attributes


def safe_attributes(attributes: dict[str, str], absolute: Callable[[str], str | None]) -> dict[str, str]:
    safe: dict[str, str] = {}
    for name, value in attributes.items():
        if name in _EDITORS_OWN:
            continue
        if name in _URLS:
            if url := web_url(value, absolute):
                safe[name] = url
        elif name in _SAFE or _FAMILY.fullmatch(name):
            safe[name] = value
    return safe
