"""Rich text as HTML, as a tree and as Wagtail stores it: each of them says the same."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich_text_trees import SITE, Trees, Website, node, read

from techport_cms.headless.richtext import Node, parse, rich_text, to_db_html, to_html, to_text
from techport_cms.headless.richtext.schema import COMPONENTS

ROOT = Path(__file__).resolve().parents[1]
RENDERER = ROOT / "examples/rich-text.mjs"
DOCUMENTATION = (ROOT / "docs/rich-text.md").read_text()
NODE_TYPES = COMPONENTS["RichTextNode"]["discriminator"]["mapping"]
SEEDS = range(300)

PAGE = {"id": 3, "type": "a.Page", "title": "Pagina 3", "url": f"{SITE}/page-3/"}
DOCUMENT = Website().document("1")
IMAGE = Website().image("1", "Zee")
BREAK = {"type": "line_break"}

# What is stored, and the nodes that it becomes.
STORED: dict[str, tuple[str, list[Node]]] = {
    "paragraph": ('<p data-block-key="a1">Tekst</p>', [node("paragraph", "Tekst")]),
    "empty paragraph": ('<p data-block-key="a1"></p><p>a</p>', [node("paragraph", "a")]),
    "heading": ('<h3 id="kop">Kop</h3>', [node("heading", "Kop", level=3, attributes={"id": "kop"})]),
    "list": (
        "<ol start='4'><li>een<ul><li>twee</li></ul></li></ol>",
        [
            node(
                "list",
                node(
                    "list_item",
                    "een",
                    node("list", node("list_item", "twee"), ordered=False),
                ),
                ordered=True,
                start=4,
            )
        ],
    ),
    "blockquote": ("<blockquote>Citaat</blockquote>", [node("blockquote", "Citaat")]),
    "thematic break": (
        "<p>a</p><hr/><p>b</p>",
        [node("paragraph", "a"), {"type": "thematic_break"}, node("paragraph", "b")],
    ),
    "line break": ("<p>a<br/>b</p>", [node("paragraph", "a", BREAK, "b")]),
    "bold": (
        "<p><b>a</b> <strong>b</strong></p>",
        [node("paragraph", node("strong", "a"), " ", node("strong", "b"))],
    ),
    "italic": ("<p><i>a</i></p>", [node("paragraph", node("emphasis", "a"))]),
    "superscript": ("<p>m<sup>2</sup></p>", [node("paragraph", "m", node("superscript", "2"))]),
    "subscript": ("<p>CO<sub>2</sub></p>", [node("paragraph", "CO", node("subscript", "2"))]),
    "strikethrough": ("<p><s>a</s></p>", [node("paragraph", node("strikethrough", "a"))]),
    "code": ("<p><code>a &lt; b</code></p>", [node("paragraph", node("code", "a < b"))]),
    "entities": ("<p>R&amp;D &lt;b&gt; &eacute;</p>", [node("paragraph", "R&D <b> é")]),
    "link": (
        '<p><a href="https://a.example/?b=1&amp;c=2" title="Naar a">a</a></p>',
        [node("paragraph", node("link", "a", url="https://a.example/?b=1&c=2", title="Naar a"))],
    ),
    "mail": (
        '<p><a href="mailto:a@b.example">a</a></p>',
        [node("paragraph", node("link", "a", url="mailto:a@b.example"))],
    ),
    "telephone": (
        '<p><a href="tel:+31251">a</a></p>',
        [node("paragraph", node("link", "a", url="tel:+31251"))],
    ),
    "anchor": ('<p><a href="#kop">a</a></p>', [node("paragraph", node("link", "a", url="#kop"))]),
    "path": (
        '<p><a href="/over ons/">a</a></p>',
        [node("paragraph", node("link", "a", url=f"{SITE}/over%20ons/"))],
    ),
    "page": (
        '<p><a id="3" linktype="page">a</a></p>',
        [node("paragraph", node("link", "a", url=PAGE["url"], page=PAGE))],
    ),
    "document": (
        '<p><a linktype="document" id="1">a</a></p>',
        [node("paragraph", node("link", "a", url=f"{SITE}/documents/1/a.pdf", document=DOCUMENT))],
    ),
    "own link": (
        '<p><a linktype="term" id="7">a</a></p>',
        [node("paragraph", node("link", "a", url=f"{SITE}/term/7/"))],
    ),
    "image": (
        '<embed alt="Zee" embedtype="image" format="left" id="1"/>',
        [
            {
                "type": "image",
                "url": f"{SITE}/media/a.jpg",
                "alt": "Zee",
                "width": 30,
                "height": 20,
                "format": "left",
                "image": IMAGE,
            }
        ],
    ),
    "foreign image": (
        '<p><img src="/a.png" alt="A" width="3" style="color:red"></p>',
        [node("paragraph", {"type": "image", "url": f"{SITE}/a.png", "alt": "A", "width": 3})],
    ),
    "video": (
        '<embed embedtype="media" url="https://video.example/?v=1&amp;t=2"/>',
        [{"type": "embed", "url": "https://video.example/?v=1&t=2"}],
    ),
    "frame": (
        '<iframe src="https://video.example/1">no</iframe>',
        [{"type": "embed", "url": "https://video.example/1"}],
    ),
    "own embed": (
        '<embed embedtype="film" id="1"/>',
        [node("element", node("strong", "Film"), tag="div", attributes={"class": "player"})],
    ),
    "own tag": (
        '<p>Koers: <span data-stock="TATA" class="stock" onclick="x()">$T</span></p>',
        [
            node(
                "paragraph",
                "Koers: ",
                node("element", "$T", tag="span", attributes={"data-stock": "TATA", "class": "stock"}),
            )
        ],
    ),
    "unknown tag": (
        "<my-box open><p>a</p></my-box>",
        [node("element", node("paragraph", "a"), tag="my-box", attributes={"open": ""})],
    ),
    "table": (
        "<table><tr><th scope=row>a<td>b</table>",
        [
            node(
                "element",
                node(
                    "element",
                    node("element", "a", tag="th", attributes={"scope": "row"}),
                    node("element", "b", tag="td", attributes={}),
                    tag="tr",
                    attributes={},
                ),
                tag="table",
                attributes={},
            )
        ],
    ),
    "preformatted": (
        "<pre>\n  a\n b</pre>",
        [node("element", "  a\n b", tag="pre", attributes={})],
    ),
    "spaces": (
        "<p>\n  a   <b>b</b>\n</p>\n<p>c</p>",
        [node("paragraph", "a ", node("strong", "b")), node("paragraph", "c")],
    ),
    "nothing": ("", []),
}

# What nobody should write, and what survives.
MALFORMED = {
    "<p>a<p>b": "<p>a</p><p>b</p>",
    "<p>a</b></div>b": "<p>ab</p>",
    "<b><i>a</b>b</i>": "<strong><em>a</em></strong><em>b</em>",
    "<p><b>a<ul><li>b</ul>c": "<p><strong>a</strong></p><ul><li>b</li></ul>c",
    "<b><p>a</p></b>": "<p><strong>a</strong></p>",
    '<a href="/x"><h2>a</h2></a>': f'<h2><a href="{SITE}/x">a</a></h2>',
    '<a href="/x">a<a href="/y">b</a>': f'<a href="{SITE}/x">a</a><a href="{SITE}/y">b</a>',
    "<b>a<b>b</b>c</b>": "<strong>abc</strong>",
    "<li>a<li>b": "<ul><li>a</li><li>b</li></ul>",
    "<ul><li>a</li><ul><li>b</li></ul></ul>": "<ul><li>a<ul><li>b</li></ul></li></ul>",
    "<ul>a<p>b</p></ul>": "<ul><li>a<p>b</p></li></ul>",
    "<!-- a --><?php b ?><!DOCTYPE html>c<!-- d": "c",
    "a < b > c <": "a &lt; b &gt; c &lt;",
    "<p title=\"a>b\" class='c'>d</p>": '<p title="a&gt;b" class="c">d</p>',
    "<P><B>a</B></P>": "<p><strong>a</strong></p>",
    "a\0b&#0;": "ab\ufffd",
    "<a linktype=page>a</a><embed embedtype=image><embed>": "a",
    '<a linktype="page" id="99999999999999999999999">a</a>': "a",
    '<a linktype="page" id="DROP TABLE">a</a>': "a",
    '<a href="http://[">a</a>': "a",
    "<dl><dt>a<dd>b<dt>c": "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>",
}


@pytest.mark.parametrize(("source", "children"), STORED.values(), ids=STORED)
def test_what_is_stored_becomes_nodes(source: str, children: list[Node]) -> None:
    assert read(source) == {"type": "document", "children": children}


@pytest.mark.parametrize(("source", "_"), STORED.values(), ids=STORED)
def test_every_node_fits_its_schema(source: str, _: Any) -> None:
    assert_fits(read(source), "RichTextDocument")


@pytest.mark.parametrize(("source", "html"), MALFORMED.items())
def test_malformed_html_is_mended(source: str, html: str) -> None:
    assert to_html(read(source)) == html
    assert_fits(read(source), "RichTextDocument")


def test_html_and_stored_html_of_a_tree_are_read_as_the_same_tree() -> None:
    for seed in SEEDS:
        tree = Trees(seed).document()
        assert read(to_html(tree)) == tree, f"seed {seed}"
        assert read(to_db_html(tree)) == tree, f"seed {seed}"
        assert_fits(tree, "RichTextDocument")


@pytest.mark.parametrize("source", [source for source, _ in STORED.values()], ids=STORED)
def test_stored_html_keeps_what_it_points_to(source: str) -> None:
    assert read(to_db_html(read(source))) == read(source)


def test_chopped_and_shuffled_html_is_read_the_same_twice() -> None:
    for seed in SEEDS:
        trees = Trees(seed)
        source = to_html(trees.document())
        cuts = sorted(trees.random.sample(range(len(source)), min(6, len(source))))
        parts = [source[a:b] for a, b in zip([0, *cuts], [*cuts, len(source)], strict=True)]
        trees.random.shuffle(parts)
        tree = read("".join(parts))
        assert to_html(read(to_html(tree))) == to_html(tree), f"seed {seed}"
        assert_fits(tree, "RichTextDocument")


def test_depth_is_bounded_and_the_text_survives() -> None:
    deep = read("<div><b><ul><li>" * 5_000 + "tekst")
    assert to_text(deep) == "tekst"
    assert json.loads(json.dumps(deep)) == deep


@pytest.mark.parametrize(
    "unit", ["<", "<a ", '<a "', "<a '\"", "<!", "<!--", "<svg>", "</", "<p>", "<b><i>", "&#", '="']
)
def test_length_is_no_trouble(unit: str) -> None:
    rest = read(unit * 20_000 + "<p>einde</p>")
    assert to_html(rest) is not None


def test_plain_text_has_blank_lines_between_blocks_and_lines_between_items() -> None:
    source = "<h2>Kop</h2><p>a <b>b </b>c<br/>d</p><ul><li>een<ol><li>twee</li></ol></li><li>drie</li></ul>"
    image = '<embed embedtype="image" id="1" format="left" alt="Zee"/>'
    assert to_text(read(source + image)) == "Kop\n\na b c\nd\n\neen\ntwee\ndrie\n\nZee"


def test_an_unknown_format_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        rich_text("<p>a</p>", "docx")


def test_own_embeds_do_not_expand_for_ever() -> None:
    class Recursive(Website):
        def other_embed(self, kind: str, attributes: dict[str, str]) -> str:
            return '<b>a</b><embed embedtype="film" id="1"/>'

    assert to_html(parse('<embed embedtype="film" id="1"/>', Recursive())) == "<strong>a</strong>"


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_the_example_renders_the_same_html_from_the_tree() -> None:
    trees = [*(Trees(seed).document() for seed in SEEDS), *(read(source) for source, _ in STORED.values())]
    program = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ toHtml }} from {json.dumps(RENDERER.as_uri())};
        console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(toHtml)));
    """
    answer = subprocess.run(  # noqa: S603 - our own program
        ["node", "--input-type=module", "--eval", program],  # noqa: S607
        input=json.dumps(trees),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(answer.stdout) == [to_html(tree) for tree in trees]


def test_the_documentation_shows_what_comes_out() -> None:
    tree, html, renderer = re.findall(r"^```(?:json|html|python)\n(.*?)^```", DOCUMENTATION, re.M | re.S)
    shown = json.loads(tree)
    assert to_html(shown) == re.sub(r"(?<=>)\n(?=<)", "", html.strip()).replace("\n", " ")
    assert read(to_db_html(shown)) == shown
    assert {each["type"] for each in walk(shown)} >= set(NODE_TYPES)
    program: dict[str, Any] = {}
    exec(renderer, program)  # noqa: S102 - our own documentation
    assert read(program["to_html"](node("document", node("paragraph", "<", node("emphasis", "b"))))) == node(
        "document", node("paragraph", "<", node("emphasis", "b"))
    )


def walk(tree: Node) -> Iterator[Node]:
    yield tree
    for child in tree.get("children", ()):
        yield from walk(child)


# JSON Schema, as much of it as the components use

OTHERS = {"PageLink": PAGE, "Document": DOCUMENT, "Image": IMAGE}


def assert_fits(value: Any, name: str) -> None:
    if name in OTHERS:
        assert value.keys() == OTHERS[name].keys()
        return
    schema = COMPONENTS[name]
    if "oneOf" in schema:
        name = schema["discriminator"]["mapping"][value["type"]].rpartition("/")[2]
        assert {"$ref": f"#/components/schemas/{name}"} in schema["oneOf"]
        schema = COMPONENTS[name]
    assert schema["properties"]["type"]["const"] == value["type"]
    assert set(schema["required"]) <= value.keys() <= schema["properties"].keys(), value
    for member, inner in value.items():
        assert_member_fits(inner, schema["properties"][member])


def assert_member_fits(value: Any, schema: dict[str, Any]) -> None:
    if "$ref" in schema:
        assert_fits(value, schema["$ref"].rpartition("/")[2])
    elif schema.get("type") == "array":
        for item in value:
            assert_member_fits(item, schema["items"])
    elif schema.get("type") == "object":
        assert all(isinstance(item, str) for item in value.values())
    elif "type" in schema:
        assert isinstance(value, {"string": str, "integer": int, "boolean": bool}[schema["type"]])
        assert (
            schema.get("minimum", 0) <= value <= schema.get("maximum", 10**9)
            if schema["type"] == "integer"
            else True
        )


def test_there_is_no_reference_to_a_schema_that_is_not_there() -> None:
    names = {part.partition('"')[0] for part in json.dumps(COMPONENTS).split("#/components/schemas/")[1:]}
    assert names and names <= {*COMPONENTS, *OTHERS}
