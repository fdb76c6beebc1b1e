"""What the delivery API refuses, and how: problem+json with 400 or 404, never 500, never a redirect."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from api_client import PROBLEM, ask, problem, read
from factories import PartnerIndexPageFactory, PartnerPageFactory, published_home
from made_once import made_once

pytestmark = pytest.mark.django_db

HUGE = ("9223372036854775808", "9" * 30, "9" * 5000, "-9223372036854775809", "1e400", "1_0", "+1", "٣", " 1")
NO_NUMBER = ("x", "", "-", "1.5", "NaN", "0x10", "1\x00", "1,2", "--1")
PARTNER: dict[str, Any] = {"type": "partners.PartnerPage"}
ARTICLE: dict[str, Any] = {"type": "news.ArticlePage"}
# All that is no list or detail of Wagtail's v2, and is not for POST alone.
NO_PAGES_TO_READ = (
    *("", "openapi.json", "navigation/", "site/", "categories/", "categories/faq.FaqCategory/1/", "changes/"),
    *("resolve/?path=/", "forms/1/", "preview/1/", "preview/token/"),
)
OF_A_LIST: list[dict[str, Any]] = [
    {"bogus": "1"},
    {"Type": "news.ArticlePage"},
    {"date__gte": "2025-01-01"},  # a field of no page of any type
    {"type": "news.Article"},
    {"type": "news.ArticlePage,x.Y"},
    {"type": "auth.User"},
    {"type": "news.Topic"},
    {"type": "x\x00"},
    {"type": "."},
    {"locale": "fr"},
    {"locale": "NL"},
    {"locale": ""},
    {"locale": "nl\x00"},
    {"fallback": "nl"},  # without the language that is wanted
    {"locale": "en", "fallback": "fr"},
    {"locale": "en", "fallback": ""},
    {"site": "a:b"},
    {"site": "localhost:99999999999"},
    {"site": f"localhost:{'9' * 5000}"},
    {"site": "localhost:-1"},
    {"site": "localhost:٣"},
    {"site": "localhost\x00"},
    {"channel": "cinema"},
    {"channel": ""},
    {"channel": "app\x00"},
    {"rich_text_format": "pdf"},
    {"renditions": "poster"},
    {"renditions": "card,poster"},
    {"renditions": ""},
    {"renditions": "card\x00"},
    {"format": "xml"},
    {"format": ""},
    {"_": "a\x00"},
    {"fields": "bogus"},
    {"fields": "title,bogus"},
    {"fields": "-bogus"},
    {"fields": "title("},
    {"fields": "title)"},
    {"fields": "title(x)"},
    {"fields": "title,,slug"},
    {"fields": "title\x00"},
    {"fields": "*,_"},
    {"fields": "a(" * 500 + ")" * 500},
    {"fields": "parent"},  # of a detail only
    {"order": "bogus"},
    {"order": "title,bogus"},
    {"order": "--title"},
    {"order": ","},
    {"order": "random,title"},
    {"order": "title\x00"},
    {"order": "owner__password"},
    {"order": "path"},
    {"search": "a\x00b"},
    {"search": "a", "search_operator": "xor"},
    {"child_of": "1", "descendant_of": "1"},
    {"ancestor_of": "root"},
    {"cursor": "x"},
    {**PARTNER, "order": "story"},
    {**PARTNER, "order": "coordinates"},
    {**PARTNER, "coordinates": "1"},
    {**PARTNER, "story": "x"},
    {**PARTNER, "story__in": "x"},
    {**PARTNER, "title__gt": "a"},
    {**PARTNER, "kind__gt": "a"},
    {**PARTNER, "partner_since__contains": "1"},
    {**PARTNER, "title": "a\x00"},
    {**PARTNER, "kind": "school\x00"},
    {**PARTNER, "kind__in": "school,a\x00"},
    {**PARTNER, "founder": "maybe"},
    {**PARTNER, "partner_since__in": ",".join(["1"] * 101)},
    {**PARTNER, "partner_since__in": "1,x"},
    {**PARTNER, "partner_since__in": ""},
    {**ARTICLE, "date": "2025-02-30"},
    {**ARTICLE, "date": "yesterday"},
    {**ARTICLE, "date__gte": "2025-13-01"},
    {**ARTICLE, "date__in": "2025-01-01,2025-02-30"},
    {**ARTICLE, "date__lt": ""},
    {**ARTICLE, "date": "10000-01-01"},
    {**ARTICLE, "date": "2025-01-01\x00"},
    {"last_published_at__gt": "soon"},
    {"last_published_at__gt": "2025-01-01T25:00"},
    {"last_published_at__lt": "0001-01-01T00:00:00+10:00"},
    {"last_published_at__lt": "9999-12-31T23:59:59-10:00"},
]
NUMBERS: list[tuple[dict[str, Any], str]] = [
    ({}, "limit"),
    ({}, "offset"),
    ({}, "child_of"),
    ({}, "descendant_of"),
    ({}, "ancestor_of"),
    ({}, "translation_of"),
    ({}, "id"),
    ({}, "id__gte"),
    ({}, "id__in"),
    (PARTNER, "partner_since"),
    (PARTNER, "partner_since__gt"),
    (ARTICLE, "topic"),
]
MAY_BE_LIST = {"id__in"}


@made_once
def content() -> Any:
    home = published_home()
    partner = PartnerPageFactory(parent=PartnerIndexPageFactory(parent=home, slug="partners"), slug="staal")
    return SimpleNamespace(home=home, partner=partner)


class TestLists:
    def test_what_is_wrong(self, content) -> None:
        for query in OF_A_LIST:
            assert problem("pages/", **query)

    def test_numbers(self, content) -> None:
        for query, name in NUMBERS:
            for text in (*HUGE, *NO_NUMBER):
                if text == "1,2" and name in MAY_BE_LIST:
                    continue
                assert name.partition("__")[0] in problem("pages/", **query, **{name: text})

    def test_pages_that_are_not_there(self, content) -> None:
        content.partner.unpublish()
        for name in ("child_of", "descendant_of", "ancestor_of", "translation_of"):
            for pk in (999_999, content.partner.pk, 0, "9223372036854775807"):
                assert "exist" in problem("pages/", **{name: pk})

    def test_a_site_that_is_not_there(self, content) -> None:
        assert problem("pages/", 404, site="nowhere.example")

    def test_images_and_documents(self, content) -> None:
        for path in ("images/", "documents/"):
            for query in (
                {"bogus": "1"},
                {"locale": "nl"},
                {"type": "news.ArticlePage"},
                {"limit": "101"},
                {"limit": "x"},
                {"fields": "bogus"},
                {"order": "bogus"},
                {"order": "tags"},
                {"tags": "a\x00"},
                {"search": "\x00"},
                {"renditions": "poster"},
                {"cursor": "x"},
            ):
                assert problem(path, **query)

    def test_where_it_stands_in_the_address(self, content) -> None:
        """A parameter that comes twice counts once, the last time; both are looked at as text."""
        answer = ask("/api/v2/pages/?limit=1&limit=x")
        assert answer.status_code == 400
        assert ask("/api/v2/pages/?limit=%FF").status_code == 400


class TestDetails:
    def test_what_is_wrong(self, content) -> None:
        for query in (
            {"bogus": "1"},
            {"limit": "1"},
            {"title": content.partner.title},
            {"locale": "nl"},
            {"fields": "bogus"},
            {"fields": "\x00"},
            {"renditions": "poster"},
            {"rich_text_format": "x"},
            {"format": "xml"},
            {"channel": "cinema"},
            {"site": "a:b"},
            {"site": f"localhost:{'9' * 5000}"},
        ):
            assert problem(f"pages/{content.partner.pk}/", **query)

    def test_what_is_not_there(self, content) -> None:
        content.partner.unpublish()
        for pk in (content.partner.pk, 999_999, 2**31, 2**63 - 1, 2**63, "9" * 30, "9" * 500, 0):
            for path in ("pages", "images", "documents"):
                detail = problem(f"{path}/{pk}/", 404)
                assert content.partner.title not in detail
        assert problem(f"pages/{content.home.pk}/", 404, site="nowhere.example")

    def test_find(self, content) -> None:
        for query in ({"id": "x"}, {"id": "9" * 30}, {"id": "-1"}, {"id": "1\x00"}, {"html_path": "/\x00"}):
            assert problem("pages/find/", **query)
        for query in ({}, {"id": "999999"}, {"html_path": "/nergens/"}):
            assert problem("pages/find/", 404, **query)
        assert problem("pages/find/", bogus="1")
        assert problem("images/find/", html_path="/")
        assert problem("images/find/", 404, id="999999")


class TestAddresses:
    def test_an_unknown_one_is_a_json_404_in_any_language(self, content) -> None:
        for path in ("/api/", "/api/v1/", "/api/v2/nothing/", "/api/v2/pages/x/", "/api/v2/pages/1"):
            for language in ("nl", "en"):
                answer = ask(path, headers={"accept-language": language})
                assert (answer.status_code, answer.headers.get("Location")) == (404, None), path
                assert answer.headers["Content-Type"] == PROBLEM
                assert "Accept-Language" not in answer.headers.get("Vary", "")
        assert json.loads(ask("/api/v2/nothing/").content)["status"] == 404

    def test_methods(self, content) -> None:
        pk = content.partner.pk
        for path in ("pages/", f"pages/{pk}/", "images/", "documents/", f"pages/find/?id={pk}"):
            head, get = ask(path, "HEAD"), ask(path)
            assert (head.status_code, head.content) == (get.status_code, b"")
            assert head.headers["Content-Type"] == get.headers["Content-Type"]
            assert head.headers.get("ETag") == get.headers.get("ETag")
            options = ask(path, "OPTIONS")
            assert options.status_code in (200, 204)
            assert {"GET", "HEAD", "OPTIONS"} <= set(options.headers["Allow"].split(", "))
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                answer = ask(path, method)
                assert answer.status_code == 405
                assert answer.headers["Content-Type"] == PROBLEM
                assert "GET" in answer.headers["Allow"]

    def test_what_is_harmless_is_taken(self, content) -> None:
        for query in ({"_": "é" * 300}, {"format": "json"}, {"search": "€" * 500}, {"title": "é€😀"}):
            read("pages/", **query)
        browsable = ask("pages/", format="api")
        assert browsable.status_code == 200
        assert browsable.headers["Content-Type"].startswith("text/html")

    @pytest.mark.parametrize("path", [*NO_PAGES_TO_READ, "docs/"])
    def test_a_format_that_there_is_not(self, content, path: str) -> None:
        address = f"{path}{'&' if '?' in path else '?'}format="
        assert "format" in problem(f"{address}api")
        if path == "docs/":
            assert "format" in problem(f"{address}json")
        else:
            assert ask(f"{address}json").status_code == ask(path).status_code
