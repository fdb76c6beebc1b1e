"""A crawl over a site in two languages: whatever a page says of its translations, they say back."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from factories import (
    ArticlePageFactory,
    FaqIndexPageFactory,
    NewsIndexPageFactory,
    PartnerIndexPageFactory,
    PartnerPageFactory,
    QuestionPageFactory,
    add_page,
    make_private,
    published_home,
    translated,
)
from made_once import made_once
from wagtail.models import Page

from home.models import StandardPage
from techport_cms.core.visibility import public_pages

pytestmark = pytest.mark.django_db

HOST = {"host": "localhost"}  # the one that Wagtail's site has, so that addresses can be followed


class Links(HTMLParser):
    """What a page says of itself in <head>, and where its language switch leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language = ""
        self.canonical: list[str] = []
        self.alternates: dict[str, str] = {}
        self.switch: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        values = dict(attrs)
        if tag == "html":
            self.language = values["lang"]
        elif tag == "link" and values.get("rel") == "canonical":
            self.canonical.append(values["href"])
        elif tag == "link" and values.get("rel") == "alternate" and "hreflang" in values:
            assert values["hreflang"] not in self.alternates, "each language is named once"
            self.alternates[values["hreflang"]] = values["href"]
        elif tag == "a" and "hreflang" in values:
            self.switch[values["hreflang"]] = values["href"]


@made_once
def site() -> dict[str, Page]:
    """A page of each kind in two languages, one in each language only, and what is not public."""
    home = published_home()
    faq, partners, news = (
        factory(parent=home)
        for factory in (FaqIndexPageFactory, PartnerIndexPageFactory, NewsIndexPageFactory)
    )
    for page in (
        QuestionPageFactory(parent=faq, title="Vraag"),
        PartnerPageFactory(parent=partners, title="Voorbeeld"),
        ArticlePageFactory(parent=news, title="Bericht"),
        add_page(home, StandardPage(title="Over ons")),
    ):
        translated(page, "en", slug=f"{page.slug}-en")
    english_news = news.get_translations().get().specific
    translated(QuestionPageFactory(parent=faq, title="Half"), "en", live=False)
    make_private(translated(ArticlePageFactory(parent=news, title="Besloten vertaald"), "en"))
    ArticlePageFactory(parent=news, title="Concept", live=False)
    return {
        "dutch only": ArticlePageFactory(parent=news, title="Alleen hier"),
        "english only": ArticlePageFactory(parent=english_news, title="Only here"),
        "news": news,
        "english news": english_news,
    }


def read(client: Client, url: str) -> Links:
    response = client.get(url, headers=HOST)
    assert response.status_code == 200, url
    return Links(response.content.decode())


def addresses() -> list[str]:
    return [page.full_url for page in public_pages().filter(depth__gt=1)]


def test_what_a_page_says_of_its_translations_they_say_back(client: Client, site: dict[str, Page]) -> None:
    pages = {url: read(client, url) for url in addresses()}
    assert len(pages) == 20
    for url, links in pages.items():
        assert links.canonical == [url]
        assert links.alternates[links.language] == url
        assert links.alternates["x-default"] == links.alternates.get("nl", url)
        for code, alternate in links.alternates.items():
            assert alternate in pages, "leads to a public page"
            assert pages[alternate].alternates == links.alternates, f"{alternate} says the same as {url}"
            assert code in {"x-default", pages[alternate].language}


def test_every_page_is_reached_by_the_sitemap_under_the_same_address(
    client: Client, site: dict[str, Page]
) -> None:
    text = client.get("/sitemap.xml", headers=HOST).content.decode()
    assert text.count("<loc>") == len(addresses())
    assert all(f"<loc>{url}</loc>" in text for url in addresses())


def test_the_switch_leads_to_a_page_in_the_language_that_it_names(
    client: Client, site: dict[str, Page]
) -> None:
    for url in addresses():
        links = read(client, url)
        assert set(links.switch) == {"nl", "en"}
        assert all(read(client, target).language == code for code, target in links.switch.items())


@pytest.mark.parametrize(
    ("page", "above", "other", "sentence"),
    [
        ("dutch only", "english news", "en", "(not translated, leads to “Nieuws”)"),
        ("english only", "news", "nl", "(niet vertaald, gaat naar \u2018Nieuws\u2019)"),
    ],
)
def test_the_switch_of_an_untranslated_page_leads_to_the_page_above_and_says_so(
    client: Client, site: dict[str, Page], page: str, above: str, other: str, sentence: str
) -> None:
    url = site[page].full_url
    links = read(client, url)
    assert links.switch[other] == site[above].full_url
    assert other not in links.alternates, "the page above is no translation"
    assert sentence in client.get(url, headers=HOST).content.decode()
    assert sentence not in client.get(site[above].full_url, headers=HOST).content.decode()


def test_a_page_of_a_list_has_its_own_canonical_address(client: Client, site: dict[str, Page]) -> None:
    for number in range(13):
        ArticlePageFactory(parent=site["news"], title=f"Artikel {number}")
    url = site["news"].full_url
    assert read(client, f"{url}?page=2").canonical == [f"{url}?page=2"]
    assert read(client, f"{url}?page=1&topic=x&utm_source=y").canonical == [url]
    assert read(client, f"{url}?page=2").alternates["nl"] == url
