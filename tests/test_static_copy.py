"""A static copy that examples/static_copy makes of the demo site, from the delivery API alone, says what the
site says: the same texts and links, in the same order, on every page, in both languages.

What the comparison leaves out is in ON_THE_SITE and IN_THE_COPY, each with its reason. Everything else that
is text or a link counts: also the labels, which the copy brings along by itself.
"""

import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from demo_site import ROOT, DemoSite

pytestmark = pytest.mark.once

PROGRAM = ROOT / "examples/static_copy/copy_site.py"

ON_THE_SITE = (
    # A copy has no server behind it: it cannot search, filter or take a form in.
    "form.search",
    "form.filters",
    ".news-list .archive ul",
    ".news-list .archive h2",
    ".page-head ~ nav.tags",
    "form.form .field",
    "form.form button",
    "form.form [hidden]",
    # The drawn map of the directory and of a partner, and what is said of it.
    ".map-figure",
    ".results-head > .note",
    # Lists come in pages: here they are joined, see `joined`.
    "nav.pagination",
    ".utility > a",  # to the search
    # The wordmark is a drawing, and the last line of the footer is about the site itself.
    "footer .wordmark",
    "footer .colophon",
)
IN_THE_COPY = (".to-form",)  # it leads to the form on the site

WITHIN_A_WORD = {"a", "b", "strong", "i", "em", "s", "sup", "sub", "code", "time", "cite"}


@dataclass(frozen=True)
class Document:
    """An HTML page with its address on the site."""

    url: str
    html: str
    without: tuple[str, ...]

    @cached_property
    def tree(self) -> BeautifulSoup:
        tree = BeautifulSoup(self.html, "html.parser")
        for unwanted in tree.select(", ".join((*self.without, "svg", "script"))):
            unwanted.decompose()
        return tree

    def words(self, selector: str) -> list[str]:
        """Words and links in the order of reading: `[/en/ …]` is a link to /en/, `<…>` tells a picture."""
        return [word for part in self.tree.select(selector) for word in self.said(part).split()]

    def said(self, node: Tag) -> str:
        inside = "".join(
            self.said(child) if isinstance(child, Tag) else text(child) for child in node.children
        )
        if node.name == "a":
            spoken = node.get("aria-label") or inside
            return f" [{self.address(str(node['href']))} {node.get('aria-current', '')} {spoken} ] "
        if node.name == "img":
            return f" <{node['alt']}> "
        return inside if node.name in WITHIN_A_WORD else f" {inside} "

    def address(self, href: str) -> str:
        """Absolute for another site; without the query, in which the site has its filters."""
        parts = urlsplit(urljoin(self.url, href))
        own = parts.netloc == urlsplit(self.url).netloc
        kept = parts._replace(query="", scheme="", netloc="") if own else parts
        return kept.geturl()

    def head(self) -> dict[str, object]:
        tree = self.tree
        assert tree.html and tree.title
        alternates = tree.select("link[rel=alternate][hreflang]")
        return {
            "lang": tree.html["lang"],
            "title": tree.title.get_text(),
            "canonical": [link["href"] for link in tree.select("link[rel=canonical]")],
            "description": [meta["content"] for meta in tree.select("meta[name=description]")],
            "alternates": {(link["hreflang"], link["href"]) for link in alternates},
        }


def text(node: object) -> str:
    return str(node) if type(node) is NavigableString else ""  # no comments


@pytest.fixture(scope="module")
def copy(demo_site: DemoSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("copy")
    assert make_copy(demo_site, target)
    return target


def make_copy(site: DemoSite, target: Path) -> int:
    """How many files were written. The program has Python's own library and nothing else."""
    command = [sys.executable, "-I", "-S", "-c", START, str(PROGRAM), site.url, str(target)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return int(done.stdout.split()[0])


START = """
import runpy, sys
sys.argv = sys.argv[1:]
sys.path.insert(0, sys.argv[0].rpartition("/")[0])
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture(scope="module")
def addresses(demo_site: DemoSite) -> list[str]:
    """Every page of the site, as its own sitemap names them."""
    return re.findall(r"<loc>(.*?)</loc>", demo_site.get("/sitemap.xml").read().decode())


def test_the_copy_has_every_page_and_no_other(copy: Path, addresses: list[str]) -> None:
    paths = {urlsplit(url).path.strip("/") for url in addresses}
    copied = {str(file.parent.relative_to(copy)).removeprefix(".") for file in copy.rglob("index.html")}
    assert len(paths) > 100
    assert copied == paths
    languages = Counter(Document(url, file_at(copy, url).read_text(), ()).head()["lang"] for url in addresses)
    assert languages.keys() == {"nl", "en"}
    assert min(languages.values()) > 40


def test_everything_that_is_left_out_is_there(demo_site: DemoSite, copy: Path, addresses: list[str]) -> None:
    """Else the list would hide what comes later."""
    unused_there, unused_here = set(ON_THE_SITE), set(IN_THE_COPY)
    for url in addresses:
        there = Document(url, demo_site.get(urlsplit(url).path).read().decode(), ()).tree
        here = Document(url, file_at(copy, url).read_text(), ()).tree
        unused_there -= {selector for selector in unused_there if there.select_one(selector)}
        unused_here -= {selector for selector in unused_here if here.select_one(selector)}
    assert not unused_there | unused_here


def test_every_link_within_the_copy_arrives(copy: Path, addresses: list[str]) -> None:
    files = {urlsplit(url).path: Document(url, file_at(copy, url).read_text(), ()) for url in addresses}
    ids = {path: {one["id"] for one in found.tree.select("[id]")} for path, found in files.items()}
    links = {
        urlsplit(found.address(str(a["href"]))) for found in files.values() for a in found.tree.select("a")
    }
    within = [link for link in links if link.path in files and not link.netloc and link.fragment]
    assert within
    assert not [link.geturl() for link in within if link.fragment not in ids[link.path]]


def file_at(copy: Path, url: str) -> Path:
    return copy / urlsplit(url).path.strip("/") / "index.html"


def test_every_page_says_the_same_in_the_same_order(
    demo_site: DemoSite, copy: Path, addresses: list[str]
) -> None:
    differences = [line for url in addresses for line in compare(demo_site, copy, url)]
    assert not differences, "\n".join(differences)


def compare(site: DemoSite, copy: Path, url: str) -> list[str]:
    path = urlsplit(url).path
    ours = Document(url, site.get(path).read().decode(), ON_THE_SITE)
    join(site, ours)
    theirs = Document(url, file_at(copy, url).read_text(), IN_THE_COPY)
    said, copied = ours.words("body"), theirs.words("body")
    found = [first_difference(path, said, copied)] if said != copied else []
    if ours.head() != theirs.head():
        found.append(f"{path}: {ours.head()} is {theirs.head()} in the copy")
    assert ours.words("main"), f"{path} says nothing"
    return found


def first_difference(where: str, site: list[str], copy: list[str]) -> str:
    pairs = zip_longest(site, copy)
    place = next(number for number, (ours, theirs) in enumerate(pairs) if ours != theirs)
    near = slice(max(place - 5, 0), place + 15)
    return f"{where}: {' '.join(site[near])!r} is {' '.join(copy[near])!r} in the copy"


def join(site: DemoSite, document: Document) -> None:
    """The items of a list that stand on its further pages, put behind those of the first."""
    further = BeautifulSoup(document.html, "html.parser").select_one("nav.pagination a[rel=next]")
    while further is not None:
        address = urlsplit(urljoin(document.url, str(further["href"])))
        page = BeautifulSoup(site.get(f"{address.path}?{address.query}").read(), "html.parser")
        for name in ("ul.partner-list", "ul.entries"):
            for items, more in zip(document.tree.select(name), page.select(name), strict=False):
                items.extend(list(more.find_all("li", recursive=False)))
        further = page.select_one("nav.pagination a[rel=next]")


def test_the_comparison_sees_what_differs() -> None:
    """A text, a link or an order that is not the same is found, also within a word and in an attribute."""

    def words(html: str) -> list[str]:
        return Document("http://site.example/en/", f"<main>{html}</main>", ()).words("main")

    site = words('<p>See <a href="/en/a/">this</a> and that</p>')
    assert site == words(
        '<div>See<br> <a href="http://site.example/en/a/?x=1">this</a>\n and <i>th</i>at</div>'
    )
    assert words('<a href="/" aria-label="Home">x</a><img src="a" alt="A map">') == [
        "[/",
        "Home",
        "]",
        "<A",
        "map>",
    ]
    for other in (
        '<p>See <a href="/en/b/">this</a> and that</p>',
        '<p>See <a href="/en/a/">this and</a> that</p>',
        "<p>See this and that</p>",
        '<p>See that and <a href="/en/a/">this</a></p>',
        '<p>See <a href="https://other.example/en/a/">this</a> and that</p>',
    ):
        assert words(other) != site


def test_another_run_writes_what_is_new_and_deletes_what_is_gone(demo_site: DemoSite, copy: Path) -> None:
    assert make_copy(demo_site, copy) == 0
    page, gone, own = copy / "en/index.html", copy / "gone/index.html", copy / "own.txt"
    page.write_text("spoiled")
    gone.parent.mkdir()
    gone.write_text("an earlier run wrote this")
    own.write_text("this is of somebody else")
    (copy / ".copied").write_text((copy / ".copied").read_text() + "\ngone/index.html")
    assert make_copy(demo_site, copy) == 1
    assert "spoiled" not in page.read_text()
    assert not gone.exists()
    assert own.exists()
