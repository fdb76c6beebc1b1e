"""The tree as plain text: for previews, search and screens that show no markup."""

from .nodes import Node, is_block

_TIGHT = frozenset({"list", "list_item"})


def to_text(node: Node) -> str:
    """A blank line between blocks, a line for each item of a list; alternative texts of images."""
    return _text(node).strip()


def _text(node: Node) -> str:
    match node["type"]:
        case "text":
            return node["value"]
        case "line_break":
            return "\n"
        case "image":
            return node["alt"]
        case "embed":
            return node["url"]
    return _joined(node)


def _joined(node: Node) -> str:
    """Blocks are trimmed: spaces count within running text only."""
    parts: list[str] = [""]
    for child in node.get("children", ()):
        if is_block(child):
            parts += [_text(child).strip(), ""]
        else:
            parts[-1] += _text(child)
    if len(parts) == 1:
        return parts[0]
    separator = "\n" if node["type"] in _TIGHT else "\n\n"
    return separator.join(part.strip(" ") for part in parts if part.strip())
