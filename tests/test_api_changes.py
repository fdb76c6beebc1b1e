"""The change feed: all that is public, then what changes, with nothing lost in between."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from factories import (
    FaqCategoryFactory,
    ImageFactory,
    QuestionPageFactory,
    StandardPageFactory,
    make_private,
    translated,
)
from feed_reader import Item, Reader, ask, delete, reader, told, upsert  # noqa: F401 - one is a fixture
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Locale,
    Page,
    PageViewRestriction,
    Site,
)

from home.models import HomePage, Navigation, SiteSettings
from techport_cms.changes.models import Change

pytestmark = pytest.mark.django_db


class TestTheBeginning:
    def test_all_that_is_public_by_kind(self, question: Page, committed: Callable[[], Any]) -> None:
        with committed():
            index = question.get_parent().specific
            english = translated(question, "en", slug="why")
            QuestionPageFactory(parent=index, live=False)
            make_private(QuestionPageFactory(parent=index))
            category = FaqCategoryFactory()
            FaqCategoryFactory(live=False)
            image = ImageFactory()
            document = get_document_model().objects.create(title="D", file=ContentFile(b"x", "d.txt"))
            hidden = Collection.get_first_root_node().add_child(instance=Collection(name="Achter slot"))
            CollectionViewRestriction.objects.create(collection=hidden, restriction_type="login")
            ImageFactory(collection=hidden)
            redirect = Redirect.add_redirect("/oud", question)
            Redirect.add_redirect("/oud2", Page.objects.filter(live=False).first())
        reader = Reader()
        everything = reader.news()
        pages = [*Page.objects.filter(locale__language_code="en").specific(), index, question]
        site = Site.objects.get()
        assert {upsert(page) for page in pages} <= set(everything)
        assert [one for one in everything if "Page" not in one] == [
            f"upsert FaqCategory {category.pk} nl",
            f"upsert ContentImage {image.pk}",
            f"upsert Document {document.pk}",
            f"upsert redirect {redirect.pk}",
            *(f"upsert {name} {site.pk} {code}" for name in ("navigation", "site") for code in ("nl", "en")),
        ]
        assert len(everything) == len(set(everything)) == 6 + 8
        by_id = {item["object"]["id"]: item["object"] for item in reader.items if "Question" in told(item)}
        assert by_id[question.pk]["translation_key"] == by_id[english.pk]["translation_key"]

    @pytest.mark.parametrize("limit", [1, 2, 3, 7])
    def test_in_pages(self, question: Page, limit: int) -> None:
        translated(question, "en")
        ImageFactory()
        everything = Reader().news()
        assert Reader(limit=limit).news() == everything

    def test_every_detail_is_there(self, question: Page) -> None:
        FaqCategoryFactory()
        ImageFactory()
        Redirect.add_redirect("/oud", question)
        reader = Reader()
        reader.news()
        for item in reader.items:
            assert Client().get(item["object"]["detail_url"]).status_code == 200, item

    def test_what_changes_meanwhile_is_told_again(self, question: Page, committed: Callable[[], Any]) -> None:
        pages = [QuestionPageFactory(parent=question.get_parent()) for _ in range(4)]
        first = ask(limit=4)[1]
        assert told(first["items"][-1]) == upsert(pages[0])
        with committed():
            pages[0].delete()  # was told
            pages[2].title = "Anders"  # is not yet
            pages[2].save_revision().publish()
            pages[3].unpublish()
            new = QuestionPageFactory(parent=question.get_parent())
        reader = Reader(limit=4)
        reader.cursor = first["next"]
        news = reader.news()
        assert news[:2] == [upsert(pages[1]), upsert(pages[2])]
        assert news[-4:] == [delete(pages[0]), upsert(pages[2]), delete(pages[3]), upsert(new)]

    def test_the_pages_of_a_site(self, question: Page, settings: Any) -> None:
        root = Page.get_first_root_node()
        locale = Locale.objects.get(language_code="nl")
        other = root.add_child(instance=HomePage(title="Twee", slug="twee", locale=locale, purpose="x"))
        site = Site.objects.create(hostname="second.example", port=80, root_page=other)
        assert upsert(other) not in Reader().news()
        reader = Reader(site="second.example")
        assert [one for one in reader.news() if "Page" in one] == [upsert(other)]
        assert Client().get(reader.items[-1]["object"]["detail_url"]).status_code == 200
        assert "site=second.example%3A80" in reader.items[-1]["object"]["detail_url"]
        assert reader.items[-1]["object"]["id"] == site.pk


class TestWhatChanges:
    def test_a_page_is_published_unpublished_and_deleted(
        self, reader: Reader, question: Page, committed: Callable[[], Any]
    ) -> None:
        with committed():
            question.title = "Daarom"
            question.save_revision().publish()
        assert reader.news() == [upsert(question)]
        assert reader.items[0]["sequence"] == Change.objects.latest("sequence").sequence
        with committed():
            question.unpublish()
        assert reader.news() == [delete(question)]
        about = reader.items[0]["object"]
        assert about["translation_key"] == str(question.translation_key)
        assert about["detail_url"] is None
        with committed():
            question.save_revision().publish()
        assert reader.news() == [upsert(question)]
        with committed():
            gone = delete(question)
            question.delete()
        assert reader.news() == [gone]

    def test_a_draft_is_nobodys_news(
        self, reader: Reader, question: Page, committed: Callable[[], Any]
    ) -> None:
        with committed():
            question.title = "Nog niet"
            question.save_revision()
            QuestionPageFactory(parent=question.get_parent(), live=False)
        assert reader.news() == []

    def test_privacy_is_a_delete(self, reader: Reader, question: Page, committed: Callable[[], Any]) -> None:
        index = question.get_parent().specific
        with committed():
            make_private(index)
        assert sorted(reader.news()) == sorted([delete(index), delete(question)])
        with committed():
            PageViewRestriction.objects.all().delete()
        assert sorted(reader.news()) == sorted([upsert(index), upsert(question)])

    def test_a_move_under_a_private_parent_is_a_delete(
        self, reader: Reader, question: Page, committed: Callable[[], Any]
    ) -> None:
        home = question.get_parent().get_parent()
        private = StandardPageFactory(parent=home, slug="intern")
        make_private(private)
        with committed():
            question.move(private, pos="last-child")
        assert delete(question) in reader.news()

    def test_several_changes_of_an_object_are_told_once(
        self, reader: Reader, question: Page, committed: Callable[[], Any]
    ) -> None:
        other = QuestionPageFactory(parent=question.get_parent())
        for _ in range(3):
            with committed():
                question.save_revision().publish()
                other.save_revision().publish()
        with committed():
            question.unpublish()
        assert reader.news() == [upsert(other), delete(question)]

    def test_a_category(self, reader: Reader, committed: Callable[[], Any]) -> None:
        with committed():
            category = FaqCategoryFactory()
        assert reader.news() == [f"upsert FaqCategory {category.pk} nl"]
        with committed():
            category.unpublish()
        assert reader.news() == [f"delete FaqCategory {category.pk} nl"]

    def test_files(self, reader: Reader, committed: Callable[[], Any]) -> None:
        beside = Collection.get_first_root_node().add_child(instance=Collection(name="Beelden"))
        with committed():
            image = ImageFactory(collection=beside)
        assert reader.news() == [f"upsert ContentImage {image.pk}"]
        with committed():
            CollectionViewRestriction.objects.create(collection=beside, restriction_type="login")
        assert reader.news() == [f"delete ContentImage {image.pk}"]

    def test_navigation_and_settings_in_every_language(
        self, reader: Reader, committed: Callable[[], Any]
    ) -> None:
        site = Site.objects.get()
        locale = Locale.objects.get(language_code="nl")
        with committed():
            Navigation.objects.create(site=site, locale=locale)
        assert reader.news() == [f"upsert navigation {site.pk} nl", f"upsert navigation {site.pk} en"]
        with committed():
            SiteSettings.objects.create(site=site, locale=locale, name="Techport")
        assert reader.news() == [f"upsert site {site.pk} nl", f"upsert site {site.pk} en"]
        with committed():
            locale.save()
        assert len(reader.news()) == 4

    def test_a_redirect_is_there_while_it_leads_somewhere(
        self, reader: Reader, question: Page, committed: Callable[[], Any]
    ) -> None:
        with committed():
            redirect = Redirect.add_redirect("/oud", question)
        assert reader.news() == [f"upsert redirect {redirect.pk}"]
        with committed():
            question.unpublish()
        assert reader.news() == [delete(question), f"delete redirect {redirect.pk}"]
        with committed():
            question.save_revision().publish()
        assert reader.news() == [upsert(question), f"upsert redirect {redirect.pk}"]
        with committed():
            pk = redirect.pk
            redirect.delete()
        assert reader.news() == [f"delete redirect {pk}"]

    def test_what_no_channel_keeps_moves_the_cursor_only(
        self, reader: Reader, committed: Callable[[], Any]
    ) -> None:
        before = reader.cursor
        with committed():
            Collection.get_first_root_node().add_child(instance=Collection(name="Nieuw"))
        assert reader.news() == []
        assert reader.cursor != before

    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_in_pages(self, reader: Reader, question: Page, committed: Callable[[], Any], limit: int) -> None:
        with committed():
            pages = [QuestionPageFactory(parent=question.get_parent()) for _ in range(4)]
        reader.news()
        for page in pages:
            with committed():
                page.save_revision().publish()
        reader.query["limit"] = limit
        assert reader.news() == [upsert(page) for page in pages]

    def test_one_change_of_many_things_is_told_at_once(
        self, reader: Reader, committed: Callable[[], Any]
    ) -> None:
        with committed():
            Locale.objects.get(language_code="nl").save()
        assert len(ask(limit=1, after=reader.cursor)[1]["items"]) == 4


@pytest.mark.parametrize("size", [2, 20])
def test_queries(question: Page, committed: Callable[[], Any], size: int) -> None:
    with committed():
        ImageFactory()
        FaqCategoryFactory()
    start = json.loads(Client().get("/api/v2/").content)["cursor"]
    with committed():
        for number in range(size):
            page = QuestionPageFactory(parent=question.get_parent())
            Redirect.add_redirect(f"/oud-{number}", page)
            ImageFactory()
            FaqCategoryFactory(name=f"Groep {number}")
    ask()  # content types, roots of sites
    with CaptureQueriesContext(connection) as walk:
        assert len(ask()[1]["items"]) == 9 + 4 * size
    with CaptureQueriesContext(connection) as log:
        assert len(ask(after=start)[1]["items"]) == 4 * size
    assert (len(walk), len(log)) == (10, 11)
