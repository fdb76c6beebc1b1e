"""A translation is published whole or not at all, and nothing else writes its live row."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from factories import FaqCategoryFactory, FaqIndexPageFactory, make_private, published_home
from made_once import made_once
from translating import (
    ENGLISH,
    faq_index,
    faq_question,
    keys,
    new,
    state,
    submit,
    translated_question,
    whole,
    write,
)
from wagtail import hooks
from wagtail.models import Locale, ModelLogEntry, Page, PageLogEntry
from wagtail_localize.models import Translation, TranslationLog

from techport_cms.changes.models import Change
from techport_cms.translations import publishing

pytestmark = pytest.mark.django_db


@made_once
def index() -> Page:
    return faq_index()


@made_once
def question(index) -> Page:
    return faq_question(index)


@made_once
def desk(question) -> Translation:
    return translated_question(question)


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("admin"))
    return client


class TestPages:
    def test_a_new_translation_is_public_at_once(self, desk) -> None:
        page = desk.get_target_instance()
        assert (page.live, page.title, page.slug, page.has_unpublished_changes) == (
            True,
            "Why?",
            "why",
            False,
        )
        assert page.live_revision == page.latest_revision
        assert whole(page)
        assert PageLogEntry.objects.filter(page=page.pk, action="wagtail.publish").count() == 1

    def test_what_stands_above_it_stays_unseen_until_it_is_translated(self) -> None:
        home = published_home()
        index = FaqIndexPageFactory(parent=home, title="Vragen", slug="vragen")
        translated_question(faq_question(index))
        for page in (index, home):
            above = page.get_translation(Locale.objects.get(language_code="en"))
            assert (above.live, above.alias_of_id) == (False, None)

    def test_each_record_is_written_once(self, desk) -> None:
        page = desk.get_target_instance()
        changes, audit, logs = keys(Change.objects), keys(PageLogEntry.objects), keys(TranslationLog.objects)
        user = User.objects.create_superuser("admin")
        write(desk, {"title": "Why so?"})
        desk.save_target(user=user)
        page.refresh_from_db()
        assert [(row.kind, row.object_id) for row in new(Change.objects.all(), changes)] == [
            ("publish", str(page.pk))
        ]
        entries = new(PageLogEntry.objects.all(), audit)
        assert [(entry.action, entry.user, entry.revision) for entry in entries] == [
            ("wagtail.rename", user, page.live_revision),
            ("wagtail.publish", user, page.live_revision),
        ]
        assert [log.revision for log in new(TranslationLog.objects.all(), logs)] == [page.live_revision]

    def test_a_draft_leaves_the_live_row_alone(self, desk) -> None:
        before = state(desk)
        write(desk, {"title": "Why so?", "slug": "why-so", "answer": "It is."})
        desk.save_target(publish=False)
        after, page = state(desk), desk.get_target_instance()
        bookkeeping = {
            "latest_revision_id",
            "latest_revision_created_at",
            "draft_title",
            "has_unpublished_changes",
        }
        changed = {name for name, value in after["row"].items() if value != before["row"][name]}
        assert changed == bookkeeping
        assert after["changes"] == before["changes"]
        assert page.get_latest_revision_as_object().title == page.draft_title == "Why so?"
        assert len(after["log"]) == len(before["log"]) + 1

    def test_a_draft_is_published_later(self, desk) -> None:
        write(desk, {"title": "Why so?"})
        desk.save_target(publish=False)
        desk.get_target_instance().get_latest_revision().publish()
        page = desk.get_target_instance()
        assert page.title == "Why so?"
        assert whole(page)

    def test_a_new_draft_is_not_public(self, question) -> None:
        changes = keys(Change.objects)
        translation = submit(question)
        write(translation, ENGLISH)
        translation.save_target(publish=False)
        page = translation.get_target_instance()
        assert (page.live, page.title, page.live_revision) == (False, "Why?", None)
        assert new(Change.objects.all(), changes) == []

    def test_aliases_follow(self, desk) -> None:
        page = desk.get_target_instance()
        alias = page.create_alias(update_slug="because")
        write(desk, {"title": "Why so?"})
        desk.save_target(publish=False)
        alias.refresh_from_db()
        assert alias.title == "Why?"
        changes = keys(Change.objects)
        desk.save_target()
        alias.refresh_from_db()
        assert (alias.title, alias.slug) == ("Why so?", "because")
        assert {change.object_id for change in new(Change.objects.all(), changes)} == {
            str(page.pk),
            str(alias.pk),
        }

    def test_a_live_alias_becomes_a_page(self, question) -> None:
        english = Locale.objects.get(language_code="en")
        alias = question.copy_for_translation(english, alias=True)
        translation = submit(question)
        write(translation, ENGLISH)
        translation.save_target(publish=False)
        page = translation.get_target_instance()
        assert (page.pk, page.alias_of, page.title, page.draft_title) == (alias.pk, None, "Waarom?", "Why?")
        assert whole(page)
        assert PageLogEntry.objects.filter(page=page.pk, action="wagtail.convert_alias").exists()
        translation.save_target()
        assert translation.get_target_instance().title == "Why?"

    def test_a_restriction_is_copied(self, desk, question) -> None:
        make_private(question)
        desk.save_target()
        assert desk.get_target_instance().view_restrictions.count() == 1


class TestSnippets:
    @pytest.fixture
    def category(self, index) -> Any:
        category = FaqCategoryFactory(name="Onderwijs", slug="onderwijs", live=False)
        category.save_revision().publish()
        category.refresh_from_db()
        return category

    def test_with_drafts(self, category) -> None:
        translation = submit(category)
        write(translation, {"name": "Education", "slug": "education"})
        changes = keys(Change.objects)
        translation.save_target(publish=False)
        term = translation.get_target_instance()
        assert (term.live, term.live_revision, term.first_published_at) == (False, None, None)
        assert new(Change.objects.all(), changes) == []

        translation.save_target()
        term.refresh_from_db()
        assert (term.live, term.name, term.live_revision) == (True, "Education", term.latest_revision)
        assert [change.kind for change in new(Change.objects.all(), changes)] == ["publish"]
        published = ModelLogEntry.objects.filter(object_id=str(term.pk), action="wagtail.publish")
        assert published.count() == 1

        write(translation, {"name": "Learning"})
        translation.save_target(publish=False)
        term.refresh_from_db()
        assert (term.live, term.name) == (True, "Education")
        assert term.get_latest_revision_as_object().name == "Learning"

    def test_an_error_in_the_middle(self, category, monkeypatch) -> None:
        translation = submit(category)
        monkeypatch.setattr(publishing, "_publish", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            translation.save_target()
        assert not translation.source.object.has_translation(translation.target_locale)

    def test_without_drafts(self, index, monkeypatch) -> None:
        """No snippet of this site is without drafts; this one is a term that says so."""
        monkeypatch.setattr(publishing, "DraftStateMixin", type("Nothing", (), {}))
        monkeypatch.setattr(publishing, "RevisionMixin", type("Nothing", (), {}))
        translation = submit(FaqCategoryFactory(name="Onderwijs", slug="onderwijs"))
        write(translation, {"name": "Education", "slug": "education"})
        with pytest.raises(publishing.CannotSaveDraftError):
            translation.save_target(publish=False)
        translation.save_target()
        term = translation.get_target_instance()
        assert (term.name, term.latest_revision) == ("Education", None)


class TestThroughTheAdmin:
    def test_the_translation_editor(self, desk, admin) -> None:
        page = desk.get_target_instance()
        write(desk, {"title": "Why so?"})
        admin.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), {"action": "publish"})
        page.refresh_from_db()
        assert page.title == "Why so?"
        assert whole(page)
        entry = PageLogEntry.objects.filter(page=page.pk, action="wagtail.publish").first()
        assert entry.user.username == "admin"

    def test_updating_from_the_source(self, desk, admin, question) -> None:
        question.seo_title = "Waarom Techport bestaat"
        question.save_revision().publish()
        write(desk, {"title": "Why so?"})
        url = reverse("wagtail_localize:update_translations", args=[desk.source_id])
        admin.post(url, {"publish_translations": "on"})
        page = desk.get_target_instance()
        assert (page.title, page.seo_title) == ("Why so?", "Waarom Techport bestaat")
        assert whole(page)

    def test_updating_publishes_for_nobody_who_may_not(self, desk, client) -> None:
        user = User.objects.create_user("translator")
        wanted = ("access_admin", "submit_translation")
        user.user_permissions.add(*Permission.objects.filter(codename__in=wanted))
        client.force_login(user)
        write(desk, {"title": "Why so?"})
        before = state(desk)
        url = reverse("wagtail_localize:update_translations", args=[desk.source_id])
        client.post(url, {"publish_translations": "on"})
        assert state(desk) == before

    def test_the_hook(self, desk, admin, question) -> None:
        told = []
        hook = hooks.register_temporarily("after_publish_page", lambda *told_of: told.append(told_of))
        page = desk.get_target_instance()
        with hook:
            admin.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), {"action": "publish"})
            desk.save_target(publish=False)
            desk.save_target()
        ((request, published),) = told
        assert (request.user.username, published, published.live) == ("admin", page, True)
