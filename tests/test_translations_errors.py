"""A translation that cannot be published leaves what was there, and says what is wrong."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from factories import FaqCategoryFactory, FaqIndexPageFactory, QuestionPageFactory
from made_once import made_once
from translating import ENGLISH, faq_index, faq_question, state, submit, translated_question, whole, write
from wagtail.actions.copy_for_translation import ParentNotTranslatedError
from wagtail.models import Page, PageLogEntry, ReferenceIndex
from wagtail_localize.models import (
    MissingRelatedObjectError,
    MissingTranslationError,
    StringTranslation,
    Translation,
    TranslationLog,
    TranslationSource,
)

from techport_cms.changes.models import Change
from techport_cms.translations import publishing

pytestmark = pytest.mark.django_db

LONG = "W" * 300


@made_once
def index() -> Page:
    return faq_index()


@made_once
def question(index) -> Page:
    return faq_question(index)


@made_once
def desk(question) -> Translation:
    return translated_question(question)


@pytest.mark.parametrize(
    "place",
    [
        (Page, "update_aliases"),
        (TranslationSource, "sync_view_restrictions"),
        (TranslationLog, "save"),
        (ReferenceIndex, "create_or_update_for_object"),
        (PageLogEntry, "save"),
        (Change, "_prepare_related_fields_for_save"),
    ],
    ids=lambda place: f"{place[0].__name__}.{place[1]}",
)
@pytest.mark.parametrize("publish", [True, False], ids=["publish", "draft"])
def test_an_error_in_the_middle_leaves_nothing(desk, monkeypatch, place, publish) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("half-way")

    desk.get_target_instance().create_alias(update_slug="because")
    write(desk, {"title": "Why so?"})
    before = state(desk)
    monkeypatch.setattr(*place, fail)
    try:
        desk.save_target(publish=publish)
    except RuntimeError:
        assert state(desk) == before
    else:
        assert not publish, "nothing failed"


def test_a_translation_that_fails_is_not_begun(question, monkeypatch) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("half-way")

    translation = submit(question)
    monkeypatch.setattr(publishing, "_publish", fail)
    with pytest.raises(RuntimeError):
        translation.save_target()
    assert not question.has_translation(translation.target_locale)


class TestErrors:
    def test_what_is_wrong_is_kept_at_the_text(self, desk) -> None:
        write(desk, {"seo_title": LONG})
        before = state(desk)
        with pytest.raises(ValidationError):
            desk.save_target()
        wrong = StringTranslation.objects.get(has_error=True)
        assert (wrong.context.path, state(desk)) == ("seo_title", before)
        assert "255" in wrong.get_error()

    def test_a_new_translation_with_an_error_can_be_mended(self, question) -> None:
        translation = submit(question)
        write(translation, {"seo_title": LONG})
        with pytest.raises(ValidationError):
            translation.save_target()
        assert not translation.get_target_instance().live
        write(translation, ENGLISH)
        StringTranslation.objects.update(has_error=False)
        translation.save_target()
        assert whole(translation.get_target_instance())

    def test_a_slug_that_is_taken(self, desk, index) -> None:
        english = desk.get_target_instance().get_parent()
        QuestionPageFactory(parent=english, title="So?", slug="so")
        write(desk, {"slug": "so"})
        desk.save_target()
        page = desk.get_target_instance()
        assert page.slug == "so-1"
        assert whole(page)

    def test_a_text_that_is_missing(self, question) -> None:
        translation = submit(question)
        write(translation, {"title": "Why?"})
        with pytest.raises(MissingTranslationError):
            translation.source.create_or_update_translation(translation.target_locale)
        assert not question.has_translation(translation.target_locale)
        page, created = translation.source.create_or_update_translation(
            translation.target_locale, fallback=True
        )
        assert (created, page.title, page.seo_title) == (True, "Why?", "Waarom Techport")

    def test_a_related_object_that_is_missing(self, question) -> None:
        question.category = FaqCategoryFactory()
        question.save_revision().publish()
        translation = submit(question)
        write(translation, {**ENGLISH, "answer": "Because."})
        with pytest.raises(MissingRelatedObjectError):
            translation.source.create_or_update_translation(translation.target_locale)
        translation.save_target()
        assert translation.get_target_instance().live

    def test_a_parent_that_is_not_translated(self, index) -> None:
        other = FaqIndexPageFactory(parent=index.get_parent(), title="Meer", slug="meer")
        page = QuestionPageFactory(parent=other, title="Hoe?", slug="hoe")
        translation = submit(page)
        with pytest.raises(ParentNotTranslatedError):
            translation.source.create_or_update_translation(translation.target_locale, fallback=True)
        translation.save_target(publish=False)
        assert page.has_translation(translation.target_locale)

    def test_who_may_not_publish(self, desk) -> None:
        write(desk, {"title": "Why so?"})
        before = state(desk)
        with pytest.raises(PermissionDenied):
            desk.save_target(user=User.objects.create_user("anybody"))
        assert state(desk) == before


@pytest.mark.parametrize("publish", [True, False], ids=["publish", "draft"])
def test_no_reader_of_english_meets_dutch(desk, client, monkeypatch, question, publish) -> None:
    """Neither while a changed source is taken over as a draft, nor when publishing it fails."""

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("half-way")

    english = desk.get_target_instance()
    question.title, question.answer = "Hoezo dan?", [("paragraph", "<p>Zomaar.</p>")]
    question.save_revision().publish()
    desk.source.update_from_db()
    if publish:
        monkeypatch.setattr(Page, "update_aliases", fail)
        with pytest.raises(RuntimeError):
            desk.save_target()
    else:
        desk.save_target(publish=False)
    for path in (english.url, f"/api/v2/pages/{english.pk}/", english.get_parent().url):
        answer = client.get(path)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "Why?" in text
        assert "Hoezo" not in text
        assert "Zomaar" not in text
