"""Rich text for channels: one tree, and every format rendered from it.

`parse` reads HTML as Wagtail stores it into an AST of plain dicts (see docs/rich-text.md and
`schema`), with all that it points to resolved, and with nothing in it that is not public or that a
browser would execute. `to_html`, `to_markdown`, `to_text` and `to_db_html` render that tree, so
that each of them is as safe as the tree is.
"""

from collections.abc import Callable
from typing import Any

from techport_cms.core.expectations import expect
from techport_cms.core.together import together

from .as_html import to_db_html, to_html
from .as_markdown import to_markdown
from .as_text import to_text
from .links import Links, PublicLinks
from .nodes import Node
from .parser import parse

__all__ = [
    "FORMATS",
    "Links",
    "Node",
    "PublicLinks",
    "parse",
    "rich_text",
    "to_db_html",
    "to_html",
    "to_markdown",
    "to_text",
]

_RENDERERS: dict[str, Callable[[Node], Any]] = {
    "html": to_html,
    "markdown": to_markdown,
    "ast": lambda document: document,
    "db_html": to_db_html,
}
FORMATS = tuple(_RENDERERS)


def rich_text(source: str, format: str) -> str | Node:  # noqa: A002 - the parameter's name in Wagtail's API
    """What a channel gets of this text, in the active language and as `delivery.current()` says.

    What all texts point to that were announced to `core.expectations.expect`, within `together`, is
    loaded with the first of them: pages, documents, images and the restricted collections, a query
    each. KeyError for an unknown format.
    """
    render = _RENDERERS[format]
    with together():
        expect([source], as_json=True)
        return render(parse(source, PublicLinks()))
