"""The change feed: what is asked for, and from where."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from factories import (
    FaqCategoryFactory,
    ImageFactory,
    StandardPageFactory,
    translated,
)
from feed_reader import Item, Reader, ask, delete, reader, told, upsert  # noqa: F401 - one is a fixture
from wagtail.models import (
    Page,
    Site,
)

from techport_cms.changes.log import trim
from techport_cms.changes.models import Change
from techport_cms.headless.cursors import seal

pytestmark = pytest.mark.django_db


class TestFilters:
    def test_a_language(self, question: Page, committed: Callable[[], Any]) -> None:
        with committed():
            english = translated(question, "en", slug="why")
            image = ImageFactory()
        reader = Reader(locale="en")
        news = reader.news()
        assert upsert(english) in news
        assert f"upsert ContentImage {image.pk}" in news  # of every language
        assert not [one for one in news if one.endswith(" nl")]
        with committed():
            question.save_revision().publish()
            english.save_revision().publish()
        assert reader.news() == [upsert(english)]

    def test_types(self, question: Page, committed: Callable[[], Any]) -> None:
        with committed():
            category = FaqCategoryFactory()
            ImageFactory()
        reader = Reader(type="faq.FaqCategory,faq.QuestionPage")
        assert reader.news() == [upsert(question), f"upsert FaqCategory {category.pk} nl"]
        with committed():
            question.get_parent().save_revision().publish()
            ImageFactory()
            question.unpublish()
        assert reader.news() == [delete(question)]
        assert all("Page" in one for one in Reader(type="wagtailcore.Page").news())
        assert len(Reader(type="wagtailcore.Page").news()) == 2  # the home page and the index

    def test_what_does_not_fit_is_passed_at_once(self, question: Page, committed: Callable[[], Any]) -> None:
        reader = Reader(type="faq.FaqCategory", limit=2)
        reader.news()
        with committed():
            for _ in range(5):
                ImageFactory()
            category = FaqCategoryFactory()
        _status, body = ask(type="faq.FaqCategory", limit=2, after=reader.cursor)
        assert [told(item) for item in body["items"]] == [f"upsert FaqCategory {category.pk} nl"]
        assert not body["more"]


class TestCursors:
    def test_they_are_opaque_and_ours(self, question: Page) -> None:
        cursor = ask()[1]["next"]
        assert ask(after=cursor)[0] == 200
        strange = ["", "x", cursor[:-3], cursor[1:], f"{cursor}x", "\x00", "é", seal("list", [["id"], [1]])]
        assert [ask(after=one)[0] for one in strange] == [400] * len(strange)

    def test_they_are_of_one_feed(self, question: Page) -> None:
        cursor = ask(locale="nl")[1]["next"]
        assert ask(locale="nl", after=cursor)[0] == 200
        assert ask(locale="en", after=cursor)[0] == 400
        assert ask(after=cursor)[0] == 400

    def test_they_are_of_one_site(self, reader: Reader, question: Page) -> None:
        Site.objects.create(hostname="second.example", port=80, root_page=question.get_parent())
        second = {"site": "second.example"}
        here, there = (ask(**query) for query in ({}, second))
        walking = [ask(limit=1, **query)[1]["next"] for query in ({}, second)]
        newest = [
            json.loads(Client().get("/api/v2/", headers={"host": host}).content)["cursor"]
            for host in ("localhost", "second.example")
        ]
        for ours, theirs in ((here[1]["next"], there[1]["next"]), walking, newest):
            assert ask(after=ours)[0] == ask(after=ours, site="localhost")[0] == 200
            assert ask(after=theirs, **second)[0] == 200
            assert ask(after=theirs)[0] == ask(after=ours, **second)[0] == 400

    def test_they_are_of_this_release(self, question: Page) -> None:
        """One of an older release is refused, which is no error of ours."""
        assert ask(after=seal("changes", [[], "", 1, None, None]))[0] == 400

    def test_the_newest_one_is_at_the_root(self, reader: Reader) -> None:
        root = json.loads(Client().get("/api/v2/").content)
        assert root["cursor"] == reader.cursor
        _status, body = ask(after=root["cursor"])
        assert (body["items"], body["more"], body["next"]) == ([], False, root["cursor"])

    def test_behind_the_trimmed_log(
        self, reader: Reader, question: Page, committed: Callable[[], Any]
    ) -> None:
        old, walking = reader.cursor, ask(limit=1)[1]["next"]
        for _ in range(2):
            with committed():
                question.save_revision().publish()
        Change.objects.update(made_at=timezone.now() - timedelta(days=100))
        assert ask(after=old)[0] == 200
        trim(timedelta(days=30))
        for cursor in (old, walking):
            status, body = ask(after=cursor)
            assert (status, body["status"]) == (410, 410)
            assert "Start without" in body["detail"]
        assert ask()[0] == 200

    @pytest.mark.parametrize("edit", ["root", "host", "new", "deleted"])
    def test_across_a_site_that_changed(
        self, reader: Reader, question: Page, committed: Callable[[], Any], edit: str
    ) -> None:
        """Any page may be public now that was not, or the other way round."""
        site = Site.objects.get()
        with committed():
            other = Site.objects.create(hostname="second.example", port=80, root_page=site.root_page)
        reader = Reader()
        assert upsert(question) in reader.news()
        walking = ask(limit=1)[1]["next"]
        with committed():
            if edit == "root":
                site.root_page = StandardPageFactory(parent=site.root_page, slug="begin")
                site.save()
            elif edit == "host":
                site.hostname = "www.example.org"
                site.save()
            elif edit == "new":
                Site.objects.create(hostname="third.example", port=80, root_page=question)
            else:
                other.delete()
        status, body = ask(after=reader.cursor)
        assert (status, "Start without" in body["detail"]) == (410, True)
        while (answer := ask(after=walking))[0] == 200:
            walking = answer[1]["next"]
        assert answer[0] == 410
        again = Reader()
        assert (upsert(question) in again.news()) == (edit != "root")
        with committed():
            question.save_revision().publish()
        assert len(again.news()) == 1

    def test_of_a_log_that_a_backup_replaced(
        self, reader: Reader, question: Page, committed: Callable[[], Any]
    ) -> None:
        Change.objects.all().delete()
        assert ask(after=reader.cursor)[0] == 410


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 101},
        {"limit": "x"},
        {"limit": 10**22},
        {"locale": "xx"},
        {"type": "faq.Nothing"},
        {"type": ""},
        {"bogus": 1},
        {"locale": "\x00"},
    ],
)
def test_errors(question: Page, query: dict[str, Any]) -> None:
    status, body = ask(**query)
    assert (status, body["status"]) == (400, 400)
