"""Rich text shows nothing that is not public, executes nothing, and costs the same however much there is."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import product

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from factories import ImageFactory, PartnerIndexPageFactory, PartnerPageFactory, language_homes, make_private
from made_once import made_once
from markdown_it import MarkdownIt
from rich_text_trees import read
from wagtail.documents.models import Document
from wagtail.models import Collection, CollectionViewRestriction, Page

from techport_cms.content.models import ImageAltText
from techport_cms.core.expectations import expect
from techport_cms.core.together import together
from techport_cms.headless.richtext import FORMATS, rich_text, to_db_html, to_html, to_markdown, to_text

PAYLOADS = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/x>alert(1)</script>",
    "<script>/*",
    "<img src=x onerror=alert(1)>",
    '<img src="javascript:alert(1)">',
    "<img src=x:x onerror\n=alert(1)>",
    '<img """><script>alert(1)</script>">',
    "<img src=`javascript:alert(1)`>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    '<embed embedtype="media" url="javascript:alert(1)"/>',
    "<a href=javascript:alert(1)>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='&#x6A;avascript&colon;alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='data&#58;text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='https://a.example/\"onmouseover=alert(1) x=\"'>x</a>",
    "<a href='https://a.example/' title='\"><script>alert(1)</script>'>x</a>",
    "<a href='https://a.example/' onclick=alert(1) style='x:expression(alert(1))'>x</a>",
    "<p style='background:url(javascript:alert(1))' onmouseover='alert(1)'>x</p>",
    "<div data-x='\"><img src=x onerror=alert(1)>'>x</div>",
    "<p class='\"><script>alert(1)</script>'>x</p>",
    "<form action=javascript:alert(1)><input type=submit formaction=javascript:alert(1)></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='javascript:alert(1)//'>",
    "<link rel=stylesheet href=javascript:alert(1)>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<video src=javascript:alert(1) onerror=alert(1)><source src=x onerror=alert(1)></video>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<my-tag onclick=alert(1) is=x-y>x</my-tag>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<!--><script>alert(1)</script>-->",
    "<!--<img src='--><img src=x onerror=alert(1)>'>",
    "<textarea><script>alert(1)</script></textarea><img src=x onerror=alert(1)>",
    "<title><img src=x onerror=alert(1)></title>",
    "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "<p>&lt;img src=x onerror=alert(1)&gt; <code>&lt;script&gt;</code></p>",
    "<p>[x](javascript:alert(1)) ![x](javascript:alert(1)) &lt;javascript:alert(1)&gt;</p>",
    "<p>[x]: javascript:alert(1)<br/>[x]</p>",
    "<p>&amp;lt;script&amp;gt;alert(1)</p>",
    "<pre>```\n<script>alert(1)</script></pre>",
    "<table><tr><td onclick=alert(1)>\n\n&lt;script&gt;alert(1)&lt;/script&gt;</td></tr></table>",
    "<a href='https://a.example/' title='x&quot; onclick=alert(1)\n\n&lt;script&gt;alert(1)'>x</a>",
    "<a href='https://a.example/)[y](javascript:alert(1)'>x</a>",
    "<a href='//evil.example'>x</a><script",
    "<p <script>alert(1)</script>",
    '<embed embedtype="image" id="1" format="&quot;&gt;&lt;script&gt;a()" alt="&quot; onload=a()"/>',
)
EXECUTED = {"script", "style", "iframe", "object", "embed", "svg", "math", "form", "meta", "base", "link"}
HARMLESS = ("https://", "http://", "mailto:", "tel:", "#")


class Dangers(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in EXECUTED:
            self.found.append(tag)
        for name, value in attrs:
            is_address = name in ("href", "src", "poster", "cite", "action", "formaction", "data", "srcdoc")
            if name.startswith("on") or name in ("style", "is"):
                self.found.append(name)
            if is_address and not (value or "").startswith(HARMLESS):
                self.found.append(f"{name}={value}")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_is_executed(payload: str) -> None:
    for source in (payload, f"<p>a</p><ul><li>{payload}</li></ul>", f'<p><b title="{payload}">{payload}'):
        tree = read(source)
        assert Dangers(to_html(tree)).found == []
        assert Dangers(MarkdownIt("commonmark").render(to_markdown(tree))).found == []
        stored = to_db_html(tree).replace("<embed embedtype=", "<wagtail-embed type=")
        assert Dangers(stored).found == []


def test_the_dangers_are_seen() -> None:
    found = ["href=javascript:x", "onclick", "script"]
    assert Dangers("<a href='javascript:x' onclick=x><script>").found == found


# What is not public

CANARY = "kanarie"
DEPTHS = (
    "{}",
    "<p>{}</p>",
    "<p>voor <b>vet <i>{}</i></b> na</p>",
    "<h2><s>{}</s></h2>",
    "<ul><li>een<ol><li>twee {}</li></ol></li></ul>",
    "<blockquote><p>{}</p></blockquote>",
    "<table><tr><td>{}</td></tr></table>",
    "<my-box><div><sup>{}</sup></div></my-box>",
    '<a href="https://a.example/">{}</a>',
    "<pre>{}</pre>",
    "{}" * 3,
)


@made_once
def homes() -> dict[str, Page]:
    return language_homes()


@pytest.fixture
def hidden(homes: dict[str, Page]) -> Iterator[list[str]]:
    """Tags that point to what is not public, each in another way."""
    index = PartnerIndexPageFactory(parent=homes["nl"])
    draft = PartnerPageFactory(parent=index, title=CANARY, slug=f"{CANARY}-1", live=False)
    private = PartnerPageFactory(parent=index, title=CANARY, slug=f"{CANARY}-2")
    make_private(private)
    below = PartnerPageFactory(parent=private, title=CANARY, slug=f"{CANARY}-3")
    gone = PartnerPageFactory(parent=index, title=CANARY, slug=f"{CANARY}-4")
    gone_id = gone.pk
    gone.delete()

    closed = Collection.get_first_root_node().add_child(name=CANARY)
    inner = closed.add_child(name=CANARY)
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    file = ContentFile(b"x", name=f"{CANARY}.pdf")
    document = Document.objects.create(title=CANARY, file=file, collection=inner)
    image = ImageFactory(title=CANARY, file__filename=f"{CANARY}.png", collection=inner)
    ImageAltText.objects.create(image=image, locale=homes["nl"].locale, text=CANARY)
    pages = [draft.pk, private.pk, below.pk, gone_id, 999_999, 10**30, "x", ""]
    yield [
        *(f'<a linktype="page" id="{pk}">tekst</a>' for pk in pages),
        f'<a linktype="document" id="{document.pk}">tekst</a>',
        f'tekst<embed embedtype="image" id="{image.pk}" format="left" alt="zee"/>',
        f'tekst<embed embedtype="image" id="{image.pk}" format="left"/>',
        f'<a linktype="unknown" id="{private.pk}">tekst</a>',
    ]
    document.file.delete(save=False)


def test_what_is_not_public_is_plain_text_at_every_depth(hidden: list[str]) -> None:
    with override("nl"):
        for depth, name in product(DEPTHS, FORMATS):
            plain = json.dumps(rich_text(depth.replace("{}", "tekst"), name))
            for tag in hidden:
                answer = json.dumps(rich_text(depth.replace("{}", tag), name))
                assert CANARY not in answer, (depth, tag, name)
                assert answer == plain, (depth, tag, name)


def test_a_link_leads_to_the_translation_of_the_reader(homes: dict[str, Page]) -> None:
    source = f'<p><a linktype="page" id="{homes["nl"].pk}">a</a></p>'
    with override("en"):
        english = rich_text(source, "ast")["children"][0]["children"][0]
        stored = rich_text(source, "db_html")
    assert english["page"]["id"] == homes["en"].pk
    assert english["url"] == homes["en"].full_url
    assert stored == f'<p><a linktype="page" id="{homes["en"].pk}">a</a></p>'


def test_a_private_page_whose_translation_is_public_does_not_give_its_id(homes: dict[str, Page]) -> None:
    homes["nl"].unpublish()
    source = f'<a linktype="page" id="{homes["nl"].pk}">a</a>'
    with override("en"):
        assert rich_text(source, "db_html") == f'<a linktype="page" id="{homes["en"].pk}">a</a>'


def test_the_alternative_text_is_that_of_the_text_else_of_the_image(homes: dict[str, Page]) -> None:
    image = ImageFactory()
    ImageAltText.objects.create(image=image, locale=homes["nl"].locale, text="Een duin")
    tag = f'<embed embedtype="image" id="{image.pk}" format="left"{{}}/>'
    with override("nl"):
        alts = [
            rich_text(tag.format(own), "ast")["children"][0]["alt"] for own in (' alt="Zee"', ' alt=""', "")
        ]
    assert alts == ["Zee", "", "Een duin"]


def test_all_addresses_are_absolute(homes: dict[str, Page]) -> None:
    image, file = ImageFactory(), ContentFile(b"x", name="verslag.pdf")
    document = Document.objects.create(title="Verslag", file=file)
    source = (
        f'<p><a linktype="page" id="{homes["nl"].pk}">a</a> <a linktype="document" id="{document.pk}">b</a> '
        f'<a href="/c/">c</a></p><embed embedtype="image" id="{image.pk}" format="left" alt=""/>'
    )
    html = rich_text(source, "html")
    assert html.count("http://localhost/") == 4
    assert '="/' not in html


# What it costs

QUERIES = 5  # pages, documents, images, restricted collections, and without a request the default site


@pytest.mark.parametrize("name", FORMATS)
def test_two_texts_cost_as_many_queries_as_twenty(homes: dict[str, Page], name: str) -> None:
    sources = [full_text(homes["nl"], number) for number in range(20)]
    rich_text(sources[0], name)  # what a process asks once: content types, paths of sites
    few, many = (queries(sources[:size], name) for size in (2, 20))
    assert few == many == QUERIES


def full_text(home: Page, number: int) -> str:
    page = PartnerPageFactory(parent=home, title=f"Partner {number}")
    document = Document.objects.create(title="a", file=ContentFile(b"x", name="a.pdf"), file_size=1)
    image = ImageFactory(file__width=8, file__height=8)
    return (
        f'<p><a linktype="page" id="{page.pk}">a</a> <a linktype="document" id="{document.pk}">b</a></p>'
        f'<embed embedtype="image" id="{image.pk}" format="left" alt="Zee"/>'
    )


def queries(sources: list[str], name: str) -> int:
    with (
        CaptureQueriesContext(
            connection,
        ) as captured,
        together(),
        override("nl"),
    ):
        expect(sources)
        for source in sources:
            assert rich_text(source, name)
    return len(captured)


def test_a_text_alone_asks_for_all_that_it_points_to_at_once(homes: dict[str, Page]) -> None:
    source = "".join(full_text(homes["nl"], number) for number in range(5))
    rich_text(source, "html")
    with CaptureQueriesContext(connection) as captured, override("nl"):
        assert to_text(rich_text(source, "ast")).count("Zee") == 5
    assert len(captured) == QUERIES
