"""The news index, its archive and its feed hold what is public, in one language, the newest first."""

import datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from factories import (
    ArticlePageFactory,
    ImageFactory,
    NewsIndexPageFactory,
    PartnerIndexPageFactory,
    PartnerPageFactory,
    TopicFactory,
    language_homes,
    make_private,
)
from made_once import made_once
from wagtail.models import Locale, Page

from news.blocks import LatestNewsBlock
from news.models import ArticlePage, NewsIndexPage

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@made_once
def homes() -> dict[str, Page]:
    return language_homes()


@made_once
def index(homes: dict[str, Page]) -> NewsIndexPage:
    return NewsIndexPageFactory(parent=homes["nl"])


@made_once
def articles(index: NewsIndexPage) -> dict[str, ArticlePage]:
    energy, work = TopicFactory(name="Energie", sort_order=2), TopicFactory(name="Werken", sort_order=1)
    return {
        "wind": ArticlePageFactory(parent=index, title="Wind", topic=energy, date=datetime.date(2025, 2, 13)),
        "warmte": ArticlePageFactory(
            parent=index, title="Warmte", topic=energy, date=datetime.date(2024, 5, 31)
        ),
        "lassen": ArticlePageFactory(
            parent=index, title="Lassen", topic=work, date=datetime.date(2025, 2, 13)
        ),
        "oud": ArticlePageFactory(parent=index, title="Oud", date=datetime.date(2023, 1, 1)),
    }


def titles(pages: Any) -> list[str]:
    return [page.title for page in pages]


def get_context(client: Client, query: str = "") -> Any:
    response = client.get(f"/nieuws/{query}")
    assert response.status_code == 200
    return response.context


def get_feed(client: Client, url: str) -> ElementTree.Element:
    response = client.get(url)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)  # noqa: S314 - our own answer


def test_the_newest_article_leads(client: Client, articles: dict) -> None:
    context = get_context(client)
    assert titles(context["articles"]) == ["Lassen", "Wind", "Warmte", "Oud"]  # the same day: the later one
    assert context["lead"] == articles["lassen"]
    assert titles(context["others"]) == ["Wind", "Warmte", "Oud"]
    assert context["count"] == 4


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?topic=energie", ["Wind", "Warmte"]),
        ("?year=2025", ["Lassen", "Wind"]),
        ("?topic=energie&year=2025", ["Wind"]),
        ("?year=2022", []),
        ("?topic=bogus", []),
        ("?topic=%00", []),
        ("?year=%00", []),
        ("?year=99999999999999999999", []),
        ("?year=-1", []),
    ],
)
def test_filters(client: Client, articles: dict, query: str, found: list[str]) -> None:
    context = get_context(client, query)
    assert titles(context["articles"]) == titles(context["others"]) == found
    assert context["lead"] is None
    assert context["active_filters"]


def test_topics_and_years_count_under_the_other_filter(client: Client, articles: dict) -> None:
    context = get_context(client, "?year=2025")
    topics = [(option.label, option.count, option.url) for option in context["topic_options"]]
    assert topics == [
        ("Werken", 1, "/nieuws/?topic=werken&year=2025"),
        ("Energie", 1, "/nieuws/?topic=energie&year=2025"),
    ]
    years = [(option.value, option.count, option.selected) for option in context["year_options"]]
    assert years == [("2025", 2, True), ("2024", 1, False), ("2023", 1, False)]
    assert context["any_year"].url == "/nieuws/"


def test_every_option_leads_to_as_many_articles_as_it_says(client: Client, articles: dict) -> None:
    context = get_context(client, "?topic=energie")
    for option in [*context["topic_options"], *context["year_options"], *context["active_filters"]]:
        assert client.get(option.url).context["count"] == option.count, option


@pytest.mark.parametrize("page", ["abc", "0", "-1", "10000000000", "9" * 5000, "%00"])
def test_page_numbers_that_do_not_exist(client: Client, articles: dict, page: str) -> None:
    assert len(get_context(client, f"?page={page}")["articles"]) == 4


def test_pages(client: Client, index: NewsIndexPage) -> None:
    for number in range(14):
        ArticlePageFactory(parent=index, title=f"Artikel {number:02}")
    first, second = get_context(client), get_context(client, "?page=2")
    assert titles(first["articles"])[0] == "Artikel 13"
    assert (first["count"], len(first["others"])) == (14, 11)
    assert titles(second["articles"]) == titles(second["others"]) == ["Artikel 01", "Artikel 00"]
    assert second["lead"] is None


@pytest.mark.parametrize("number", [2, 20])
def test_the_number_of_queries_does_not_grow(
    client: Client, index: NewsIndexPage, django_assert_max_num_queries: Any, number: int
) -> None:
    for _count in range(number):
        ArticlePageFactory(parent=index, topic=TopicFactory(), hero_image=ImageFactory())
    client.get("/nieuws/")  # makes the pictures and fills Wagtail's cache of site roots
    with django_assert_max_num_queries(12):
        client.get("/nieuws/")


@pytest.mark.parametrize("secret", ["draft", "private"])
def test_what_is_not_public_is_nowhere(client: Client, index: NewsIndexPage, secret: str) -> None:
    topic = TopicFactory(name="Geheim onderwerp")
    hidden = ArticlePageFactory(
        parent=index, title="Geheim", topic=topic, date=datetime.date(1999, 1, 1), live=secret != "draft"
    )
    shown = ArticlePageFactory(parent=index, title="Open", topic=None, related=[("page", hidden)])
    if secret == "private":
        make_private(hidden)
    for url in ("/nieuws/", "/nieuws/feed/", shown.url, f"/api/v2/pages/{shown.pk}/"):
        text = client.get(url).content.decode()
        assert "geheim" not in text.casefold(), url
        assert ">1999" not in text, url
    assert titles(LatestNewsBlock().get_context({"count": 3}, {"page": index})["articles"]) == ["Open"]


def test_each_language_has_its_own_news(client: Client, homes: dict, articles: dict) -> None:
    english = NewsIndexPageFactory(parent=homes["en"], title="News")
    topic = TopicFactory(name="Energy", locale=Locale.objects.get(language_code="en"))
    ArticlePageFactory(parent=english, title="Heat", topic=topic)
    context = client.get("/en/news/").context
    assert titles(context["articles"]) == ["Heat"]
    assert [option.url for option in context["topic_options"]] == ["/en/news/?topic=energy"]
    block = LatestNewsBlock()
    value = block.to_python({"heading": "New", "count": 2})
    assert titles(block.get_context(value, {"page": homes["en"]})["articles"]) == ["Heat"]
    assert titles(block.get_context(value, {"page": homes["nl"]})["articles"]) == ["Lassen", "Wind"]


def test_the_feed(client: Client, homes: dict, articles: dict) -> None:
    index = articles["wind"].get_parent().specific
    article = articles["lassen"]
    article.title, article.introduction = "Lassen & <boren>", "Meer dan 1 < 2 & \x0bzo"
    article.save_revision().publish()
    feed = get_feed(client, "/nieuws/feed/")
    assert feed.get(LANGUAGE) == "nl"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {"alternate": "http://localhost/nieuws/", "self": "http://localhost/nieuws/feed/"}
    assert links["self"] == index.feed_url
    for required in ("id", "title", "updated", f"author/{ATOM}name"):
        assert feed.findtext(f"{ATOM}{required}"), required

    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 4
    first = entries[0]
    assert first.findtext(f"{ATOM}title") == "Lassen & <boren>"
    assert first.find(f"{ATOM}link").get("href") == "http://localhost/nieuws/lassen/"
    assert first.find(f"{ATOM}summary").get("type") == "html"
    assert first.findtext(f"{ATOM}summary") == "Meer dan 1 &lt; 2 &amp; zo"
    assert first.findtext(f"{ATOM}published") == "2025-02-13T00:00:00+01:00"
    assert datetime.datetime.fromisoformat(first.findtext(f"{ATOM}updated")).tzinfo
    assert first.find(f"{ATOM}category").get("term") == "Werken"


def test_an_entry_of_the_feed_keeps_its_id(client: Client, homes: dict, index: NewsIndexPage) -> None:
    article = ArticlePageFactory(parent=index, title="Wind")
    article.save_revision().publish()
    before = get_feed(client, "/nieuws/feed/").findtext(f"{ATOM}entry/{ATOM}id")
    article.title, article.slug, article.date = "Windkracht", "windkracht", datetime.date(2020, 1, 1)
    article.save_revision().publish()
    assert get_feed(client, "/nieuws/feed/").findtext(f"{ATOM}entry/{ATOM}id") == before
    assert before.startswith("tag:localhost,")
    english = NewsIndexPageFactory(parent=homes["en"], title="News")
    ArticlePageFactory(parent=english, title="Wind", translation_key=article.translation_key)
    assert get_feed(client, "/en/news/feed/").findtext(f"{ATOM}entry/{ATOM}id") != before


def test_the_feed_of_a_language(client: Client, homes: dict, articles: dict) -> None:
    english = NewsIndexPageFactory(parent=homes["en"], title="News")
    assert get_feed(client, "/en/news/feed/").findall(f"{ATOM}entry") == []
    for number in range(22):
        ArticlePageFactory(parent=english, title=f"Article {number}")
    feed = get_feed(client, "/en/news/feed/")
    assert feed.get(LANGUAGE) == "en"
    assert feed.find(f"{ATOM}link").get("href") == "http://localhost/en/news/"
    entries = feed.findall(f"{ATOM}entry")
    assert (len(entries), entries[0].findtext(f"{ATOM}title")) == (20, "Article 21")


def test_the_feed_leaves_the_page_as_it_is(client: Client, articles: dict) -> None:
    html = client.get("/nieuws/").content.decode()
    assert 'href="http://localhost/nieuws/feed/"' in html
    assert '<link rel="canonical" href="http://localhost/nieuws/">' in html
    assert client.get("/nieuws/feed").headers["Location"] == "/nieuws/feed/"
    assert client.get("/nieuws/feed/more/").status_code == 404
    assert client.get("/nieuws/fee/").status_code == 404
    assert client.head("/nieuws/feed/").status_code == 200


def test_a_private_or_unpublished_index_has_no_feed(client: Client, index: NewsIndexPage) -> None:
    make_private(index)
    assert client.get("/nieuws/feed/").status_code == 302  # to the log-in
    index.unpublish()
    assert client.get("/nieuws/feed/").status_code == 404


@pytest.mark.parametrize("number", [2, 4])
def test_the_queries_of_an_article_do_not_grow_with_what_is_related(
    client: Client, index: NewsIndexPage, django_assert_max_num_queries: Any, number: int
) -> None:
    related = [
        ArticlePageFactory(parent=index, topic=TopicFactory(), hero_image=ImageFactory())
        for _ in range(number)
    ]
    article = ArticlePageFactory(parent=index, related=[("page", page) for page in related])
    client.get(article.url)
    with django_assert_max_num_queries(15):
        assert len(client.get(article.url).context["related_pages"]) == number


@pytest.mark.parametrize("number", [2, 20])
def test_the_queries_of_the_feed_do_not_grow(
    client: Client, index: NewsIndexPage, django_assert_max_num_queries: Any, number: int
) -> None:
    for _count in range(number):
        ArticlePageFactory(parent=index, topic=TopicFactory())
    client.get("/nieuws/feed/")
    with django_assert_max_num_queries(6):
        client.get("/nieuws/feed/")


def test_no_article_takes_the_address_of_the_feed(index: NewsIndexPage) -> None:
    with pytest.raises(ValidationError) as error:
        ArticlePageFactory(parent=index, title="Feed", slug="feed")
    assert "slug" in error.value.message_dict


def test_the_way_on(client: Client, articles: dict) -> None:
    neighbours = {}
    for name, article in articles.items():
        context = client.get(article.url).context
        neighbours[name] = [page and page.title for page in (context["older"], context["newer"])]
    assert neighbours == {
        "oud": [None, "Warmte"],
        "warmte": ["Oud", "Wind"],
        "wind": ["Warmte", "Lassen"],
        "lassen": ["Wind", None],
    }


def test_related_pages_are_those_chosen_else_those_on_the_topic(
    client: Client, homes: dict, articles: dict
) -> None:
    wind, warmth, old = (articles[name] for name in ("wind", "warmte", "oud"))
    assert titles(client.get(wind.url).context["related_pages"]) == [warmth.title]
    assert client.get(old.url).context["related_pages"] == []

    partner = PartnerPageFactory(parent=PartnerIndexPageFactory(parent=homes["nl"]), title="Windservice")
    wind.related = [("page", partner), ("page", old)]
    wind.save()
    assert titles(client.get(wind.url).context["related_pages"]) == ["Windservice", "Oud"]


def test_related_pages_lead_to_the_readers_language(client: Client, homes: dict, articles: dict) -> None:
    dutch = PartnerPageFactory(parent=PartnerIndexPageFactory(parent=homes["nl"]), title="Voorbeeld")
    english_partners = PartnerIndexPageFactory(parent=homes["en"])
    PartnerPageFactory(parent=english_partners, title="Example", translation_key=dutch.translation_key)
    news = NewsIndexPageFactory(parent=homes["en"], title="News")
    article = ArticlePageFactory(parent=news, title="Wind", related=[("page", dutch)])
    assert titles(client.get(article.url).context["related_pages"]) == ["Example"]


def test_the_picture_for_sharing(index: NewsIndexPage) -> None:
    hero, social = ImageFactory(), ImageFactory()
    article = ArticlePageFactory(parent=index, hero_image=hero)
    assert article.share_image == hero
    article.social_image = social
    assert article.share_image == social


def test_the_api_tells_every_field(client: Client, homes: dict, index: NewsIndexPage) -> None:
    topic = TopicFactory(name="Energie")
    other = ArticlePageFactory(parent=index, title="Ander")
    article = ArticlePageFactory(
        parent=index,
        title="Wind",
        date=datetime.date(2025, 2, 13),
        topic=topic,
        introduction="Over wind.",
        hero_image=ImageFactory(),
        body=[("heading", {"text": "Op zee", "level": "h2"})],
        related=[("page", other)],
    )
    data = client.get(f"/api/v2/pages/{article.pk}/").json()
    assert (data["date"], data["introduction"]) == ("2025-02-13", "Over wind.")
    assert data["topic"] == {
        "id": topic.pk,
        "type": "news.Topic",
        "name": "Energie",
        "slug": "energie",
    }
    assert data["hero_image"]["id"] == article.hero_image.pk
    assert data["body"][0]["value"]["text"] == "Op zee"
    url = "http://localhost/nieuws/ander/"
    assert data["related"] == [{"id": other.pk, "type": "news.ArticlePage", "title": "Ander", "url": url}]
    data = client.get(f"/api/v2/pages/{index.pk}/").json()
    assert data["feed_url"] == "http://localhost/nieuws/feed/"
    assert "introduction" in data


def test_the_block_for_channels(homes: dict, articles: dict) -> None:
    block = LatestNewsBlock()
    value = block.to_python({"heading": "Nieuw", "count": 2})
    view = type("View", (), {"_cached_object": homes["nl"]})
    data = block.get_api_representation(value, {"view": view})
    assert [article["title"] for article in data["articles"]] == ["Lassen", "Wind"]
    assert data["heading"] == "Nieuw"
