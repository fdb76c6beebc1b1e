"""What each tag of HTML, and of Wagtail's own, becomes in the tree."""

import re
from collections.abc import Callable
from typing import Any

from .attributes import read_attributes, safe_attributes
from .links import Links
from .nodes import BLOCK_TAGS, INLINE_TAGS, MARKS, VOID_TAGS, Node
from .tree import FLOW, LIST, OTHER, TEXT, Tree
from .urls import safe_url, web_url

Attributes = dict[str, str]

# Their tags are dropped, their text stays.
_IGNORED = frozenset(
    [
        "area",
        "base",
        "basefont",
        "bgsound",
        "body",
        "button",
        "center",
        "fieldset",
        "font",
        "form",
        "frame",
        "frameset",
        "head",
        "html",
        "input",
        "keygen",
        "label",
        "legend",
        "link",
        "map",
        "meta",
        "optgroup",
        "option",
        "output",
        "param",
        "portal",
        "slot",
    ]
)
# What stands in these is no text for a reader, or is read by other rules than HTML's: it is dropped.
OPAQUE = frozenset(
    [
        "applet",
        "canvas",
        "datalist",
        "iframe",
        "math",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "plaintext",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "xmp",
    ]
)
_TAG_NAME = re.compile(r"[a-z][a-z0-9-]*")
_NATURAL = re.compile(r"[0-9]{1,9}")
_IMAGE_CLASS = "richtext-image "  # which Wagtail's own formats have; the name of the format follows


_NO_ELEMENTS = OPAQUE | _IGNORED


class Elements:
    """Opens in the tree what a start tag stands for."""

    def __init__(self, tree: Tree, links: Links, *, is_expanded: bool = False) -> None:
        """`is_expanded`: in what a project's own embed became, in which such embeds are passed over."""
        self._tree = tree
        self._links = links
        self._is_expanded = is_expanded

    def expanded(self) -> "Elements":
        return Elements(self._tree, self._links, is_expanded=True)

    def start(self, tag: str, attributes: Attributes, is_empty: bool) -> str:
        """Answers HTML that is to be read in the place of this element, "" where there is none."""
        if handler := (_LEAVES if self._tree.is_deep else _HANDLERS).get(tag):
            return handler(self, tag, attributes) or ""
        if tag in _NO_ELEMENTS or self._tree.is_deep or not _TAG_NAME.fullmatch(tag):
            return ""
        self._element(tag, attributes)
        if is_empty and tag not in VOID_TAGS:
            self._tree.end(tag)
        return ""

    def _node(self, type_: str, attributes: Attributes, **members: Any) -> Node:
        kept = self._kept(attributes) if attributes else {}
        return {"type": type_, **members, **kept, "children": []}

    def _kept(self, attributes: Attributes) -> Node:
        safe = safe_attributes(attributes, self._links.absolute)
        return {"attributes": safe} if safe else {}

    def _paragraph(self, tag: str, attributes: Attributes) -> None:
        self._tree.open_block(tag, self._node("paragraph", attributes), TEXT)

    def _heading(self, tag: str, attributes: Attributes) -> None:
        self._tree.open_block(tag, self._node("heading", attributes, level=int(tag[1])), TEXT)

    def _list(self, tag: str, attributes: Attributes) -> None:
        members: Node = {"ordered": tag == "ol"}
        start = _natural(attributes.pop("start", ""))
        if tag == "ol" and start is not None and start != 1:
            members["start"] = start
        self._tree.open_block(tag, self._node("list", attributes, **members), LIST)

    def _item(self, tag: str, attributes: Attributes) -> None:
        self._tree.open_item(self._node("list_item", attributes))

    def _blockquote(self, tag: str, attributes: Attributes) -> None:
        self._tree.open_block(tag, self._node("blockquote", attributes), FLOW)

    def _thematic_break(self, tag: str, attributes: Attributes) -> None:
        self._tree.add_block({"type": "thematic_break", **self._kept(attributes)})

    def _line_break(self, tag: str, attributes: Attributes) -> None:
        self._tree.add_inline({"type": "line_break", **self._kept(attributes)})

    def _mark(self, tag: str, attributes: Attributes) -> None:
        self._tree.open_inline(tag, self._node(MARKS[tag], attributes))

    def _element(self, tag: str, attributes: Attributes) -> None:
        safe = safe_attributes(attributes, self._links.absolute)
        node = {"type": "element", "tag": tag, "attributes": safe, "children": []}
        if tag in VOID_TAGS:
            (self._tree.add_inline if tag in INLINE_TAGS else self._tree.add_block)(node)
        elif tag in INLINE_TAGS:
            self._tree.open_inline(tag, node)
        elif tag in BLOCK_TAGS:
            self._tree.open_block(tag, node, OTHER if tag == "pre" else FLOW)
        else:
            self._tree.open_other(tag, node)

    # What points elsewhere

    def _link(self, tag: str, attributes: Attributes) -> None:
        kind = attributes.pop("linktype", "")
        target = self._target(kind, attributes) if kind else self._address(attributes)
        members = {key: attributes.pop(key, "") for key in ("href", "title")}
        if kind:
            attributes.pop("id", None)  # that of the target, not of a place in the text
        if target:
            title = {"title": members["title"]} if members["title"] else {}
            url = target.pop("url")
            self._tree.open_link(tag, self._node("link", attributes, url=url, **title, **target))
        elif anchor := self._kept(attributes):
            self._tree.open_inline(tag, {"type": "element", "tag": tag, **anchor, "children": []})
        else:
            self._tree.open_nothing(tag)

    def _target(self, kind: str, attributes: Attributes) -> Node | None:
        """{"url": …} of a link of Wagtail's, with what it leads to; None where a reader is led nowhere."""
        if kind not in ("page", "document"):
            tag = self._links.other_link(kind, {"linktype": kind, **attributes}) or ""
            return self._address(read_attributes(tag))
        find = self._links.page if kind == "page" else self._links.document
        found = find(attributes.get("id", ""))
        return {"url": found["url"], kind: found} if found and found["url"] else None

    def _address(self, attributes: Attributes) -> Node | None:
        url = safe_url(attributes.get("href", ""), self._links.absolute)
        return {"url": url} if url else None

    def _embed(self, tag: str, attributes: Attributes) -> str | None:
        kind = attributes.pop("embedtype", "")
        if kind == "image":
            self._stored_image(attributes)
        elif kind == "media":
            self._embedded(attributes.get("url", ""))
        elif kind and not self._is_expanded:
            return self._links.other_embed(kind, {"embedtype": kind, **attributes})
        return None

    def _stored_image(self, attributes: Attributes) -> None:
        found = self._links.image(attributes.get("id", ""), attributes.get("alt"))
        if not found or not found["url"]:
            return
        node = {"type": "image", **{key: found[key] for key in ("url", "alt", "width", "height")}}
        if style := attributes.get("format"):
            node["format"] = style
        self._tree.add_inline({**node, "image": found})

    def _image(self, tag: str, attributes: Attributes) -> None:
        url = web_url(attributes.pop("src", ""), self._links.absolute)
        if not url:
            return
        node: Node = {"type": "image", "url": url, "alt": attributes.pop("alt", "")}
        if title := attributes.pop("title", ""):
            node["title"] = title
        for name in ("width", "height"):
            if size := _natural(attributes.pop(name, "")):
                node[name] = size
        classes = attributes.get("class", "")
        if classes.startswith(_IMAGE_CLASS):
            node["format"] = attributes.pop("class").removeprefix(_IMAGE_CLASS)
        self._tree.add_inline({**node, **self._kept(attributes)})

    def _iframe(self, tag: str, attributes: Attributes) -> None:
        self._embedded(attributes.get("src", ""))

    def _figure(self, tag: str, attributes: Attributes) -> None:
        """An embed as this API writes it; any other figure is an element."""
        if "data-embed" in attributes:
            self._embedded(attributes["data-embed"])
        else:
            self._element(tag, attributes)

    def _embedded(self, address: str) -> None:
        if url := web_url(address, self._links.absolute):
            self._tree.add_block({"type": "embed", "url": url})


_Handler = Callable[[Elements, str, Attributes], str | None]


# Leaves, which may stand where too much is open already.
_LEAVES: dict[str, _Handler] = {
    "br": Elements._line_break,
    "embed": Elements._embed,
    "hr": Elements._thematic_break,
    "iframe": Elements._iframe,
    "img": Elements._image,
}
_HANDLERS: dict[str, _Handler] = {
    **_LEAVES,
    "a": Elements._link,
    "blockquote": Elements._blockquote,
    "figure": Elements._figure,
    **{f"h{level}": Elements._heading for level in range(1, 7)},
    "li": Elements._item,
    "ol": Elements._list,
    "p": Elements._paragraph,
    "ul": Elements._list,
    **dict.fromkeys(MARKS, Elements._mark),
}


def _natural(text: str) -> int | None:
    return int(text) if _NATURAL.fullmatch(text) else None
