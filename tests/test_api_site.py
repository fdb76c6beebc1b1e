"""What the API tells of the whole site: root, navigation, settings, categories; and how all of it answers."""

import json
import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from api_client import showing
from change_log import age_log
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import get_language
from factories import (
    FaqCategoryFactory,
    ImageFactory,
    QuestionPageFactory,
    SectorFactory,
    StandardPageFactory,
    TopicFactory,
    make_private,
    translated,
)
from jsonschema import Draft202012Validator
from made_once import made_once
from test_api_golden import compare
from wagtail.api import APIField
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale, Page, Site

from faq.models import FaqCategory
from home.models import Navigation, SiteSettings
from techport_cms.content.models import ImageAltText
from techport_cms.core.registry import navigation, site_settings
from techport_cms.headless.openapi.document import builder
from techport_cms.headless.urls import endpoints

pytestmark = pytest.mark.django_db

SPOKEN: Any = lazy(get_language, str)()  # the language that is active once it is written down
HERE: Any = SimpleNamespace(url="http://localhost")  # what `compare` knows a site by
PATHS = ("", "navigation/", "site/", "categories/", "changes/", "resolve/?path=/vragen/waarom/")


WRONG = (
    "bogus=1",
    "locale=xx",
    "locale=%00",
    "limit=-1",
    "limit=1e3",
    "limit=%D9%A3",
    "type=x",
    "site=a:b:c",
)
LANGUAGES = {
    "navigation/": "nl",
    "navigation/?locale=en": "en",
    "site/?locale=en": "en",
    "categories/?locale=en": "en",
    "resolve/?path=/en/vragen/why/": "en",
    "": None,
    "categories/": None,
    "changes/": None,
}


def get(path: str, **query: Any) -> Any:
    response = Client().get(f"/api/v2/{path}", query or None, headers={"host": "localhost"})
    assert response.headers["Content-Type"].startswith("application/"), path
    return json.loads(response.content) | {"_status": response.status_code}


def body(path: str, **query: Any) -> Any:
    found = get(path, **query)
    assert found.pop("_status") == 200, found
    return found


def status(path: str, **query: Any) -> int:
    return get(path, **query)["_status"]


def pin(name: str, answer: Any) -> None:
    text = re.sub(r"(/categories/[\w.]+)/\d+/", r"\1/<id>/", json.dumps(answer))
    compare(f"{name}.json", json.loads(text), HERE)


@made_once
def english(question: Page) -> Page:
    return translated(question, "en", slug="why")


@pytest.fixture
def frame(question: Page, english: Page) -> Site:
    """A site with navigation and settings in Dutch, and settings in English."""
    site, dutch = Site.objects.get(), question.locale
    private = StandardPageFactory(parent=question.get_parent().get_parent(), title="Intern")
    make_private(private)
    image = ImageFactory(file__width=8, file__height=8, title="Beeld")
    ImageAltText.objects.create(image=image, locale=dutch, text="Een sluis")
    entries = [
        {"label": "", "page": question, "url": ""},
        {"label": "Elders", "page": None, "url": "https://example.org/"},
        {"label": "Verborgen", "page": private, "url": ""},
    ]
    with_submenu = {**entries[0], "children": [("entry", entry) for entry in entries]}
    row = Navigation(site=site, locale=dutch, main=[("entry", with_submenu), ("entry", entries[1])])
    row.footer = [("entry", entry) for entry in entries[1:]]
    row.save()
    settings = SiteSettings(site=site, locale=dutch, name="Techport", tagline="Samen", social_image=image)
    settings.social_links = [("network", {"name": "LinkedIn", "url": "https://example.org/in/"})]
    settings.save()
    SiteSettings.objects.create(site=site, locale=english.locale, name="Techport (en)")
    return site


class TestRoot:
    def test_what_there_is(self, question: Page) -> None:
        root = body("")
        pin("root", {**root, "cursor": "<cursor>"})
        for url in root["endpoints"].values():
            wanted = {405} if url.endswith("/unlock/") else {200, 400}  # which takes POST only
            assert Client().get(url, headers={"host": "localhost"}).status_code in wanted, url

    def test_without_a_slash_it_is_no_address(self, question: Page) -> None:
        assert status("../v2") == 404


class TestNavigation:
    def test_in_the_language_of_the_site(self, frame: Site) -> None:
        pin("navigation", body("navigation/"))
        assert body("navigation/") == body("navigation/", locale="nl")

    def test_a_language_without_its_own_has_that_of_the_default_with_its_pages(
        self, frame: Site, english: Page
    ) -> None:
        found = body("navigation/", locale="en")
        assert found["main"][0]["page"]["id"] == english.pk
        assert found["main"][0]["url"] == "http://localhost/en/vragen/why/"
        assert found["main"][0]["children"][0]["page"]["id"] == english.pk

    def test_before_anything_is_published(self, question: Page) -> None:
        assert body("navigation/") == {}
        assert body("site/") == {}


class TestSite:
    def test_in_each_language(self, frame: Site) -> None:
        pin("site", body("site/"))
        assert body("site/", locale="en")["name"] == "Techport (en)"

    def test_pictures_in_sizes(self, frame: Site) -> None:
        image = body("site/", renditions="social")["social_image"]
        assert image["renditions"]["social"]["src"].startswith("http://localhost/")

    def test_of_another_site(self, frame: Site) -> None:
        other = Site.objects.create(hostname="second.example", port=80, root_page=frame.root_page)
        SiteSettings.objects.create(site=other, locale=frame.root_page.locale, name="De tweede")
        assert body("site/", site="second.example")["name"] == "De tweede"
        assert status("site/", site="third.example") == 404


class TestLanguage:
    """Of what a host's own providers and terms make of themselves: that which is asked for, at any path."""

    @pytest.mark.parametrize("registry", [navigation, site_settings])
    def test_of_providers(self, english: Page, monkeypatch: pytest.MonkeyPatch, registry: Any) -> None:
        monkeypatch.setattr(registry, "_providers", {lambda site, locale: {"spoken": SPOKEN}: {}})
        path = "navigation/" if registry is navigation else "site/"
        assert body(path)["spoken"] == "nl"
        assert body(path, locale="en")["spoken"] == "en"

    def test_of_terms(self, english: Page, monkeypatch: pytest.MonkeyPatch) -> None:
        dutch = FaqCategoryFactory()
        translation = dutch.copy_for_translation(english.locale)
        translation.live = True
        translation.save()
        monkeypatch.setattr(FaqCategory, "spoken", property(lambda term: str(SPOKEN)), raising=False)
        with showing(FaqCategory, APIField("spoken")):
            for query in ({}, {"locale": "en"}, {"locale": "nl"}):
                for item in body("categories/", **query)["items"]:
                    assert item["spoken"] == item["meta"]["locale"], query
            (item,) = body("categories/", locale="en")["items"]
            assert body(f"categories/faq.FaqCategory/{translation.pk}/") == item


class TestCategories:
    @pytest.fixture
    def terms(self, english: Page) -> dict[str, Any]:
        second = FaqCategoryFactory(name="Tweede", sort_order=2)
        first = FaqCategoryFactory(name="Eerste", sort_order=1, description="Wat eerst komt.")
        other = first.copy_for_translation(english.locale)
        other.name, other.live = "First", True
        other.save()
        hidden = second.copy_for_translation(english.locale)
        hidden.live = False
        hidden.save()
        FaqCategoryFactory(name="Concept", live=False)
        return {
            "first": first,
            "second": second,
            "english": other,
            "sector": SectorFactory(name="Staal"),
            "topic": TopicFactory(name="Havens"),
        }

    def names(self, **query: Any) -> list[str]:
        return [item["name"] for item in body("categories/", **query)["items"]]

    def test_the_public_ones_by_type(self, terms: dict[str, Any]) -> None:
        pin("categories", body("categories/"))

    def test_one(self, terms: dict[str, Any]) -> None:
        first = terms["first"]
        item = body(f"categories/faq.FaqCategory/{first.pk}/")
        assert item == next(i for i in body("categories/")["items"] if i["name"] == "Eerste")
        assert body(item["meta"]["translations"][0]["detail_url"].split("/v2/")[1])["name"] == "First"

    def test_filters(self, terms: dict[str, Any]) -> None:
        assert self.names(type="partners.Sector,news.Topic") == ["Staal", "Havens"]
        assert self.names(locale="en") == ["First"]
        assert self.names(type="faq.FaqCategory", locale="nl") == ["Eerste", "Tweede"]

    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_in_pages(self, terms: dict[str, Any], limit: int) -> None:
        everything = self.names()
        pages = (self.names(limit=limit, offset=offset) for offset in range(0, 6, limit))
        assert [name for page in pages for name in page] == everything
        assert len(everything) == 5
        assert self.names(offset=100) == self.names(limit=0) == []

    @pytest.mark.parametrize(
        "path", ["faq.FaqCategory/999999/", "faq.QuestionPage/1/", f"faq.FaqCategory/{10**22}/", "x/y/"]
    )
    def test_what_is_not_there(self, terms: dict[str, Any], path: str) -> None:
        assert status(f"categories/{path}") == 404

    def test_a_draft_is_not_there(self, terms: dict[str, Any]) -> None:
        terms["first"].unpublish()
        assert status(f"categories/faq.FaqCategory/{terms['first'].pk}/") == 404

    @pytest.mark.parametrize("size", [2, 20])
    def test_queries(self, terms: dict[str, Any], committed: Callable[[], Any], size: int) -> None:
        for number in range(size):
            FaqCategoryFactory(name=f"Groep {number}").copy_for_translation(
                Locale.objects.get(language_code="en")
            ).save()
        body("categories/")
        with CaptureQueriesContext(connection) as captured:
            body("categories/", limit=100)
        assert len(captured) == 11
        with CaptureQueriesContext(connection) as captured:
            body(f"categories/faq.FaqCategory/{terms['first'].pk}/")
        assert len(captured) == 6


class TestEveryEndpoint:
    def test_validators(self, frame: Site) -> None:
        age_log()  # no Last-Modified while it may still be that of another change
        for path in PATHS:
            answer = Client().get(f"/api/v2/{path}")
            assert answer.status_code == 200, path
            assert answer.headers["ETag"]
            assert "Last-Modified" in answer.headers
            assert "public" in answer.headers["Cache-Control"]
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "Accept-Language" not in answer.headers.get("Vary", "")
            again = Client().get(f"/api/v2/{path}", headers={"If-None-Match": answer.headers["ETag"]})
            assert (again.status_code, again.content) == (304, b"")
            english = Client().get(f"/api/v2/{path}", headers={"Accept-Language": "en"})
            assert english.content == answer.content

    def test_methods(self, frame: Site) -> None:
        client = Client()
        for path in PATHS:
            head = client.head(f"/api/v2/{path}")
            assert (head.status_code, head.content) == (200, b"")
            options = client.options(f"/api/v2/{path}")
            assert (options.status_code, options.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
            for method in ("POST", "PUT", "DELETE"):
                assert client.generic(method, f"/api/v2/{path}").status_code == 405

    @pytest.mark.parametrize("query", WRONG)
    def test_what_is_wrong_is_told(self, question: Page, query: str) -> None:
        for path in PATHS:
            separator = "&" if "?" in path else "?"
            answer = Client(raise_request_exception=False).get(f"/api/v2/{path}{separator}{query}")
            told = json.loads(answer.content)
            assert (answer.status_code, told["status"]) == (400, 400), told
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert told["message"] == told["detail"]

    def test_the_language_of_the_answer(self, frame: Site) -> None:
        for path, language in LANGUAGES.items():
            assert Client().get(f"/api/v2/{path}").headers.get("Content-Language") == language, path

    def test_the_answer_is_what_the_schema_says(self, frame: Site, question: Page) -> None:
        Redirect.add_redirect("/oud", question)
        FaqCategoryFactory()
        components = {"components": {"schemas": builder().components.schemas}}
        for path in PATHS:
            view = Client().get(f"/api/v2/{path}").resolver_match.func.view_class
            problems = Draft202012Validator({**view.answer, **components}).iter_errors(body(path))
            assert [error.message for error in problems] == [], path

    def test_no_schema_has_a_hole(self, db: None) -> None:
        for pattern in endpoints:
            view = pattern.callback.view_class
            assert view.summary, pattern.name
            assert view.read is None or list(holes(view.answer)) == [], pattern.name
            assert view.write is None or list(holes(view.written)) == [], pattern.name


def holes(schema: Any, path: str = "") -> Iterator[str]:
    """Where a schema allows anything."""
    if not {"type", "$ref", "anyOf", "oneOf", "const", "enum"}.intersection(schema):
        yield path
    for name, member in schema.get("properties", {}).items():
        yield from holes(member, f"{path}/{name}")
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield from holes(schema[name], f"{path}/{name}")
    for alternative in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from holes(alternative, path)


@pytest.mark.parametrize("size", [2, 20])
@pytest.mark.parametrize(("path", "queries"), [("", 2), ("navigation/", 5), ("site/", 6)])
def test_queries(frame: Site, size: int, path: str, queries: int) -> None:
    row = Navigation.objects.get()
    index = Page.objects.get(slug="vragen", locale__language_code="nl")
    pages = [QuestionPageFactory(parent=index) for _ in range(size)]
    entries = [("entry", {"label": "", "page": page, "url": ""}) for page in pages]
    row.main = [(name, {**entry, "children": entries}) for name, entry in entries]
    row.save()
    body(path)
    with CaptureQueriesContext(connection) as captured:
        body(path)
    assert len(captured) == queries


def test_names_are_wagtails_namespace(db: None) -> None:
    assert reverse("wagtailapi_v2:changes") == "/api/v2/changes/"
