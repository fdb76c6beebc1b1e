"""HTML as Wagtail stores it, read into the tree."""

import re

from .attributes import read_attributes
from .elements import OPAQUE, Elements
from .links import Links
from .nodes import Node
from .tree import Tree

# Whatever this takes for text is written out as text and whatever it takes for a tag as a tag, so a
# difference of opinion with a browser cannot make a tag of what was none here.
_TOKEN = re.compile(
    r"""<!--.*?(?:-->|\Z) | <[!?][^<>]*> | <(/?)([a-z][^\s/<>"']*)((?:[^<>"']++|"[^"]*"|'[^']*')*+)>""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


def parse(source: str, links: Links) -> Node:
    """{"type": "document", "children": […]}. Nothing is too malformed: the text survives."""
    tree = Tree()
    _read(source, tree, Elements(tree, links))
    return tree.document()


def _read(source: str, tree: Tree, elements: Elements) -> None:
    end = 0
    for match in _TOKEN.finditer(source):
        start = match.start()
        if start < end:  # in an opaque element
            continue
        if start > end:
            tree.text(source[end:start])
        closing, tag, inside = match.groups()
        end = match.end()
        if closing:
            tree.end(tag.lower())
        elif tag:
            end = _start(tag.lower(), inside, match, tree, elements)
    if end < len(source):
        tree.text(source[end:])


def _start(tag: str, inside: str, match: re.Match[str], tree: Tree, elements: Elements) -> int:
    """Answers where to read on."""
    attributes = read_attributes(inside)
    is_empty = inside.endswith("/")
    is_opaque = tag in OPAQUE or (tag == "figure" and "data-embed" in attributes)
    if instead := elements.start(tag, attributes, is_empty):
        _read(instead, tree, elements.expanded())
    return _end_of(tag, match) if is_opaque and not is_empty else match.end()


def _end_of(tag: str, match: re.Match[str]) -> int:
    end_tag = re.compile(rf"</{re.escape(tag)}\b[^<>]*>", re.IGNORECASE)
    found = end_tag.search(match.string, match.end())
    return found.end() if found else len(match.string)
