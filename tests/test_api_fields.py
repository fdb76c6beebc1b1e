"""Which members a page has: `fields` as in Wagtail's v2, in a list and in a detail."""

import pytest
from api_client import items, problem, read
from factories import ArticlePageFactory, NewsIndexPageFactory, TopicFactory, published_home
from made_once import made_once
from wagtail.models import Page

pytestmark = pytest.mark.django_db

ARTICLE = "news.ArticlePage"
OF_A_LIST = {
    "type",
    "detail_url",
    "html_url",
    "slug",
    "first_published_at",
    "locale",
    "last_published_at",
    "breadcrumbs",
    "translations",
    "translation",
}
OF_A_DETAIL = OF_A_LIST | {"show_in_menus", "seo_title", "search_description", "alias_of", "parent"}
OWN = {
    "social_image",
    "channels",
    "channels_until",
    "date",
    "topic",
    "introduction",
    "hero_image",
    "body",
} | {"related"}


@made_once
def article() -> Page:
    news = NewsIndexPageFactory(parent=published_home(), slug="nieuws")
    topic = TopicFactory(name="Staal", slug="staal")
    return ArticlePageFactory(parent=news, title="Artikel", slug="artikel", topic=topic)


def shown(fields: str | None, pk: int | None = None) -> dict:
    if pk is not None:
        return read(f"pages/{pk}/", fields=fields)
    return items(type=ARTICLE, fields=fields)[0]


class TestList:
    def test_without_it(self, article) -> None:
        item = shown(None)
        assert item.keys() == {"id", "meta", "title"}
        assert item["meta"].keys() == OF_A_LIST

    def test_more(self, article) -> None:
        item = shown("date,body,search_description")
        assert item.keys() == {"id", "meta", "title", "date", "body"}
        assert item["meta"].keys() == OF_A_LIST | {"search_description"}

    def test_less(self, article) -> None:
        item = shown("-title,-html_url,-breadcrumbs,date")
        assert item.keys() == {"id", "meta", "date"}
        assert item["meta"].keys() == OF_A_LIST - {"html_url", "breadcrumbs"}

    def test_all(self, article) -> None:
        item = shown("*")
        assert item.keys() == {"id", "meta", "title"} | OWN
        assert item["meta"].keys() == OF_A_DETAIL - {"parent"}
        assert shown("*,-body").keys() == item.keys() - {"body"}

    def test_none_but(self, article) -> None:
        assert shown("_,title") == {"title": "Artikel"}
        assert shown("_,slug") == {"meta": {"slug": "artikel"}}
        assert shown("_") == {}


class TestDetail:
    def test_without_it_everything(self, article) -> None:
        page = shown(None, article.pk)
        assert page.keys() == {"id", "meta", "title"} | OWN
        assert page["meta"].keys() == OF_A_DETAIL
        assert page == shown("*", article.pk)

    def test_less_and_none_but(self, article) -> None:
        assert shown("-body,-related", article.pk).keys() == {"id", "meta", "title", *OWN} - {
            "body",
            "related",
        }
        assert shown("_,id,date", article.pk) == {"id": article.pk, "date": "2025-05-22"}

    def test_the_page_above(self, article) -> None:
        parent = shown("_,parent", article.pk)["meta"]["parent"]
        assert parent["title"] == "Nieuws"
        assert parent["meta"]["html_url"] == "http://localhost/nieuws/"


class TestNested:
    def test_what_has_a_form_of_its_own_comes_whole(self, article) -> None:
        assert shown("_,topic(name)") == shown("_,topic")
        assert shown("_,topic")["topic"] == {
            "id": article.topic_id,
            "type": "news.Topic",
            "name": "Staal",
            "slug": "staal",
        }

    def test_what_has_no_members_to_choose_from(self, article) -> None:
        for fields in ("parent(title)", "title(x)", "topic(name(x(y(z(a)))))"):
            assert problem(f"pages/{article.pk}/", fields=fields)
