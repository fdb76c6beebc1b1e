"""The publication log tells of everything that becomes private or public, whatever makes it so."""

from collections.abc import Callable

import pytest
from change_log import Log
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.db import connection
from django.urls import reverse
from factories import (
    FaqIndexPageFactory,
    ImageFactory,
    QuestionPageFactory,
    make_private,
    published_home,
    translated,
)
from made_once import made_once
from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction
from wagtail_localize.models import Translation, TranslationSource

from techport_cms.changes.head import read_head
from techport_cms.changes.models import Tombstone
from techport_cms.core.kept import keeping
from techport_cms.core.visibility import (
    is_public,
    public_images,
    public_pages,
    restricted_paths,
    searchable_pages,
)

pytestmark = pytest.mark.django_db

QUESTION, INDEX = "faq.QuestionPage", "faq.FaqIndexPage"
IMAGE, DOCUMENT = "techport_content.ContentImage", "wagtaildocs.Document"


def delete(page: Page) -> None:
    page.delete()


def convert(page: Page) -> None:
    ConvertAliasPageAction(page).execute(skip_permission_checks=True)


@made_once
def index() -> Page:
    return FaqIndexPageFactory(parent=published_home(), slug="vragen")


@made_once
def question(index) -> Page:
    page = QuestionPageFactory(parent=index, slug="waarom")
    QuestionPageFactory(parent=index, slug="concept", live=False)
    return page


@made_once
def collection() -> Collection:
    return Collection.get_first_root_node().add_child(name="Foto's")


def restrict(collection: Collection) -> CollectionViewRestriction:
    return CollectionViewRestriction.objects.create(
        collection=collection, restriction_type=CollectionViewRestriction.LOGIN
    )


class TestPages:
    def test_a_restriction_reaches_what_is_below(self, question, index) -> None:
        log = Log()
        restriction = PageViewRestriction.objects.create(
            page=index, restriction_type=PageViewRestriction.LOGIN
        )
        expected = [("privacy", INDEX), ("privacy", QUESTION)]
        assert log.news() == expected
        restriction.restriction_type = PageViewRestriction.PASSWORD
        restriction.save()
        assert log.news() == expected
        restriction.delete()
        assert log.news() == expected

    def test_a_restriction_that_the_queryset_deletes(self, question) -> None:
        make_private(question)
        log = Log()
        question.view_restrictions.all().delete()
        assert log.news() == [("privacy", QUESTION)]

    def test_a_restriction_reaches_aliases(self, question, index) -> None:
        alias = index.create_alias(recursive=True, update_slug="alias")
        log = Log()
        make_private(index)
        hidden = {index.pk, question.pk, alias.pk, alias.get_children().live().get().pk}
        assert {int(change.object_id) for change in log.rows()} == hidden
        assert not public_pages().filter(pk__in=hidden).exists()

    def test_a_restriction_reaches_aliases_of_aliases(self, question, index) -> None:
        chain = [index]
        for slug in ("tweede", "derde", "vierde"):
            chain.append(chain[-1].create_alias(recursive=True, update_slug=slug))
        log = Log()
        make_private(index)
        hidden = {page.pk for each in chain for page in each.get_descendants(inclusive=True).live()}
        assert len(hidden) == 2 * len(chain)
        assert {int(change.object_id) for change in log.rows()} == hidden
        assert not public_pages().filter(pk__in=hidden).exists()
        assert not any(map(is_public, Page.objects.filter(pk__in=hidden)))
        assert {page.path for page in chain} == set(restricted_paths())

    def test_who_has_passed_a_restriction_sees_aliases_of_aliases(self, index) -> None:
        alias = index.create_alias(update_slug="tweede").create_alias(update_slug="derde")
        restriction = PageViewRestriction.objects.create(page=index, restriction_type="login")
        found = public_pages(Page.objects.filter(pk=alias.pk), passed=[restriction.pk])
        assert list(found) == [alias.page_ptr]

    def test_a_page_moves_under_a_private_one_and_out(self, question, index) -> None:
        private = FaqIndexPageFactory(parent=index.get_parent(), slug="prive")
        make_private(private)
        for target in (private, index.get_parent()):
            log = Log()
            Page.objects.get(pk=index.pk).move(target, pos="last-child")
            moved = {change.object_id for change in log.rows() if change.kind == "move"}
            assert moved == {str(index.pk), str(question.pk)}
            assert public_pages().filter(pk=question.pk).exists() == (target != private)

    def test_a_draft_that_moves_pushes_what_is_private_aside(self, question, index) -> None:
        """What a process keeps by the place in the tree must go with it."""
        draft = FaqIndexPageFactory(parent=index.get_parent(), slug="concept", live=False)
        make_private(index)
        home = index.get_parent()

        def found() -> set[int]:
            connection.check_constraints()  # numbers the log on PostgreSQL, as a commit does
            with keeping(read_head().stamp):
                return set(searchable_pages(home.path).values_list("pk", flat=True))

        before = found()
        log = Log()
        Page.objects.get(pk=draft.pk).move(Page.objects.get(pk=index.pk), pos="left")
        assert Page.objects.get(pk=index.pk).path != index.path
        assert [(change.kind, change.object_id) for change in log.rows()] == [("move", str(home.pk))]
        assert found() == before
        assert not before & {index.pk, question.pk}

    def test_a_draft_that_moves_beside_home_pages(self, index) -> None:
        home = index.get_parent()
        draft = Page(title="Concept", slug="concept", live=False, locale=home.locale)
        home.get_parent().add_child(instance=draft)
        log = Log()
        Page.objects.get(pk=draft.pk).move(Page.objects.get(pk=home.pk), pos="left")
        assert [(change.kind, change.model) for change in log.rows()] == [("save", "wagtailcore.Site")]

    def test_an_alias_of_what_is_private_becomes_a_page_of_its_own(self, question, index) -> None:
        """What hides the original hides it no longer, nor what is below it."""
        alias = index.create_alias(update_slug="alias")
        below = QuestionPageFactory(parent=alias)
        make_private(index)
        assert not public_pages().filter(pk__in=[alias.pk, below.pk]).exists()
        log = Log()
        ConvertAliasPageAction(alias.specific).execute(skip_permission_checks=True)
        assert public_pages().filter(pk__in=[alias.pk, below.pk]).count() == 2
        told = {row.object_id for row in log.rows() if row.kind == "privacy"}
        assert told == {str(alias.pk), str(below.pk)}

    @pytest.mark.parametrize("end", [delete, convert])
    def test_the_alias_between_ends(self, index, end: Callable[[Page], None]) -> None:
        """An alias of an alias of what is private: what it hides is hidden through the one between."""
        between = index.create_alias(update_slug="tussen")
        alias = Page.objects.get(pk=between.pk).specific.create_alias(update_slug="alias")
        below = QuestionPageFactory(parent=alias)
        make_private(index)
        assert not public_pages().filter(pk__in=[alias.pk, below.pk]).exists()
        log = Log()
        end(Page.objects.get(pk=between.pk).specific)
        shown = public_pages().filter(pk__in=[alias.pk, below.pk])
        assert below.pk in {page.pk for page in shown}  # the alias itself is unpublished with its original
        told = {row.object_id for row in log.rows() if row.kind == "privacy"}
        assert {str(page.pk) for page in shown} <= told

    def test_a_page_becomes_an_alias_of_what_is_private(self, index, client) -> None:
        """As wagtail-localize's form has it; what is below it and has no source of its own is private too."""
        page = translated(index, "en", slug="questions")
        below = QuestionPageFactory(parent=page)
        source, _ = TranslationSource.update_or_create_from_instance(index)
        Translation.objects.create(source=source, target_locale=page.locale)
        make_private(index)
        assert public_pages().filter(pk=below.pk).exists()
        log = Log()
        client.force_login(get_user_model().objects.create_superuser("chief", "", "x"))
        assert client.post(reverse("wagtail_localize:convert_to_alias", args=[page.pk])).status_code == 302
        assert Page.objects.get(pk=page.pk).alias_of_id == index.pk
        assert not public_pages().filter(pk=below.pk).exists()
        assert ("privacy", QUESTION) in log.news()
        assert Tombstone.objects.filter(url_path=below.url_path).exists()


class TestCollections:
    @pytest.fixture(autouse=True)
    def members(self, collection) -> None:
        inner = collection.add_child(name="Binnen")
        ImageFactory(collection=inner)
        get_document_model().objects.create(
            title="Folder", file=ContentFile(b"text", "folder.txt"), collection=collection
        )

    def test_a_restriction(self, collection) -> None:
        log = Log()
        restriction = restrict(collection)
        expected = [("privacy", IMAGE), ("privacy", DOCUMENT)]
        assert log.news() == expected
        restriction.delete()
        assert log.news() == expected

    def test_a_restriction_of_a_collection_that_has_moved_since(self, collection) -> None:
        """Who restricts it may have read it before it moved."""
        other = Collection.get_first_root_node().add_child(name="Zolder")
        Collection.objects.get(pk=collection.pk).move(other, "sorted-child")
        log = Log()
        restriction = restrict(collection)
        assert {("privacy", IMAGE), ("privacy", DOCUMENT)} <= set(log.news())
        restriction.delete()
        assert {("privacy", IMAGE), ("privacy", DOCUMENT)} <= set(log.news())

    def test_a_collection_moves_under_a_private_one_and_out(self, collection, client) -> None:
        """As the form of the admin moves it."""
        client.force_login(get_user_model().objects.create_superuser("chief", "", "x"))
        root = Collection.get_first_root_node()
        private = root.add_child(name="Privé")
        restrict(private)
        for parent in (private, root):
            log = Log()
            answer = client.post(
                reverse("wagtailadmin_collections:edit", args=[collection.pk]),
                {"name": "Foto's", "parent": parent.pk},
            )
            assert answer.status_code == 302
            expected = [("save", "wagtailcore.Collection"), ("privacy", IMAGE), ("privacy", DOCUMENT)]
            assert log.news() == expected
            assert public_images().exists() == (parent == root)

    def test_an_image_moves_to_a_private_collection(self, collection) -> None:
        restrict(collection)
        image = ImageFactory()
        log = Log()
        image.collection = collection
        image.save()
        assert log.news() == [("save", IMAGE)]

    def test_a_private_collection_is_deleted(self, collection) -> None:
        restrict(collection)
        log = Log()
        collection.get_children().first().delete()
        assert ("delete", "wagtailcore.Collection") in log.news()
