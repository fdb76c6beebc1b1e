"""The tree while it is being read: which elements are open, and where the next thing goes.

Malformed HTML is mended much as a browser does it: a paragraph ends where a block begins, open
formatting goes on in that block, an end tag without a start is passed over.
"""

import re
from enum import Enum, auto
from html import unescape

from .nodes import BLOCK_TYPES, INLINE_TAGS, MARK_TYPES, Node, is_block

MAX_DEPTH = 50  # of open elements; what is deeper keeps its text and loses its tags
_MAX_REOPENED = 8  # formats that go on in a block, so that a few tags do not become a flood

_NESTABLE = frozenset({"superscript", "subscript"})
_DROPPED_WHEN_EMPTY = frozenset({"paragraph", "heading", "list", "link"}) | MARK_TYPES
_SPACES = re.compile(r"[ \t\r\n\f]+")

# What ends where another of the same family begins.
_SIBLINGS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("dt", "dd"), frozenset({"dt", "dd"})),
    **dict.fromkeys(("td", "th"), frozenset({"td", "th"})),
    "tr": frozenset({"tr", "td", "th"}),
    **dict.fromkeys(("thead", "tbody", "tfoot"), frozenset({"thead", "tbody", "tfoot", "tr", "td", "th"})),
}
_SIBLINGS_SCOPE = frozenset({"dl", "table"})
_ITEMS_SCOPE = frozenset({"blockquote", "dl", "table", "td", "th"})


class Kind(Enum):
    """What an open element may hold."""

    FLOW = auto()  # blocks, running text, or both
    TEXT = auto()  # running text; it ends where a block begins
    LIST = auto()  # items
    INLINE = auto()  # running text, being part of some itself
    OTHER = auto()  # anything: an element that HTML does not know, or in which every space counts


FLOW, TEXT, LIST, INLINE, OTHER = Kind  # a member costs a quarter of a microsecond to look up


class Frame:
    """An open element. Without a node it is only a tag to wait for: its children are its parent's."""

    __slots__ = ("children", "is_copy", "kind", "node", "tag", "type")

    def __init__(self, tag: str, kind: Kind, node: Node | None, children: list[Node]) -> None:
        self.tag = tag
        self.kind = kind
        self.node = node
        self.type = node["type"] if node else ""
        self.children = children
        self.is_copy = False


class Tree:
    def __init__(self) -> None:
        self._root: Node = {"type": "document", "children": []}
        self._stack = [Frame("", FLOW, self._root, self._root["children"])]
        self._preformatted = 0  # open <pre> elements

    def document(self) -> Node:
        self._pop_to(1)
        _trim(self._root["children"])
        return self._root

    @property
    def is_deep(self) -> bool:
        return len(self._stack) >= MAX_DEPTH

    def text(self, value: str) -> None:
        """`value` as it is in the source, with its entities."""
        if "&" in value:
            value = unescape(value)
        if not value.isprintable() or "  " in value:  # most texts hold no more than single spaces
            value = value.replace("\0", "")
            value = value if self._preformatted else _SPACES.sub(" ", value)
        if self._stack[-1].kind is LIST:
            if value == " ":
                return
            self._enter_item()
        self._add_text(value)

    def add_inline(self, node: Node) -> None:
        self._enter_item()
        self._stack[-1].children.append(node)

    def add_block(self, node: Node) -> None:
        marks = self._before_block()
        self._stack[-1].children.append(node)
        self._reopen(marks)

    def open_block(self, tag: str, node: Node, kind: Kind) -> None:
        self._end_siblings(tag)
        marks = self._before_block()
        self._push(tag, kind, node)
        if kind in (FLOW, TEXT):
            self._reopen(marks)
        self._preformatted += tag == "pre"

    def open_item(self, node: Node) -> None:
        """Ends the item before it; makes a list where there is none around it."""
        index = self._index_of_list()
        if index:
            self._pop_to(index + 1)
        else:
            self._before_block()
            self._push("ul", LIST, {"type": "list", "ordered": False, "children": []})
        self._push("li", FLOW, node)

    def open_inline(self, tag: str, node: Node) -> None:
        """Formatting of the same kind within itself, or beside itself, is one."""
        self._enter_item()
        if self._is_within(node["type"]):
            self.open_nothing(tag)
        elif twin := self._twin(node):
            self._stack.append(Frame(tag, INLINE, twin, twin["children"]))
        else:
            self._push(tag, INLINE, node)

    def open_link(self, tag: str, node: Node) -> None:
        """A link ends the one that is open: there are no links in links."""
        self.end(tag)
        if any(frame.type == "link" for frame in self._stack):
            self.open_nothing(tag)
        else:
            self.open_inline(tag, node)

    def open_nothing(self, tag: str) -> None:
        """An element that keeps what is in it, and is nothing itself."""
        self._enter_item()
        self._stack.append(Frame(tag, INLINE, None, self._stack[-1].children))

    def open_other(self, tag: str, node: Node) -> None:
        self._enter_item()
        self._push(tag, OTHER, node)

    def end(self, tag: str) -> None:
        """Ends the innermost element with this tag, if there is one; formatting within ends not beyond
        the block that it is in. What was opened in it and is not ended goes on after it."""
        for index in range(len(self._stack) - 1, 0, -1):
            frame = self._stack[index]
            if frame.tag == tag:
                inner = self._pop_to(index)[1:]
                if inner and frame.kind is INLINE:
                    self._reopen(inner)
                return
            if frame.kind is not INLINE and tag in INLINE_TAGS:
                return

    def _push(self, tag: str, kind: Kind, node: Node) -> None:
        self._stack[-1].children.append(node)
        self._stack.append(Frame(tag, kind, node, node["children"]))

    def _pop_to(self, size: int) -> list[Frame]:
        """The elements that were ended, the outermost first."""
        popped = self._stack[size:]
        for frame in reversed(popped):
            self._stack.pop()
            self._close(frame)
        return popped

    def _close(self, frame: Frame) -> None:
        self._preformatted -= frame.tag == "pre"
        if frame.kind in (FLOW, TEXT):
            _trim(frame.children)
        if not frame.children and frame.node is not None:
            self._drop_empty(frame.node, frame.is_copy)

    def _drop_empty(self, node: Node, is_copy: bool) -> None:
        siblings = self._stack[-1].children
        if not is_copy and (node["type"] not in _DROPPED_WHEN_EMPTY or "attributes" in node):
            return
        divides = node["type"] in BLOCK_TYPES and len(siblings) > 1 and not is_block(siblings[-2])
        if not divides:  # the text before it from the text after it
            siblings.pop()

    def _before_block(self) -> list[Frame]:
        """Ends what can hold no block; answers the formatting that was open in it."""
        size = len(self._stack)
        while self._stack[size - 1].kind in (INLINE, TEXT):
            size -= 1
        ended = self._pop_to(size)
        self._enter_item()
        _trim_end(self._stack[-1].children)
        return ended

    def _reopen(self, frames: list[Frame]) -> None:
        marks = [frame for frame in frames if frame.kind is INLINE and frame.node is not None]
        for frame in marks[-_MAX_REOPENED:]:
            if frame.node is not None and not self.is_deep:
                self.open_inline(frame.tag, {**frame.node, "children": []})
                self._stack[-1].is_copy = True

    def _enter_item(self) -> None:
        """What stands between the items of a list belongs to the item before it."""
        frame = self._stack[-1]
        if frame.kind is not LIST:
            return
        if not frame.children:
            frame.children.append({"type": "list_item", "children": []})
        item = frame.children[-1]
        self._stack.append(Frame("li", FLOW, item, item["children"]))

    def _add_text(self, value: str) -> None:
        frame = self._stack[-1]
        children = frame.children
        first = value[:1]
        if first == " " and not self._preformatted and _is_edge(frame):
            value = value[1:]
        elif first == "\n" and frame.tag == "pre" and not children:
            value = value[1:]  # as a browser does
        if children and children[-1]["type"] == "text":
            children[-1]["value"] += value
        elif value:
            children.append({"type": "text", "value": value})

    def _is_within(self, type_: str) -> bool:
        if type_ not in MARK_TYPES or type_ in _NESTABLE:
            return False
        for frame in reversed(self._stack):
            if frame.type == type_:
                return True
            if frame.kind is not INLINE:
                return False
        return False

    def _twin(self, node: Node) -> Node | None:
        children = self._stack[-1].children
        if not children or node["type"] not in MARK_TYPES:
            return None
        last = children[-1]
        same = last["type"] == node["type"] and last.get("attributes") == node.get("attributes")
        return last if same else None

    def _end_siblings(self, tag: str) -> None:
        siblings = _SIBLINGS.get(tag)
        if siblings is None:
            return
        outermost = len(self._stack)
        for index in range(len(self._stack) - 1, 0, -1):
            if self._stack[index].tag in _SIBLINGS_SCOPE:
                break
            if self._stack[index].tag in siblings:
                outermost = index
        self._pop_to(outermost)

    def _index_of_list(self) -> int:
        """0 where no list is open for an item."""
        for index in range(len(self._stack) - 1, 0, -1):
            if self._stack[index].kind is LIST:
                return index
            if self._stack[index].tag in _ITEMS_SCOPE:
                return 0
        return 0


def _is_edge(frame: Frame) -> bool:
    """Whether a space here would be lost at the edge of a block, or beside another space."""
    if not frame.children:
        return frame.kind in (FLOW, TEXT)
    last = frame.children[-1]
    if last["type"] == "text":
        return last["value"].endswith(" ")
    return last["type"] == "line_break" or is_block(last)


def _trim(children: list[Node]) -> None:
    if children and children[0]["type"] == "text":
        children[0]["value"] = children[0]["value"].lstrip(" ")
        if not children[0]["value"]:
            del children[0]
    _trim_end(children)


def _trim_end(children: list[Node]) -> None:
    if children and children[-1]["type"] == "text":
        children[-1]["value"] = children[-1]["value"].rstrip(" ")
        if not children[-1]["value"]:
            children.pop()
