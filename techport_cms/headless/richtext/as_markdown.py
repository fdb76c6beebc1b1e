"""The tree as Markdown: CommonMark, with the strikethrough of GitHub's.

What Markdown has no sign for is HTML in it: superscript, subscript, tables, and formatting that
its rules would not read as such ("a**"b"**c").
"""

import re
from collections.abc import Callable, Sequence

from .as_html import to_html
from .inline_markdown import inline
from .nodes import Node, is_block, plain_text

_Block = tuple[str, str]  # type of the node ("text" for running text without a block), Markdown

_EDGES = re.compile(r"^(?:\\\n| )+|(?:\\\n| )+$")
# What would begin a block here.
_BLOCK_STARTS = re.compile(r"^(?:(\d{1,9})(?=[.)](?:\s|$))|(?=[-+](?:[\s-]|$)|=|\#|>|:-))", re.MULTILINE)
_LAST_NUMBER = 999_999_999  # of an ordered list


def to_markdown(node: Node) -> str:
    return "\n\n".join(text for _, text in _blocks([node] if is_block(node) else node["children"]))


def _blocks(nodes: Sequence[Node]) -> list[_Block]:
    blocks: list[_Block] = []
    running: list[Node] = []
    for node in [*nodes, None]:
        if node is not None and not _holds_blocks(node):
            running.append(node)
            continue
        blocks += _paragraph("text", running)
        running = []
        if node is not None:
            blocks += _RENDERERS.get(node["type"], _contents)(node, blocks)
    return blocks


def _holds_blocks(node: Node) -> bool:
    if node["type"] == "element" and not is_block(node):
        return any(map(_holds_blocks, node["children"]))
    return is_block(node)


def _paragraph(type_: str, nodes: Sequence[Node]) -> list[_Block]:
    text = _EDGES.sub("", inline(nodes))
    return [(type_, _BLOCK_STARTS.sub(r"\1\\", text))] if text else []


def _heading(node: Node, before: list[_Block]) -> list[_Block]:
    text = _EDGES.sub("", inline(node["children"])).replace("\\\n", "<br>")
    if text.endswith("#"):
        text = f"{text[:-1]}\\#"  # else it would be decoration
    return [("heading", f"{'#' * node['level']} {text}")] if text else []


def _blockquote(node: Node, before: list[_Block]) -> list[_Block]:
    lines = "\n\n".join(text for _, text in _blocks(node["children"])).split("\n")
    return [("blockquote", "\n".join(f"> {line}".rstrip(" ") for line in lines))]


def _list(node: Node, before: list[_Block]) -> list[_Block]:
    items = [
        _item(item, marker) for item, marker in zip(node["children"], _markers(node, before), strict=False)
    ]
    is_loose = any(loose for _, loose in items)
    text = ("\n\n" if is_loose else "\n").join(text for text, _ in items)
    return [("list", text)] if items else []


def _markers(node: Node, before: list[_Block]) -> list[str]:
    """Other ones than those of a list just before, which would go on otherwise."""
    previous = before[-1][1].split(" ")[0][-1:] if before and before[-1][0] == "list" else ""
    if not node["ordered"]:
        return ["*" if previous == "-" else "-"] * len(node["children"])
    end, first = ")" if previous == "." else ".", node.get("start", 1)
    return [f"{min(first + index, _LAST_NUMBER)}{end}" for index in range(len(node["children"]))]


def _item(node: Node, marker: str) -> tuple[str, bool]:
    """The item, and whether blank lines divide it."""
    blocks = _blocks(node["children"])
    text, is_loose = "", False
    for index, (type_, block) in enumerate(blocks):
        if index:
            tight = type_ == "list" and blocks[index - 1][0] == "text" and _interrupts.match(block)
            text += "\n" if tight else "\n\n"
            is_loose = is_loose or not tight
        text += block
    indent = " " * (len(marker) + 1)
    lines = [f"{indent}{line}" if line else "" for line in text.split("\n")]
    return f"{marker} {''.join(lines[:1]).strip()}".rstrip() + "".join(f"\n{x}" for x in lines[1:]), is_loose


# A list that may follow running text without a blank line.
_interrupts = re.compile(r"(?:[-*]|1[.)]) ")


def _embed(node: Node, before: list[_Block]) -> list[_Block]:
    return [("embed", f"<{node['url']}>")]


def _contents(node: Node, before: list[_Block]) -> list[_Block]:
    match node.get("tag"):
        case "table":
            return [("html", to_html(node).replace("\n", "&#10;"))]
        case "pre":
            return [("code", _fenced(plain_text(node["children"])))]
    return _blocks(node["children"])


def _fenced(text: str) -> str:
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


_RENDERERS: dict[str, Callable[[Node, list[_Block]], list[_Block]]] = {
    "paragraph": lambda node, before: _paragraph("paragraph", node["children"]),
    "heading": _heading,
    "list": _list,
    "blockquote": _blockquote,
    "thematic_break": lambda node, before: [("thematic_break", "___")],
    "embed": _embed,
}
