"""Rich text as Markdown: a CommonMark parser reads in it what the text says."""

from collections.abc import Iterator
from typing import Any

import pytest
from markdown_it import MarkdownIt
from rich_text_trees import FLOW, MARKS, WORDS, Trees, node, read, text

from techport_cms.headless.richtext import Node, to_markdown
from techport_cms.headless.richtext.nodes import is_block, plain_text

COMMONMARK = MarkdownIt("commonmark").enable("strikethrough")

# What is stored, and how a person would write it in Markdown.
WRITTEN = {
    "<h2>Kop</h2><p>Een <b>vette</b> <i>alinea</i>.</p>": "## Kop\n\nEen **vette** _alinea_.",
    "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>": "- a\n  - b\n- c",
    '<ol start="9"><li>a</li><li><p>b</p><p>c</p></li></ol>': "9. a\n\n10. b\n\n    c",
    "<ul><li>a</li></ul><ul><li>b</li></ul>": "- a\n\n* b",
    "<blockquote>a<br/>b</blockquote>": "> a\\\n> b",
    "<p>a</p><hr/><p>b</p>": "a\n\n___\n\nb",
    "<p>H<sub>2</sub>O, <s>x</s></p>": "H<sub>2</sub>O, ~~x~~",
    "<p><code>a</code> <code>b`c</code></p>": "`a` ``b`c``",
    "<p>on<i>mid</i>dellijk</p>": "on*mid*dellijk",
    "<p><b>vet </b>en <b><i>beide</i></b></p>": "**vet** en **_beide_**",
    '<p>a<b>"b"</b>c</p>': 'a<strong>"b"</strong>c',
    '<p><a href="https://a.example/(b)">a [1]</a></p>': "[a \\[1\\]](https://a.example/\\(b\\))",
    '<p><a href="/b c" title="&quot;d&quot;">e</a>!</p>': '[e](https://site.example/b%20c "\\"d\\"")!',
    '<p>Wow!<a href="https://a.example/">a</a></p>': "Wow\\![a](https://a.example/)",
    "<p>1. a</p><p>- b</p><p># c</p><p>-5 en 1.5</p>": "1\\. a\n\n\\- b\n\n\\# c\n\n-5 en 1.5",
    "<h2>C#</h2><h3>a<br/>b</h3>": "## C\\#\n\n### a<br>b",
    "<p>a * b_c &lt;d&gt; &amp;amp; R&amp;D</p>": "a \\* b\\_c &lt;d> &amp;amp; R&D",
    '<embed embedtype="image" id="1" alt="Zee [1]" format="left"/>': "![Zee \\[1\\]](https://site.example/media/a.jpg)",
    '<embed embedtype="media" url="https://video.example/1"/>': "<https://video.example/1>",
    "<pre>a\n```\nb</pre>": "````\na\n```\nb\n````",
    "<table><tr><td>a</td></tr></table>": "<table><tr><td>a</td></tr></table>",
    "<div><p>a</p></div><p><span>b</span> c</p>": "a\n\nb c",
    "<p></p><p><b> </b></p>": "",
}


@pytest.mark.parametrize(("source", "markdown"), WRITTEN.items())
def test_markdown_is_what_a_person_would_write(source: str, markdown: str) -> None:
    assert to_markdown(read(source)) == markdown


@pytest.mark.once
def test_a_parser_reads_the_same_from_the_markdown_of_a_tree() -> None:
    for seed in range(400):
        tree = Trees(seed).document()
        assert outline(as_read(to_markdown(tree))) == outline(tree), f"seed {seed}"


@pytest.mark.once
def test_every_pair_of_words_is_only_text() -> None:
    for first in WORDS:
        for second in WORDS:
            for joined in (f"{first}{second}", f"{first} {second}"):
                tree = node("document", node("paragraph", joined), node("heading", joined, level=2))
                assert outline(as_read(to_markdown(tree))) == outline(tree), joined


@pytest.mark.once
def test_formatting_beside_every_word() -> None:
    for kind in MARKS:
        for first in WORDS:
            for second in WORDS:
                inside = node(kind, second)
                tree = node(
                    "document", node("paragraph", first, inside, first, {"type": "line_break"}, second)
                )
                assert outline(as_read(to_markdown(tree))) == outline(tree), (kind, first, second)


def as_read(markdown: str) -> Node:
    return read(COMMONMARK.render(markdown))


# The same text, links and structure: what both must agree on. Spaces have no formatting.


def outline(tree: Node) -> list[Any]:
    return list(outlines(tree["children"]))


def outlines(nodes: list[Node]) -> Iterator[Any]:
    """Running text that stands beside blocks is a paragraph too; a <div> is what is in it."""
    running: list[Node] = []
    for child in [*nodes, None]:
        if child is not None and not is_block(child):
            running.append(child)
            continue
        yield from paragraph("paragraph", running)
        running = []
        if child is not None:
            yield from block(child)


def block(child: Node) -> Iterator[Any]:
    kind = child["type"]
    if kind in ("paragraph", "heading"):
        yield from paragraph(f"{kind} {child.get('level', '')}".strip(), child["children"])
    elif kind == "embed":
        yield from paragraph("paragraph", [node("link", child["url"], url=child["url"])])
    elif kind == "element":
        yield from outlines(child["children"])
    elif kind == "list":
        yield ("list", child["ordered"], child.get("start"), outline(child))
    else:
        yield (kind, outline(child) if kind in FLOW else None)


def paragraph(kind: str, nodes: list[Node]) -> Iterator[Any]:
    pieces = [("\n", frozenset()) if piece[0] == "\n" else piece for piece in characters(nodes, frozenset())]
    while pieces and pieces[0][0].isspace():
        pieces.pop(0)
    while pieces and pieces[-1][0].isspace():
        pieces.pop()
    merged: list[Any] = []
    for piece in pieces:
        if not (piece[0] == " " and merged[-1][0] in " \n"):
            merged.append(piece)
    if merged:
        yield (kind, merged)


def characters(nodes: list[Node], around: frozenset) -> Iterator[tuple[str, frozenset]]:
    for child in nodes:
        kind = child["type"]
        if kind == "text":
            yield from ((one, frozenset() if one == " " else around) for one in child["value"])
        elif kind == "line_break":
            yield "\n", frozenset()
        elif kind == "image":
            yield f"image {child['url']} {child['alt']} {child.get('title')}", around
        elif kind == "link":
            yield from characters(child["children"], around | {f"{child['url']} {child.get('title')}"})
        elif kind == "element":
            yield from characters(child["children"], around)
        else:
            yield from characters(child["children"], around | {kind})


def test_the_outline_sees_a_difference() -> None:
    one = node("document", node("paragraph", "a ", node("strong", "b")))
    assert outline(one) != outline(node("document", node("paragraph", "a b")))
    assert plain_text([text("a")]) == "a"
