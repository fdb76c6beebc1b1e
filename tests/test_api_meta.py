"""What a page tells of itself in `meta`: its other languages, the pages above, its addresses; and of what it
points to, no more than is public."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from api_client import ask, items, problem, read
from django.test import Client, RequestFactory
from django.utils.dateparse import parse_datetime
from factories import (
    ArticlePageFactory,
    ImageFactory,
    NewsIndexPageFactory,
    StandardPageFactory,
    TopicFactory,
    make_private,
    published_home,
    translated,
)
from translating import faq_index, faq_question, submit, translated_question
from wagtail.models import Collection, CollectionViewRestriction, Locale, Page, Site

from home.models import StandardPage
from techport_cms.headless.representation import represent_page
from techport_cms.translations.models import Freshness

pytestmark = pytest.mark.django_db

API = "http://localhost/api/v2"


def meta(page: Page) -> dict[str, Any]:
    return read(f"pages/{page.pk}/")["meta"]


def in_list(page: Page) -> dict[str, Any]:
    return next(item for item in items(limit=100) if item["id"] == page.pk)["meta"]


class TestTranslations:
    def test_at_the_desk(self, db: None) -> None:
        question = faq_question(faq_index())
        english = translated_question(question).get_target_instance()
        assert meta(question)["translation"] == {"state": "source", "outdated_since": None}
        assert meta(question)["translations"] == [
            {
                "locale": "en",
                "id": english.pk,
                "detail_url": f"{API}/pages/{english.pk}/",
                "html_url": "http://localhost/en/questions/why/",
                "state": "current",
            }
        ]
        assert meta(english)["translation"] == {"state": "current", "outdated_since": None}
        assert [(one["locale"], one["state"]) for one in meta(english)["translations"]] == [("nl", "source")]

        question.refresh_from_db()
        question.title = "Waarom toch?"
        question.save_revision().publish()
        outdated = meta(english)["translation"]
        assert outdated["state"] == "outdated"
        since, published = (parse_datetime(text) for text in (outdated["outdated_since"], moment(question)))
        assert since is not None and published is not None
        assert since >= published
        assert meta(question)["translations"][0]["state"] == "outdated"
        for page in (question, english):
            for name in ("translation", "translations"):
                assert in_list(page)[name] == meta(page)[name]

    def test_a_draft_is_missing_and_nobody_is_told_of_it(self, db: None) -> None:
        question = faq_question(faq_index())
        desk = submit(question)
        desk.save_target(publish=False)
        draft = desk.get_target_instance()
        assert meta(question)["translations"] == []
        problem(f"pages/{draft.pk}/", 404)
        shown = represent_page(draft, RequestFactory().get("/", headers={"host": "localhost"}), {})
        assert shown["meta"]["translation"] == {"state": "missing", "outdated_since": None}

    def test_only_public_siblings(self, db: None) -> None:
        page = StandardPageFactory(parent=published_home(), title="Pagina")
        english = translated(page, "en")
        assert meta(page)["translations"][0]["state"] == meta(english)["translation"]["state"] == "current"
        Freshness.objects.all().delete()  # as for what was translated before anybody kept count
        assert meta(page)["translations"][0]["state"] == meta(english)["translation"]["state"] == "translated"
        make_private(english)
        assert meta(page)["translations"] == in_list(page)["translations"] == []

    def test_any_number_of_languages(self, db: None) -> None:
        Locale.objects.create(language_code="de")
        page = StandardPageFactory(parent=published_home(), title="Pagina")
        for code in ("en", "de"):
            translated(page, code)
        assert [one["locale"] for one in meta(page)["translations"]] == ["de", "en"]


def moment(page: Page) -> str:
    return meta(page)["last_published_at"]


class TestPlace:
    @pytest.fixture
    def deep(self) -> Any:
        home = published_home()
        above = StandardPageFactory(parent=home, title="Boven", slug="boven")
        middle = StandardPageFactory(parent=above, title="Midden", slug="midden")
        page = StandardPageFactory(parent=middle, title="Onder", slug="onder")
        return SimpleNamespace(home=home, above=above, middle=middle, page=page)

    def test_breadcrumbs(self, deep) -> None:
        wanted = [
            {"id": deep.home.pk, "title": "Techport", "html_url": "http://localhost/"},
            {"id": deep.above.pk, "title": "Boven", "html_url": "http://localhost/boven/"},
            {"id": deep.middle.pk, "title": "Midden", "html_url": "http://localhost/boven/midden/"},
        ]
        assert meta(deep.page)["breadcrumbs"] == in_list(deep.page)["breadcrumbs"] == wanted
        assert meta(deep.home)["breadcrumbs"] == []

    def test_what_is_not_public_above_is_not_named(self, deep) -> None:
        Page.objects.filter(pk=deep.middle.pk).update(live=False)
        assert [one["title"] for one in meta(deep.page)["breadcrumbs"]] == ["Techport", "Boven"]
        assert meta(deep.page)["parent"] is None
        assert "Midden" not in ask(f"pages/{deep.page.pk}/").content.decode()

    def test_addresses_are_absolute(self, deep) -> None:
        found = meta(deep.page)
        assert found["html_url"] == "http://localhost/boven/midden/onder/"
        assert found["detail_url"] == f"{API}/pages/{deep.page.pk}/"
        assert found["parent"]["meta"] == {
            "type": "home.StandardPage",
            "detail_url": f"{API}/pages/{deep.middle.pk}/",
            "html_url": "http://localhost/boven/midden/",
        }

    def test_times(self, deep) -> None:
        assert meta(deep.page)["last_published_at"] is None  # never by a button
        deep.page.save_revision().publish()
        shown = parse_datetime(meta(deep.page)["last_published_at"])
        deep.page.refresh_from_db()
        assert shown == deep.page.last_published_at
        assert shown is not None and shown.tzinfo is not None


class TestFind:
    def location(self, **query: Any) -> str:
        answer = ask("pages/find/", **query)
        assert answer.status_code == 302, answer.content
        return answer.headers["Location"].rstrip("?")

    def test_the_paths_of_every_language(self, db: None) -> None:
        page = StandardPageFactory(parent=published_home(), title="Over ons", slug="over-ons")
        english = translated(page, "en", title="About us", slug="about-us")
        detail = f"{API}/pages/{page.pk}/"
        assert self.location(html_path="/over-ons/") == self.location(html_path="over-ons") == detail
        assert self.location(html_path="/en/about-us/") == f"{API}/pages/{english.pk}/"
        assert self.location(id=page.pk) == detail
        assert self.location(html_path="/over-ons/", fields="_,title") == f"{detail}?fields=_%2Ctitle"
        problem("pages/find/", 404, html_path="/en/over-ons/")
        make_private(english)
        problem("pages/find/", 404, html_path="/en/about-us/")
        problem("pages/find/", 404, id=english.pk)

    def test_where_the_default_language_is_named_too(self, db: None, settings: Any) -> None:
        page = StandardPageFactory(parent=published_home(), title="Over ons", slug="over-ons")
        english = translated(page, "en", title="About us", slug="about-us")
        problem("pages/find/", 404, html_path="/nl/over-ons/")
        settings.ROOT_URLCONF = "prefixed_urls"
        for one, path in ((page, "/nl/over-ons/"), (english, "/en/about-us/")):
            assert one.get_url() == path
            detail = f"{API}/pages/{one.pk}/"
            assert self.location(html_path=path) == self.location(html_path=path.strip("/")) == detail

    def test_the_paths_of_every_site(self, db: None) -> None:
        first = StandardPageFactory(parent=published_home(), title="Over ons", slug="over-ons")
        root = Page.get_first_root_node().add_child(
            instance=StandardPage(title="Tweede", slug="tweede", locale=first.locale)
        )
        Site.objects.create(hostname="second.example", port=80, root_page=root)
        second = StandardPageFactory(parent=root, title="Over de tweede", slug="over-ons")
        here = self.location(html_path="/over-ons/")
        assert here == f"{API}/pages/{first.pk}/"
        there = self.location(html_path="/over-ons/", site="second.example")
        assert there == f"{API}/pages/{second.pk}/?site=second.example"
        assert read(there.removeprefix("http://localhost"))["title"] == "Over de tweede"
        answer = ask("pages/find/?html_path=/over-ons/", headers={"host": "second.example"})
        assert answer.headers["Location"].startswith(f"http://second.example/api/v2/pages/{second.pk}/")


class TestWhatIsPointedTo:
    def test_nothing_of_what_is_under_no_site(self, db: None, client: Client) -> None:
        home = published_home()
        news = NewsIndexPageFactory(parent=home, slug="nieuws")
        outside = StandardPageFactory(parent=home, title="Ernaast gezet", slug="ernaast")
        alias = outside.create_alias(parent=home, update_slug="alias")
        outside.move(Page.get_first_root_node(), pos="last-child")
        body = [
            ("related_pages", {"heading": "Lees ook", "pages": [outside]}),
            ("call_to_action", {"text": "Kijk", "button": "Verder", "page": outside}),
            ("paragraph", f'<p><a linktype="page" id="{outside.pk}">hier</a></p>'),
        ]
        page = ArticlePageFactory(parent=news, slug="wijst", body=body)
        problem(f"pages/{outside.pk}/", 404)
        assert meta(alias)["alias_of"] is None
        related, call, text = (block["value"] for block in read(f"pages/{page.pk}/")["body"])
        assert (related["pages"], call["page"], text) == ([], None, "<p>hier</p>")
        assert "Ernaast gezet" not in client.get(page.get_url()).content.decode()

    def test_null_where_it_is_not_public(self, db: None) -> None:
        home = published_home()
        news = NewsIndexPageFactory(parent=home, slug="nieuws")
        hidden = ArticlePageFactory(parent=news, title="Geheim artikel")
        make_private(hidden)
        draft = ArticlePageFactory(parent=news, title="Geheim concept", live=False)
        shown = ArticlePageFactory(parent=news, title="Zichtbaar")
        collection = Collection.get_first_root_node().add_child(instance=Collection(name="Intern"))
        CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
        image = ImageFactory(file__width=4, file__height=4, title="Geheim beeld", collection=collection)
        button = {"text": "Kom", "button": "Kijk"}
        page = ArticlePageFactory(
            parent=news,
            title="Wijst",
            hero_image=image,
            social_image=image,
            topic=TopicFactory(name="Geheim begrip", live=False),
            body=[
                ("call_to_action", {**button, "page": hidden}),
                ("call_to_action", {**button, "page": draft}),
                ("call_to_action", {**button, "page": shown}),
                ("picture", {"image": image, "alt_text": "", "decorative": False, "caption": "x"}),
                ("paragraph", f'<p><a linktype="page" id="{hidden.pk}">hier</a></p>'),
            ],
            related=[("page", hidden), ("page", shown), ("page", draft)],
        )
        detail = read(f"pages/{page.pk}/", renditions="card")
        assert detail["hero_image"] is detail["social_image"] is detail["topic"] is None
        first, second, third, picture, paragraph = (block["value"] for block in detail["body"])
        assert first["page"] is second["page"] is picture["image"] is None
        assert third["page"] == {
            "id": shown.pk,
            "type": "news.ArticlePage",
            "title": "Zichtbaar",
            "url": "http://localhost/nieuws/zichtbaar/",
        }
        assert "href" not in paragraph and "hier" in paragraph
        assert [one["id"] for one in detail["related"] if one] == [shown.pk]
        whole = json.dumps([detail, items(fields="*", limit=100)])
        assert "Geheim" not in whole
        assert image.file.name not in whole
