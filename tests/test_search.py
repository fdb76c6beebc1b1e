"""Search finds what is public, in the language of its address, whatever readers type."""

import pytest
from django.test import Client
from factories import (
    ArticlePageFactory,
    FaqIndexPageFactory,
    NewsIndexPageFactory,
    QuestionPageFactory,
    add_page,
    make_private,
    published_home,
    translated,
)
from made_once import made_once

from home.models import HomePage, StandardPage
from home.views import RESULTS_PER_PAGE
from techport_cms.core.search import EXCERPT_LENGTH, excerpt

pytestmark = pytest.mark.django_db


@made_once
def home() -> HomePage:
    return published_home()


def paragraph(text: str) -> list[tuple[str, str]]:
    return [("paragraph", f"<p>{text}</p>")]


def page_about(home: HomePage, title: str, text: str = "") -> StandardPage:
    return add_page(home, StandardPage(title=title, body=paragraph(text)))


def found(client: Client, query: str, path: str = "/search/") -> list[str]:
    response = client.get(path, {"q": query})
    assert response.status_code == 200
    return [result.title for result in response.context["results"]]


def test_each_language_finds_its_own_pages_only(client: Client, home: HomePage) -> None:
    dutch = page_about(home, "Over waterstof")
    translated(
        dutch, "en", title="About hydrogen", slug="about-hydrogen", body=paragraph("waterstof is Dutch")
    )
    assert found(client, "waterstof") == ["Over waterstof"]
    assert found(client, "hydrogen") == []
    assert found(client, "hydrogen", "/en/search/") == ["About hydrogen"]
    assert found(client, "waterstof", "/en/search/") == ["About hydrogen"]
    html = client.get("/en/search/?q=hydrogen").content.decode()
    assert 'href="/en/about-hydrogen/"' in html
    assert "standard page" in html.casefold()


def test_the_text_of_every_kind_of_page_is_found(client: Client, home: HomePage) -> None:
    QuestionPageFactory(parent=FaqIndexPageFactory(parent=home), title="Vraag", answer=paragraph("zeesluis"))
    ArticlePageFactory(
        parent=NewsIndexPageFactory(parent=home), title="Nieuws van toen", introduction="zeesluis"
    )
    page_about(home, "Pagina", "zeesluis")
    assert sorted(found(client, "zeesluis")) == ["Nieuws van toen", "Pagina", "Vraag"]


def test_an_alias_of_a_private_page_is_as_private(client: Client, home: HomePage) -> None:
    page = page_about(home, "Geheim")
    below = add_page(page, StandardPage(title="Geheim daaronder"))
    alias = page.create_alias(parent=home, recursive=True, update_slug="alias")
    assert len(found(client, "geheim")) == 4
    make_private(page)
    assert found(client, "geheim") == []
    for hidden in (page, below, alias, alias.get_children().get()):
        assert client.get(hidden.get_url()).status_code == 302, "and asks who is there"


@pytest.mark.parametrize("secret", ["draft", "private", "below a private page"])
def test_what_is_not_public_is_not_found(client: Client, home: HomePage, secret: str) -> None:
    above = page_about(home, "Boven")
    hidden = add_page(above, StandardPage(title="Geheim", body=paragraph("geheim")))
    assert found(client, "geheim") == ["Geheim"]
    if secret == "draft":
        hidden.unpublish()
    else:
        make_private(hidden if secret == "private" else above)
    assert found(client, "geheim") == []


@pytest.mark.parametrize("unpublished", [True, False])
def test_a_change_is_found_once_it_is_published(client: Client, home: HomePage, unpublished: bool) -> None:
    page = page_about(home, "Oud")
    page.title, page.body = "Nieuw", paragraph("ongezien")
    revision = page.save_revision()
    if not unpublished:
        revision.publish()
    assert found(client, "ongezien") == ([] if unpublished else ["Nieuw"])


@pytest.mark.parametrize("query", ["", "   ", "\x00", "\t\n"])
def test_without_a_question_search_asks_for_one(client: Client, home: HomePage, query: str) -> None:
    response = client.get("/search/", {"q": query})
    html = response.content.decode()
    assert response.status_code == 200
    assert "Typ een of meer woorden" in html
    assert 'role="status"' not in html
    assert "Type one or more words" in client.get("/en/search/").content.decode()


def test_no_result_is_said_in_words(client: Client, home: HomePage) -> None:
    for path, sentence in (("/search/", "0 resultaten"), ("/en/search/", "0 results")):
        html = client.get(path, {"q": "xyzzy"}).content.decode()
        assert sentence in html, path
        assert 'value="xyzzy"' in html, "the reader can mend the question"


@pytest.mark.parametrize(
    "query",
    [
        "zeesluis\x00", "\x00zeesluis", "zeesluis" + " " * 5000, f"zeesluis {'x' * 100_000}", "'; DROP TABLE",
        '"', '"zeesluis', "zeesluis*", "zeesluis AND", "NEAR(", "a:b", "(", "%", "\\", "&|!", "🦄", "\ud800",
        "a " * 100, 'a"' * 500,
    ],
)  # fmt: skip
def test_whatever_is_typed_gets_an_answer(client: Client, home: HomePage, query: str) -> None:
    page_about(home, "De zeesluis")
    sent = query.encode("utf-8", "surrogatepass")
    assert client.get("/search/", {"q": sent}).status_code == 200


def test_what_is_no_word_does_not_get_between(client: Client, home: HomePage) -> None:
    page_about(home, "De zeesluis")
    assert found(client, '"zeesluis"') == found(client, '"de" zeesluis "') == ["De zeesluis"]
    assert found(client, '"') == []
    assert found(client, "zee\x00sluis") == []
    assert found(client, "\x00 zeesluis\x00 ") == ["De zeesluis"]
    assert client.get("/search/", {"q": "x" * 5000}).context["query"] == "x" * 200


def test_results_come_in_pages(client: Client, home: HomePage) -> None:
    for number in range(RESULTS_PER_PAGE + 2):
        page_about(home, f"Wind {number}")
    first = client.get("/search/", {"q": "wind"})
    assert len(first.context["results"]) == RESULTS_PER_PAGE
    assert 'rel="next" href="?q=wind&amp;p=2"' in first.content.decode()
    second = client.get("/search/", {"q": "wind", "p": "2"})
    assert len(second.context["results"]) == 2
    assert 'rel="prev" href="?q=wind&amp;p=1"' in second.content.decode()
    titles = [result.title for page in (first, second) for result in page.context["results"]]
    assert len(set(titles)) == RESULTS_PER_PAGE + 2, "each page is in the results once"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("99", 2),
        ("9" * 4000, 2),
        ("9" * 5000, 1),
        ("0", 2),
        ("-1", 2),
        ("abc", 1),
        ("1.5", 1),
        ("\x00", 1),
        ("", 1),
    ],
)
def test_page_numbers_that_do_not_exist(client: Client, home: HomePage, number: str, shown: int) -> None:
    for title in range(RESULTS_PER_PAGE + 1):
        page_about(home, f"Wind {title}")
    assert client.get("/search/", {"q": "wind", "p": number}).context["results"].number == shown


def test_nothing_of_question_or_page_is_taken_for_html(client: Client, home: HomePage) -> None:
    script = "<script>alert(1)</script>"
    page = page_about(home, f"Zeesluis {script}")
    page.introduction = f"zeesluis & {script}"
    page.save()
    html = client.get("/search/", {"q": f"zeesluis {script}"}).content.decode()
    assert script not in html
    html = client.get("/search/", {"q": "zeesluis"}).content.decode()
    assert script not in html
    assert "zeesluis &amp; &lt;script&gt;" in html


def test_an_excerpt_shows_the_word_that_was_found() -> None:
    text = " ".join(["woord"] * 200 + ["Zeesluis"] + ["slot"] * 200)
    part = excerpt(text, "zeesluis")
    assert "Zeesluis" in part
    assert part.startswith("… ")
    assert part.endswith(" …")
    assert len(part) <= EXCERPT_LENGTH + 4
    assert set(part.split()) == {"…", "woord", "Zeesluis", "slot"}, "no word is cut"
    assert excerpt(text, '"zeesluis"') == part
    assert excerpt("Kort", "zeesluis") == "Kort"


def test_a_description_for_search_engines_serves_as_excerpt(client: Client, home: HomePage) -> None:
    page = page_about(home, "Zeesluis", "lange tekst")
    page.search_description = "In een zin"
    page.save()
    (result,) = client.get("/search/?q=zeesluis").context["results"]
    assert result.excerpt == "In een zin"


@pytest.mark.parametrize("path", ["/search/", "/search/?q=zeesluis", "/en/search/?q=sea"])
def test_results_stay_out_of_other_search_engines(client: Client, home: HomePage, path: str) -> None:
    html = client.get(path).content.decode()
    assert '<meta name="robots" content="noindex">' in html
    assert 'rel="canonical"' not in html


def test_the_question_goes_along_to_the_other_language(client: Client, home: HomePage) -> None:
    assert 'href="/en/search/?q=zeesluis"' in client.get("/search/?q=zeesluis").content.decode()


def test_search_only_reads(client: Client, home: HomePage) -> None:
    assert client.head("/search/?q=x").status_code == 200
    assert client.post("/search/", {"q": "x"}).status_code in {403, 405}
