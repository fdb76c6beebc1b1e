"""Running text as Markdown."""

import re
import string
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from .nodes import MARK_TYPES, Node, plain_text

_SPECIAL = re.compile(r"[\\`*_\[\]|~]")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_RARE_SPACE = re.compile(r"[^\S ]")  # such as one that does not break: readers and parsers lose it
_SPACES = re.compile(r"[ \t\r\n\f]+")
_SPACED = re.compile(r"((?:\\\n| )*)(.*?)((?:\\\n| )*)", re.DOTALL)
_PUNCTUATION = frozenset(string.punctuation)


class _Around(NamedTuple):
    """The characters beside a piece of Markdown. At the edge of a block that is a space."""

    before: str
    after: str


_BLOCK = _Around(" ", " ")
_MARKUP = _Around("(", ")")  # beside signs of Markdown or HTML; they all count as punctuation


def inline(nodes: Sequence[Node], around: _Around = _BLOCK) -> str:
    text = ""
    pieces = list(_merged(_flattened(nodes)))
    for index, node in enumerate(pieces):
        after = _first_character(pieces[index + 1]) if index + 1 < len(pieces) else around.after
        if node["type"] == "link" and text.endswith("!"):
            text = f"{text[:-1]}\\!"  # else it would be an image
        text += _RENDERERS[node["type"]](node, _Around(text[-1:] or around.before, after))
    return text


def _flattened(nodes: Sequence[Node]) -> Iterator[Node]:
    """What Markdown knows nothing of is passed over, and what is in it stays."""
    for node in nodes:
        if node["type"] in _RENDERERS:
            yield node
        else:
            yield from _flattened(node.get("children", ()))


def _merged(nodes: Iterator[Node]) -> Iterator[Node]:
    """The same formatting twice in a row would not be read as such."""
    last: Node | None = None
    for node in nodes:
        if last and last["type"] == node["type"] == "text":
            last = {**last, "value": last["value"] + node["value"]}
        elif last and last["type"] == node["type"] and node["type"] in MARK_TYPES:
            last = {**last, "children": [*last["children"], *node["children"]]}
        else:
            if last:
                yield last
            last = node
    if last:
        yield last


def _first_character(node: Node) -> str:
    return escape_text(node["value"])[:1] if node["type"] == "text" else _MARKUP.after


def escape_text(text: str) -> str:
    text = _SPECIAL.sub(r"\\\g<0>", _ENTITY.sub("&amp;", text)).replace("<", "&lt;")
    return _RARE_SPACE.sub(lambda match: f"&#{ord(match.group())};", text)


def escape_url(url: str) -> str:
    return re.sub(r"[()*_~]", r"\\\g<0>", _ENTITY.sub("&amp;", url))


def _destination(node: Node) -> str:
    title = node.get("title")
    if not title:
        return f"({escape_url(node['url'])})"
    escaped = _one_line(title).replace('"', '\\"')
    return f'({escape_url(node["url"])} "{escaped}")'


def _link(node: Node, around: _Around) -> str:
    text = inline(node["children"], _MARKUP)
    return f"[{text}]{_destination(node)}" if text.strip() else text


def _image(node: Node, around: _Around) -> str:
    return f"![{_one_line(node['alt'])}]{_destination(node)}"


def _one_line(text: str) -> str:
    return escape_text(_SPACES.sub(" ", text).strip(" "))


def _code(node: Node, around: _Around) -> str:
    if any(child["type"] not in ("text", "line_break") for child in node["children"]):
        return f"<code>{inline(node['children'], _MARKUP)}</code>"
    text = plain_text(node["children"]).replace("\n", " ")
    longest = max(map(len, re.findall("`+", text)), default=0)
    is_padded = text[0] == "`" or text[-1] == "`" or (text[0] == text[-1] == " " and text.strip(" "))
    pad, fence = " " if is_padded else "", "`" * (longest + 1)
    return f"{fence}{pad}{text}{pad}{fence}"


def _in_html(tag: str) -> Callable[[Node, _Around], str]:
    return lambda node, around: f"<{tag}>{inline(node['children'], _MARKUP)}</{tag}>"


def _delimited(tag: str, *delimiters: str) -> Callable[[Node, _Around], str]:
    """With the first delimiter that Markdown reads as one in this place, else as HTML."""

    def render(node: Node, around: _Around) -> str:
        spaced = _SPACED.fullmatch(inline(node["children"], _MARKUP))
        lead, core, trail = spaced.groups() if spaced else ("", "", "")
        if not core:
            return lead + trail
        beside = _Around(lead[-1:] or around.before, trail[:1] or around.after)
        for delimiter in delimiters:
            if _is_read(delimiter, core, beside):
                return f"{lead}{delimiter}{core}{delimiter}{trail}"
        return f"{lead}<{tag}>{core}</{tag}>{trail}"

    return render


def _is_read(delimiter: str, core: str, beside: _Around) -> bool:
    """CommonMark's rules of left- and right-flanking delimiters, on the safe side."""
    first, last = core[0], core[-1]
    if delimiter[0] in (first, last, *beside):
        return False
    opens, closes = _divides(beside.before), _divides(beside.after)
    if delimiter == "_":  # not within a word
        return opens and closes
    return (opens or first.isalnum()) and (closes or last.isalnum())


def _divides(character: str) -> bool:
    is_sign = character in _PUNCTUATION or unicodedata.category(character).startswith("P")
    return is_sign or character.isspace()


_RENDERERS: dict[str, Callable[[Node, _Around], str]] = {
    "text": lambda node, around: escape_text(node["value"]),
    "line_break": lambda node, around: "\\\n",
    "link": _link,
    "image": _image,
    "code": _code,
    "strong": _delimited("strong", "**"),
    "emphasis": _delimited("em", "_", "*"),
    "strikethrough": _delimited("s", "~~"),
    "superscript": _in_html("sup"),
    "subscript": _in_html("sub"),
}
