"""A question of the FAQ on the translator's desk, and everything that publishing it writes."""

from typing import Any

from django.db import models
from factories import FaqIndexPageFactory, QuestionPageFactory, published_home, translated
from wagtail.models import Locale, Page, PageLogEntry, ReferenceIndex
from wagtail_localize.models import (
    StringSegment,
    StringTranslation,
    Translation,
    TranslationLog,
    TranslationSource,
)

from techport_cms.changes.models import Change

ENGLISH = {"title": "Why?", "slug": "why", "seo_title": "Why Techport"}


def faq_index() -> Page:
    """The Dutch overview of the FAQ; its English translation is there too."""
    index = FaqIndexPageFactory(parent=published_home(), title="Vragen", slug="vragen")
    translated(index, "en", title="Questions", slug="questions")
    return index


def faq_question(index: Page, slug: str = "waarom") -> Page:
    page = QuestionPageFactory(
        parent=index,
        title="Waarom?",
        slug=slug,
        seo_title="Waarom Techport",
        answer=[("paragraph", "<p>Daarom.</p>")],
    )
    page.save_revision().publish()
    return page


def translated_question(question: Page) -> Translation:
    """Translated and published."""
    translation = submit(question)
    write(translation, {**ENGLISH, "answer": "Because."})
    translation.save_target()
    return translation


def submit(original: Any) -> Translation:
    source, _ = TranslationSource.get_or_create_from_instance(original)
    return Translation.objects.create(source=source, target_locale=Locale.objects.get(language_code="en"))


def write(translation: Translation, texts: dict[str, str]) -> None:
    """Texts by the first part of their path."""
    for segment in StringSegment.objects.filter(source=translation.source).select_related("context"):
        text = texts.get(segment.context.path.split(".")[0])
        if text is not None:
            StringTranslation.objects.update_or_create(
                translation_of=segment.string,
                context=segment.context,
                locale=translation.target_locale,
                defaults={"data": text},
            )


def state(translation: Translation) -> dict[str, Any]:
    """Everything that a publish writes."""
    page = translation.get_target_instance()
    return {
        "row": type(page).objects.filter(pk=page.pk).values().get(),
        "aliases": list(Page.objects.filter(alias_of=page.pk).order_by("pk").values()),
        "revisions": list(page.revisions.order_by("pk").values()),
        "audit": list(PageLogEntry.objects.order_by("pk").values()),
        "references": sorted(ReferenceIndex.get_references_for_object(page).values_list("content_path")),
        "changes": list(Change.objects.order_by("pk").values()),
        "log": list(TranslationLog.objects.order_by("pk").values()),
    }


def whole(page: Page) -> bool:
    """Whether the live row is what its live revision says."""
    live = page.live_revision.as_object()
    names = ("title", "slug", "seo_title", "url_path", "answer")
    return all(str(getattr(page, name)) == str(getattr(live, name)) for name in names)


def new(queryset: models.QuerySet, seen: set[int]) -> list[Any]:
    return list(queryset.exclude(pk__in=seen).order_by("pk"))


def keys(queryset: models.QuerySet) -> set[int]:
    return set(queryset.values_list("pk", flat=True))
