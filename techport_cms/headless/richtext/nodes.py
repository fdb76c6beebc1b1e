"""The nodes of the tree: JSON-able dicts with a `type`, most of them with `children`.

Names are those of CommonMark and mdast. Any node but a text may have `attributes`: what the
source had of classes, anchors, languages and data of a project's own features.
"""

from collections.abc import Sequence
from typing import Any

Node = dict[str, Any]

# What stands on lines of its own. The rest stands in running text.
BLOCK_TYPES = frozenset(
    {"paragraph", "heading", "list", "list_item", "blockquote", "thematic_break", "embed"}
)

# Formatting of running text, by the tags that Wagtail and others write for it.
MARKS = {
    "b": "strong",
    "strong": "strong",
    "i": "emphasis",
    "em": "emphasis",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "sup": "superscript",
    "sub": "subscript",
}
MARK_TYPES = frozenset(MARKS.values())

# HTML's own elements that are blocks; a paragraph ends where one of them begins.
BLOCK_TAGS = frozenset(
    [
        "address",
        "article",
        "aside",
        "caption",
        "col",
        "colgroup",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "header",
        "hgroup",
        "main",
        "menu",
        "nav",
        "pre",
        "search",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
    ]
)

# HTML's own elements in running text.
INLINE_TAGS = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "bdi",
        "bdo",
        "big",
        "cite",
        "data",
        "dfn",
        "ins",
        "kbd",
        "mark",
        "q",
        "rp",
        "rt",
        "ruby",
        "samp",
        "small",
        "span",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
) | frozenset(MARKS)

# Elements without an end tag.
VOID_TAGS = frozenset({"col", "source", "track", "wbr"})


def is_block(node: Node) -> bool:
    return node["type"] in BLOCK_TYPES or (node["type"] == "element" and node["tag"] in BLOCK_TAGS)


def plain_text(children: Sequence[Node]) -> str:
    """The text in these nodes, a line break as a newline."""
    return "".join(_plain(node) for node in children)


def _plain(node: Node) -> str:
    if node["type"] == "text":
        return node["value"]
    return "\n" if node["type"] == "line_break" else plain_text(node.get("children", ()))
