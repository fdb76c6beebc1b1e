"""Which translations are of the source as it is published now, which are outdated, and what it costs."""

import threading
import time
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.urls import reverse
from factories import FaqCategoryFactory, QuestionPageFactory, translated
from made_once import made_once
from translating import ENGLISH, faq_index, faq_question, submit, translated_question, write
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation

from faq.models import QuestionPage
from techport_cms.changes.models import Change
from techport_cms.core import translation_state
from techport_cms.core.translation_state import TranslationState as State
from techport_cms.core.translation_state import TranslationStatus as Status
from techport_cms.core.translation_state import translation_status
from techport_cms.translations.freshness import settle
from techport_cms.translations.models import Freshness

pytestmark = pytest.mark.django_db


@made_once
def index() -> Page:
    return faq_index()


@made_once
def question(index) -> QuestionPage:
    return faq_question(index)


@made_once
def desk(question) -> Translation:
    return translated_question(question)


def status(item: Any) -> Status:
    item = type(item)._default_manager.get(pk=item.pk)
    return translation_status([item])[item.pk]


def publish(page: Page, **values: Any) -> None:
    page = page.specific_class.objects.get(pk=page.pk)
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()


def logged(item: Any) -> int:
    return Change.objects.filter(object_id=str(item.pk)).count()


class TestAtTheDesk:
    def test_the_translation_of_what_is_published_is_current(self, desk, question) -> None:
        assert status(question) == Status(State.SOURCE)
        assert status(desk.get_target_instance()) == Status(State.CURRENT)

    def test_outdated_from_the_moment_that_the_source_is_published(self, desk, question) -> None:
        english = desk.get_target_instance()
        before = logged(english)
        publish(question, title="Waarom toch?")
        question.refresh_from_db()
        outdated = status(english)
        assert outdated.state == State.OUTDATED
        assert isinstance(outdated.outdated_since, datetime)
        assert outdated.outdated_since >= question.last_published_at
        assert logged(english) == before + 1  # caches and feeds are told

        publish(question, title="Waarom dan toch?")
        assert status(english) == outdated  # since the first change that it does not have
        assert logged(english) == before + 1

    def test_a_draft_of_the_source_changes_nothing(self, desk, question) -> None:
        question.title = "Waarom toch?"
        question.save_revision()
        assert status(desk.get_target_instance()).state == State.CURRENT

    def test_publishing_the_same_texts_changes_nothing(self, desk, question) -> None:
        english = desk.get_target_instance()
        before = logged(english)
        publish(question, answer=[("paragraph", "<p>Daarom.</p>")])  # anew: the block has another id
        assert status(english).state == State.CURRENT
        assert logged(english) == before

    def test_the_old_text_makes_it_current_again(self, desk, question) -> None:
        english = desk.get_target_instance()
        publish(question, title="Waarom toch?")
        before = logged(english)
        publish(question, title="Waarom?")
        assert status(english) == Status(State.CURRENT)
        assert logged(english) == before + 1

    def test_current_once_the_change_was_taken_over_and_published(self, desk, question) -> None:
        english = desk.get_target_instance()
        publish(question, title="Waarom toch?")
        write(desk, {"seo_title": "Why Techport is there"})
        desk.save_target()  # the translator has not seen the change yet
        assert status(english).state == State.OUTDATED

        desk.source.update_from_db()
        assert status(english).state == State.OUTDATED
        write(desk, {"title": "But why?"})
        desk.save_target(publish=False)
        assert status(english).state == State.OUTDATED
        english.refresh_from_db()
        english.get_latest_revision().publish()
        assert status(english) == Status(State.CURRENT)

    def test_a_sentence_in_the_language_of_the_source_is_no_translation(self, desk, question) -> None:
        """As "Publish immediately" does it when a page is synchronised."""
        english = desk.get_target_instance()
        publish(question, title="Waarom toch?")
        since = status(english).outdated_since
        desk.source.update_from_db()
        desk.save_target()
        assert status(english) == Status(State.OUTDATED, since)
        write(desk, {"title": "But why?"})
        desk.save_target()
        assert status(english) == Status(State.CURRENT)

    def test_an_unfinished_one_is_outdated_from_its_first_day(self, question) -> None:
        desk = submit(question)
        write(desk, ENGLISH)  # without the answer
        desk.save_target()
        assert status(desk.get_target_instance()).state == State.OUTDATED

    def test_a_draft_is_not_there_for_readers(self, question) -> None:
        desk = submit(question)
        write(desk, ENGLISH)
        desk.save_target(publish=False)
        assert status(desk.get_target_instance()) == Status(State.MISSING)

    def test_an_older_draft_is_published_after_the_source_has_changed(self, desk, question) -> None:
        english = desk.get_target_instance()
        write(desk, {"seo_title": "Why Techport is there"})
        desk.save_target(publish=False)
        publish(question, title="Waarom toch?")
        english.refresh_from_db()
        english.get_latest_revision().publish()
        assert status(english).state == State.OUTDATED

    def test_an_unpublished_source_says_nothing_new(self, desk, question) -> None:
        english = desk.get_target_instance()
        question.refresh_from_db()
        question.unpublish()
        assert status(question).state == State.SOURCE
        assert status(english).state == State.CURRENT
        publish(question, title="Waarom toch?")
        assert status(english).state == State.OUTDATED

    def test_an_unpublished_translation(self, desk, question) -> None:
        english = desk.get_target_instance()
        english.unpublish()
        assert status(english).state == State.MISSING
        publish(question, title="Waarom toch?")
        english.refresh_from_db()
        english.get_latest_revision().publish()
        assert status(english).state == State.OUTDATED

    def test_several_in_one_action_of_the_admin(self, index, client) -> None:
        questions = [faq_question(index, slug=f"waarom-{number}") for number in range(3)]
        english = [translated_question(question).get_target_instance() for question in questions]
        for question in questions:
            question.title = "Waarom toch?"
            question.save_revision()
        client.force_login(User.objects.create_superuser("admin"))
        ids = "&".join(f"id={question.pk}" for question in questions)
        client.post(reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?{ids}")
        assert {status(page).state for page in english} == {State.OUTDATED}


class TestWhoIsTheSource:
    def test_a_page_that_was_born_in_english(self, index) -> None:
        english_index = index.get_translation(Locale.objects.get(language_code="en"))
        english = QuestionPageFactory(parent=english_index, title="Why?", slug="why", answer=[])
        publish(english)
        source = submit(english)
        desk = Translation.objects.get(pk=source.pk)
        Translation.objects.filter(pk=desk.pk).update(
            target_locale=Locale.objects.get(language_code="nl"), enabled=True
        )
        desk.refresh_from_db()
        write(desk, {"title": "Waarom?", "slug": "waarom"})
        desk.save_target()
        dutch = desk.get_target_instance()
        assert status(english).state == State.SOURCE
        assert status(dutch).state == State.CURRENT
        publish(english, title="But why?")
        assert status(dutch).state == State.OUTDATED
        publish(dutch, title="Maar waarom?")  # another title in Dutch says nothing about the English page
        assert status(english).state == State.SOURCE

    def test_a_translation_that_is_translated_further(self, desk) -> None:
        french = Locale.objects.create(language_code="fr")
        english = desk.get_target_instance()
        english.get_parent().specific.copy_for_translation(french, copy_parents=True)
        third = submit(english)
        Translation.objects.filter(pk=third.pk).update(target_locale=french)
        third.refresh_from_db()
        write(third, {"title": "Pourquoi ?", "slug": "pourquoi", "seo_title": "Techport", "answer": "Parce."})
        third.save_target()
        page = third.get_target_instance()
        publish(desk.source.get_source_instance(), title="Waarom toch?")
        assert status(english).state == State.OUTDATED
        assert status(page).state == State.CURRENT
        publish(english, title="But why?")
        assert status(page).state == State.OUTDATED

    def test_without_the_desk_the_oldest_is_the_source(self, question) -> None:
        english = translated(question, "en", title="Why?", slug="why")
        assert (status(question).state, status(english).state) == (State.SOURCE, State.CURRENT)
        publish(question, title="Waarom toch?")
        assert status(english).state == State.OUTDATED
        publish(english, title="But why?")  # by hand: who does it has looked at the source
        assert status(english).state == State.CURRENT

    def test_a_synchronised_translation_that_was_stopped(self, desk, question) -> None:
        english = desk.get_target_instance()
        Translation.objects.update(enabled=False)
        publish(question, title="Waarom toch?")
        assert status(english).state == State.OUTDATED
        publish(english, title="But why?")
        assert status(english).state == State.CURRENT

    def test_published_before_its_source(self, index) -> None:
        question = QuestionPageFactory(parent=index, title="Waarom?", slug="waarom", live=False, answer=[])
        english = translated(question, "en", title="Why?", slug="why")
        assert (status(question).state, status(english).state) == (State.SOURCE, State.CURRENT)
        publish(question)
        assert status(english).state == State.CURRENT
        publish(question, title="Waarom toch?")
        assert status(english).state == State.OUTDATED

    def test_what_is_left_when_the_source_is_deleted_is_a_source(self, desk, question) -> None:
        english = desk.get_target_instance()
        before = logged(english)
        QuestionPage.objects.get(pk=question.pk).delete()
        assert status(english).state == State.SOURCE
        assert logged(english) == before + 1
        english.delete()
        assert not Freshness.objects.filter(translation_key=question.translation_key).exists()


class TestSnippets:
    def test_with_drafts(self, index) -> None:
        category = FaqCategoryFactory(name="Onderwijs", slug="onderwijs", live=False)
        category.save_revision().publish()
        desk = submit(category)
        write(desk, {"name": "Education", "slug": "education"})
        desk.save_target()
        english = desk.get_target_instance()
        assert (status(category).state, status(english).state) == (State.SOURCE, State.CURRENT)
        before = logged(english)
        category.refresh_from_db()
        category.name = "Leren"
        category.save_revision().publish()
        assert status(english).state == State.OUTDATED
        assert logged(english) == before + 1

    def test_without_drafts(self, index, monkeypatch) -> None:
        """No snippet of this site is without drafts; this one is a term that says so."""
        from techport_cms.translations import freshness, publishing

        for module in (freshness, publishing):
            monkeypatch.setattr(module, "DraftStateMixin", type("Nothing", (), {}))
        monkeypatch.setattr(publishing, "RevisionMixin", type("Nothing", (), {}))
        category = FaqCategoryFactory(name="Onderwijs", slug="onderwijs")
        desk = submit(category)
        write(desk, {"name": "Education", "slug": "education"})
        desk.save_target()
        english = desk.get_target_instance()
        assert (status(category).state, status(english).state) == (State.SOURCE, State.CURRENT)
        category.name = "Leren"
        category.save()
        desk.save_target()
        assert status(english).state == State.OUTDATED
        desk.source.update_from_db()
        write(desk, {"name": "Learning"})
        desk.save_target()
        assert status(english).state == State.CURRENT


class TestTheQuestion:
    def test_without_a_provider(self, question, monkeypatch) -> None:
        monkeypatch.setattr(translation_state, "_providers", [])
        english = translated(question, "en", title="Why?", slug="why")
        draft = QuestionPageFactory(parent=question.get_parent(), live=False, answer=[])
        assert status(question) == Status(State.SOURCE)
        assert status(english) == Status(State.TRANSLATED)
        assert status(draft) == Status(State.SOURCE)
        english.unpublish()
        assert status(english) == Status(State.MISSING)

    def test_in_another_language_than_was_asked_for(self, question) -> None:
        english = Locale.objects.get(language_code="en")
        assert translation_status([question], english)[question.pk] == Status(State.FALLBACK)
        assert translation_status([question], question.locale)[question.pk] == Status(State.SOURCE)

    def test_what_nobody_saw_being_published_is_unknown(self, desk, question) -> None:
        """As on a site that had translations before this app came."""
        Freshness.objects.all().delete()
        english = desk.get_target_instance()
        assert (status(question).state, status(english).state) == (State.SOURCE, State.TRANSLATED)
        publish(question, title="Waarom toch?")
        assert status(english).state == State.TRANSLATED

    @pytest.mark.parametrize("count", [2, 20])
    @pytest.mark.parametrize(("provided", "queries"), [(True, 1), (False, 2)])
    def test_costs_the_same_for_any_number(
        self, index, count, provided, queries, django_assert_num_queries
    ) -> None:
        questions = [
            QuestionPageFactory(parent=index, slug=f"vraag-{number}", answer=[]) for number in range(count)
        ]
        if provided:
            for question in questions:
                publish(question)
        pages = [index, *questions] if not provided else questions
        with django_assert_num_queries(queries):
            assert {found.state for found in translation_status(pages).values()} == {State.SOURCE}

    def test_nothing_asked_nothing_answered(self, django_assert_num_queries) -> None:
        with django_assert_num_queries(0):
            assert translation_status([]) == {}


@pytest.mark.parametrize(("siblings", "queries"), [(0, 3), (1, 3)])
def test_what_deciding_costs_when_a_source_is_published(
    index, siblings, queries, django_assert_num_queries
) -> None:
    question = faq_question(index)
    if siblings:
        translated_question(question)
    page = QuestionPage.objects.get(pk=question.pk)
    with django_assert_num_queries(queries):
        settle(page)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_source_and_translation_published_at_the_same_time() -> None:
    """Who decides about the translation waits until the source is committed, and then finds the change."""
    desk = translated_question(faq_question(faq_index()))
    english, done = desk.get_target_instance(), threading.Event()
    made_from = Freshness.objects.get(translation_key=english.translation_key, is_source=False).made_from

    def publish_translation() -> None:
        try:
            settle(english, made_from=made_from)
        finally:
            connection.close()
            done.set()

    thread = threading.Thread(target=publish_translation)
    with transaction.atomic():
        publish(desk.source.get_source_instance(), title="Waarom toch?")
        thread.start()
        while not done.is_set() and not is_somebody_waiting():
            time.sleep(0.05)
        waited = not done.is_set()
    thread.join()
    assert waited
    assert status(english).state == State.OUTDATED


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0
