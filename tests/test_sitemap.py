"""The sitemap names each public page of every language once, with its translations, and nothing else."""

from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils.timezone import localtime
from factories import ArticlePageFactory, NewsIndexPageFactory, make_private, published_home, translated
from made_once import made_once
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale, Site

from home.models import HomePage
from news.models import NewsIndexPage
from techport_cms.core.sitemaps import PageSitemap

pytestmark = pytest.mark.django_db

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


class Entry(NamedTuple):
    lastmod: str | None
    alternates: dict[str, str]  # address by hreflang


@made_once
def home() -> HomePage:
    return published_home()


@made_once
def news(home: HomePage) -> NewsIndexPage:
    return NewsIndexPageFactory(parent=home)


def parsed(client: Client, path: str = "/sitemap.xml", host: str = "localhost") -> ElementTree.Element:
    response = client.get(path, headers={"host": host})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    return ElementTree.fromstring(response.content)  # noqa: S314 - our own answer


def sitemap(client: Client, path: str = "/sitemap.xml", host: str = "localhost") -> dict[str, Entry]:
    entries = [
        (url.findtext("s:loc", namespaces=NAMES), entry(url))
        for url in parsed(client, path, host).findall("s:url", NAMES)
    ]
    assert len(dict(entries)) == len(entries), "each address is there once"
    return dict(entries)


def entry(url: ElementTree.Element) -> Entry:
    links = url.findall("x:link[@rel='alternate']", NAMES)
    alternates = {link.get("hreflang"): link.get("href") for link in links}
    return Entry(url.findtext("s:lastmod", namespaces=NAMES), alternates)


def test_both_languages_are_there_with_their_translations(
    client: Client, home: HomePage, news: NewsIndexPage
) -> None:
    english_news = translated(news, "en", title="News", slug="news")
    english_home = english_news.get_parent()
    found = sitemap(client)
    assert set(found) == {page.full_url for page in (home, english_home, news, english_news)}
    for dutch, english in ((home, english_home), (news, english_news)):
        alternates = {"nl": dutch.full_url, "en": english.full_url, "x-default": dutch.full_url}
        assert found[dutch.full_url].alternates == found[english.full_url].alternates == alternates


def test_a_page_in_one_language_only_is_its_own_default(client: Client, home: HomePage) -> None:
    english_home = translated(home, "en")
    dutch = NewsIndexPageFactory(parent=home)
    english = NewsIndexPageFactory(parent=english_home, title="News")  # no translation of the Dutch one
    found = sitemap(client)
    assert found[dutch.full_url].alternates == {"nl": dutch.full_url, "x-default": dutch.full_url}
    assert found[english.full_url].alternates == {"en": english.full_url, "x-default": english.full_url}


@pytest.mark.parametrize("secret", ["draft", "private", "below a private page"])
def test_what_is_not_public_is_not_there(
    client: Client, home: HomePage, news: NewsIndexPage, secret: str
) -> None:
    article = ArticlePageFactory(parent=news, title="Geheim")
    english = translated(article, "en", title="Secret", slug="secret")
    assert "geheim" in client.get("/sitemap.xml").content.decode()
    if secret == "draft":
        article.unpublish()
    else:
        make_private(article if secret == "private" else news)
    assert "geheim" not in client.get("/sitemap.xml").content.decode()
    alternates = {"en": english.full_url, "x-default": english.full_url}
    assert sitemap(client)[english.full_url].alternates == alternates


def test_an_alias_and_a_redirect_are_their_targets_business(client: Client, news: NewsIndexPage) -> None:
    article = ArticlePageFactory(parent=news, title="Wind")
    article.create_alias(parent=news, update_slug="alias")
    Redirect.objects.create(old_path="/oud", redirect_page=article, site=Site.objects.get())
    assert client.get("/nieuws/alias/").status_code == 200
    assert {url.rsplit("/", 2)[1] for url in sitemap(client)} == {"localhost", "nieuws", "wind"}


def test_a_language_without_a_home_page_has_no_pages(client: Client, home: HomePage) -> None:
    ArticlePageFactory(parent=NewsIndexPageFactory(parent=home))
    stray = home.get_parent().add_child(
        instance=HomePage(title="Elders", purpose="-", locale=Locale.objects.get(language_code="en"))
    )
    assert stray.live
    assert all("/en/" not in url and "elders" not in url for url in sitemap(client))


def test_it_says_when_a_page_was_published_last(client: Client, home: HomePage, news: NewsIndexPage) -> None:
    found = sitemap(client)
    assert found[news.full_url].lastmod is None, "never published through a revision"
    home.refresh_from_db()
    assert found[home.full_url].lastmod == f"{localtime(home.last_published_at):%Y-%m-%d}"
    home.title = "Concept"
    home.save_revision()
    assert sitemap(client) == found, "a draft changes nothing"


def test_every_address_answers(client: Client, home: HomePage, news: NewsIndexPage) -> None:
    translated(ArticlePageFactory(parent=news), "en", slug="wind-en")
    for url, (_lastmod, alternates) in sitemap(client).items():
        assert client.get(url).status_code == 200, url
        assert all(address in sitemap(client) for address in alternates.values())


def test_each_site_names_its_own_pages(client: Client, home: HomePage, news: NewsIndexPage) -> None:
    other = home.get_parent().add_child(instance=HomePage(title="Ander", purpose="-", locale=home.locale))
    Site.objects.create(hostname="other.example", root_page=other)
    assert set(sitemap(client, host="other.example")) == {"http://other.example/"}
    assert set(sitemap(client)) == {"http://localhost/", "http://localhost/nieuws/"}


def test_a_large_site_has_an_index_of_sitemaps(
    client: Client, home: HomePage, news: NewsIndexPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PageSitemap, "limit", 1)
    files = [node.text for node in parsed(client).findall("s:sitemap/s:loc", NAMES)]
    assert files == ["http://localhost/sitemap.xml?p=1", "http://localhost/sitemap.xml?p=2"]
    assert [list(sitemap(client, file)) for file in files] == [[home.full_url], [news.full_url]]


@pytest.mark.parametrize("number", ["0", "-1", "99", "abc", "", "9" * 5000, "%00"])
def test_a_file_that_is_not_there_is_not_found(client: Client, home: HomePage, number: str) -> None:
    status = client.get(f"/sitemap.xml?p={number}").status_code
    assert status == (200 if number == "" else 404)


def test_robots_are_told_where_it_is(client: Client, home: HomePage) -> None:
    text = client.get("/robots.txt", headers={"host": "localhost"}).content.decode()
    assert "Sitemap: http://localhost/sitemap.xml" in text.splitlines()
