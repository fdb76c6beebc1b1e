"""Search over the API: in one language, in a stable order, with highlights that are safe to show."""

import json
import re

import pytest
from api_client import problem
from factories import ArticlePageFactory, NewsIndexPageFactory, make_private, published_home, translated
from made_once import made_once

from home.models import HomePage
from techport_cms.core.search import MOST_WORDS, highlighted

pytestmark = pytest.mark.django_db


@made_once
def news():
    home: HomePage = published_home()
    return NewsIndexPageFactory(parent=home)


def search(client, query: str, **parameters: str) -> dict:
    response = client.get("/api/v2/pages/", {"search": query, **parameters})
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def ids(found: dict) -> list[int]:
    return [item["id"] for item in found["items"]]


def test_one_language(client, news) -> None:
    dutch = ArticlePageFactory(parent=news, title="Windpark", introduction="Over turbines op zee.")
    english = translated(dutch, "en", title="Wind farm", introduction="About turbines at sea.")
    assert ids(search(client, "turbines", locale="nl")) == [dutch.pk]
    assert ids(search(client, "turbines", locale="en")) == [english.pk]
    assert set(ids(search(client, "turbines"))) == {dutch.pk, english.pk}


def test_what_ranks_alike_comes_in_the_same_order_on_every_page(client, news) -> None:
    made = [ArticlePageFactory(parent=news, title="Windmolen", slug=f"molen-{n}") for n in range(12)]
    pages = [ids(search(client, "windmolen", limit="5", offset=str(start))) for start in (0, 5, 10)]
    assert sorted(id_ for page in pages for id_ in page) == [page.pk for page in made]


def test_drafts_and_private_pages_are_not_found(client, news) -> None:
    ArticlePageFactory(parent=news, title="Geheim kanarie", live=False)
    make_private(ArticlePageFactory(parent=news, title="Besloten kanarie"))
    found = search(client, "kanarie")
    assert found["items"] == [] and found["meta"]["highlights"] == {}


def test_highlights_are_html_of_which_only_mark_is_markup(client, news) -> None:
    page = ArticlePageFactory(parent=news, title="T", introduction='<b onclick="x()">Staal</b> & staalbouw')
    highlight = search(client, "staal")["meta"]["highlights"][str(page.pk)]
    assert highlight.count("<mark>") == 2
    assert set(re.findall(r"<[^>]*>", highlight)) == {"<mark>", "</mark>"}


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("Staal en wind", "wind", "Staal en <mark>wind</mark>"),
        ("Windmolens", "WIND", "<mark>Windmolens</mark>"),
        ("a <script>", "script", "a &lt;<mark>script</mark>&gt;"),
        ("c++ (of C)", "( + *", "c++ (of C)"),
        ("hoofdwind", "wind", "hoofdwind"),
        ("", "x", ""),
    ],
)
def test_highlighted(text: str, query: str, shown: str) -> None:
    assert highlighted(text, query) == shown


@pytest.mark.parametrize("query", ['"', '"open', "a & b | !c", "(", "*", "NEAR(a b)", "x" * 3000, "'; --"])
def test_no_query_is_too_strange(client, news, query: str) -> None:
    search(client, query)


@pytest.mark.parametrize("operator", ["and", "or"])
def test_it_takes_many_words_but_not_any_number(client, news, operator: str) -> None:
    page = ArticlePageFactory(parent=news, title="Wind", introduction="turbine " * 25)
    most = " ".join(["turbine"] * MOST_WORDS)
    assert ids(search(client, f' "{most}" ', search_operator=operator, type="news.ArticlePage")) == [page.pk]
    for path in ("pages/", "images/", "documents/"):
        for query in (f"{most} b", "a " * 500, 'a"' * 5000):
            told = problem(path, search=query, search_operator=operator)
            assert told == f"search takes at most {MOST_WORDS} words"


def test_a_null_character_is_refused(client, news) -> None:
    response = client.get("/api/v2/pages/", {"search": "a\x00b"})
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
