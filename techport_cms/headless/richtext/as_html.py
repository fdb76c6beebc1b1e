"""The tree as HTML for a channel, and as HTML that Wagtail stores."""

from collections.abc import Callable
from html import escape

from .nodes import VOID_TAGS, Node

_TAGS = {
    "paragraph": "p",
    "list_item": "li",
    "blockquote": "blockquote",
    "strong": "strong",
    "emphasis": "em",
    "superscript": "sup",
    "subscript": "sub",
    "strikethrough": "s",
    "code": "code",
}
_VOID = {"line_break": "br", "thematic_break": "hr"}


def to_html(node: Node) -> str:
    return _HTML.render(node)


def to_db_html(node: Node) -> str:
    """With Wagtail's own links and images where they lead to what is public; others are gone."""
    return _DB_HTML.render(node)


class _Html:
    def __init__(self) -> None:
        self._renderers: dict[str, Callable[[Node], str]] = {
            "document": self.children,
            "text": _text,
            "heading": lambda node: self.wrapped(f"h{node['level']}", node),
            "list": self.list,
            "link": self.link,
            "image": self.image,
            "embed": self.embed,
            "element": self.element,
            **{type_: self._simple(tag) for type_, tag in _TAGS.items()},
            **{type_: self._empty(tag) for type_, tag in _VOID.items()},
        }

    def render(self, node: Node) -> str:
        return self._renderers[node["type"]](node)

    def children(self, node: Node) -> str:
        renderers = self._renderers
        return "".join(
            [
                _text(child) if child["type"] == "text" else renderers[child["type"]](child)
                for child in node["children"]
            ]
        )

    def wrapped(self, tag: str, node: Node, **own: str | int | None) -> str:
        return f"<{tag}{_attributes(node, **own)}>{self.children(node)}</{tag}>"

    def list(self, node: Node) -> str:
        return self.wrapped("ol" if node["ordered"] else "ul", node, start=node.get("start"))

    def link(self, node: Node) -> str:
        return self.wrapped("a", node, href=node["url"], title=node.get("title"))

    def image(self, node: Node) -> str:
        style = node.get("format")
        return "<img{}>".format(
            _attributes(
                node,
                **{"class": f"richtext-image {style}" if style else None},
                src=node["url"],
                alt=node["alt"],
                title=node.get("title"),
                width=node.get("width"),
                height=node.get("height"),
            )
        )

    def embed(self, node: Node) -> str:
        """A link, since what shows it is up to the channel, which knows it by `data-embed`."""
        url = escape(node["url"])
        return f'<figure data-embed="{url}"><a href="{url}">{url}</a></figure>'

    def element(self, node: Node) -> str:
        tag = node["tag"]
        if tag in VOID_TAGS:
            return f"<{tag}{_attributes(node)}>"
        content = self.children(node)
        newline = "\n" if tag == "pre" and content.startswith("\n") else ""  # browsers drop the first
        return f"<{tag}{_attributes(node)}>{newline}{content}</{tag}>"

    def _simple(self, tag: str) -> Callable[[Node], str]:
        def render(node: Node) -> str:
            attributes = _attributes(node) if "attributes" in node else ""
            return f"<{tag}{attributes}>{self.children(node)}</{tag}>"

        return render

    def _empty(self, tag: str) -> Callable[[Node], str]:
        return lambda node: f"<{tag}{_attributes(node)}>"


class _DbHtml(_Html):
    def link(self, node: Node) -> str:
        for kind in ("page", "document"):
            if target := node.get(kind):
                return self.wrapped("a", node, linktype=kind, id=target["id"], title=node.get("title"))
        return super().link(node)

    def image(self, node: Node) -> str:
        if "image" not in node:
            return super().image(node)
        own = {"id": node["image"]["id"], "format": node.get("format"), "alt": node["alt"]}
        return f"<embed{_attributes({}, embedtype='image', **own)}/>"

    def embed(self, node: Node) -> str:
        return f"<embed{_attributes({}, embedtype='media', url=node['url'])}/>"


def _text(node: Node) -> str:
    return escape(node["value"], quote=False)


def _attributes(node: Node, **own: str | int | None) -> str:
    given = {**own, **node.get("attributes", {})}
    return "".join([f' {name}="{escape(str(value))}"' for name, value in given.items() if value is not None])


_HTML = _Html()
_DB_HTML = _DbHtml()
