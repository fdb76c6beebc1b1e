"""Rich text without a database: a small website to link to, and trees by chance."""

import random
from typing import Any
from urllib.parse import urljoin

from techport_cms.headless.richtext import Node, parse

SITE = "https://site.example"
PAGES = {str(number): f"{SITE}/page-{number}/" for number in range(1, 4)}

# Words that mean something to Markdown or HTML, among some that do not.
WORDS = (
    *("gewoon", "tekst", "één", "a*b", "_x_", "*", "**", "__", "[y](z)", "]", "![", "!", "<b>", "</p>", "&"),
    *("&amp;", "&lt", "`c`", "``", "1.", "23)", "-", "--", "---", "+", "#", "##", "=", "===", ">", "~~", "~"),
    *(
        "|",
        "\\",
        "\\*",
        '"q"',
        "'",
        "(",
        ")",
        "“q”",
        "…",
        "€",
        "!?",
        "a\u00a0b",
        "http://x.example",
        ":-",
        "🙂",
    ),
)
URLS = (
    "https://a.example/b",
    "https://a.example/(b)_c_?d=e&copy=1",
    "mailto:a@b.example",
    "tel:+31251",
    "#top",
)
MARKS = ("strong", "emphasis", "superscript", "subscript", "strikethrough", "code")
FLOW = ("document", "blockquote", "list_item")


class Website:
    """Pages 1 to 3, document 1 and image 1 are public; there is nothing else."""

    def page(self, id_: str) -> dict | None:
        url = PAGES.get(id_)
        return {"id": int(id_), "type": "a.Page", "title": f"Pagina {id_}", "url": url} if url else None

    def document(self, id_: str) -> dict | None:
        if id_ != "1":
            return None
        file = {"url": f"{SITE}/documents/1/a.pdf", "extension": "pdf", "size": 3}
        return {"id": 1, "type": "wagtaildocs.Document", "title": "Verslag", **file}

    def image(self, id_: str, alt: str | None) -> dict | None:
        if id_ != "1":
            return None
        size = {"width": 30, "height": 20, "url": f"{SITE}/media/a.jpg"}
        return {
            "id": 1,
            "type": "a.Image",
            "title": "Foto",
            "alt": "Een duin" if alt is None else alt,
            **size,
        }

    def other_link(self, kind: str, attributes: dict[str, str]) -> str | None:
        return f'<a href="/term/{attributes["id"]}/">' if kind == "term" else None

    def other_embed(self, kind: str, attributes: dict[str, str]) -> str | None:
        return '<div class="player"><b>Film</b></div>' if kind == "film" else None

    def absolute(self, url: str) -> str:
        return urljoin(SITE, url)


def read(source: str) -> Node:
    return parse(source, Website())


def text(value: str) -> Node:
    return {"type": "text", "value": value}


def node(type_: str, *children: Node | str, **members: Any) -> Node:
    inside = [text(child) if isinstance(child, str) else child for child in children]
    return {"type": type_, **members, "children": inside}


class Trees:
    """Trees as `parse` answers them: what HTML cannot say apart is not in them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - not for secrets

    def document(self) -> Node:
        return node("document", *self.blocks(depth=3))

    def blocks(self, depth: int) -> list[Node]:
        return [self.block(depth) for _ in range(self.random.randint(1, 4))]

    def block(self, depth: int) -> Node:
        leaves = ("paragraph", "paragraph", "heading", "thematic_break", "embed")
        kind = self.random.choice((*leaves, "items", "items", "blockquote", "div") if depth else leaves)
        return getattr(self, kind)(depth)

    def paragraph(self, depth: int) -> Node:
        return node("paragraph", *self.inline(3))

    def heading(self, depth: int) -> Node:
        return node("heading", *self.inline(2), level=self.random.randint(1, 6))

    def thematic_break(self, depth: int) -> Node:
        return {"type": "thematic_break"}

    def embed(self, depth: int) -> Node:
        return {"type": "embed", "url": "https://video.example/watch?v=1&t=2"}

    def blockquote(self, depth: int) -> Node:
        return node("blockquote", *self.flow(depth - 1))

    def div(self, depth: int) -> Node:
        return node(
            "element", *self.flow(depth - 1), tag="div", attributes={"class": "kader", "data-a": '"<'}
        )

    def items(self, depth: int) -> Node:
        ordered = self.random.random() < 0.5
        start = {"start": self.random.randint(2, 40)} if ordered and self.random.random() < 0.3 else {}
        items = [node("list_item", *self.flow(depth - 1)) for _ in range(self.random.randint(1, 3))]
        return node("list", *items, ordered=ordered, **start)

    def flow(self, depth: int) -> list[Node]:
        if self.random.random() < 0.3:
            return self.blocks(depth)
        below = [self.items(depth)] if depth and self.random.random() < 0.4 else []
        return [*self.inline(2), *below]

    def inline(self, depth: int, around: tuple[str, ...] = ()) -> list[Node]:
        """Text and something else by turns; spaces at the edges only where they count."""
        made: list[Node] = []
        count = self.random.randint(1, 3)
        for index in range(count):
            made.append(text(self.words(before=index > 0, after=index < count - 1)))
            if index < count - 1:
                made += self.pieces(depth, around)
        return made

    def pieces(self, depth: int, around: tuple[str, ...]) -> list[Node]:
        kinds = [kind for kind in (*MARKS, "link", "image", "line_break", "span") if kind not in around]
        chosen = self.random.sample(kinds, self.random.choice((1, 1, 2)))
        pieces = [self.piece(kind, depth, (*around, kind)) for kind in chosen]
        return pieces if pieces[-1]["type"] != "line_break" else [*pieces, node("superscript", "na")]

    def piece(self, kind: str, depth: int, around: tuple[str, ...]) -> Node:
        if kind == "line_break":
            return {"type": "line_break"}
        if kind == "image":
            return {"type": "image", "url": f"{SITE}/a(1).jpg", "alt": self.words(), "title": self.words()}
        children = self.inline(depth - 1, around) if depth else [text(self.words())]
        if kind == "link":
            return node("link", *children, url=self.random.choice(URLS), title=self.words())
        if kind == "span":
            return node("element", *children, tag="span", attributes={"lang": "en"})
        return node(kind, *children)

    def words(self, before: bool = False, after: bool = False) -> str:
        chosen = " ".join(self.random.choice(WORDS) for _ in range(self.random.randint(1, 4)))
        lead = " " if before and self.random.random() < 0.6 else ""
        return f"{lead}{chosen}{' ' if after and self.random.random() < 0.6 else ''}"
