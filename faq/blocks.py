from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.models import Page, PageQuerySet

from techport_cms.content.blocks import SYNCHRONISED, TRANSLATED, ExcerptBlock, locale_of
from techport_cms.core.expectations import expect
from techport_cms.core.references import expect_pages, public_parent
from techport_cms.core.schemas import array, closed, nullable, ref
from techport_cms.core.together import once
from techport_cms.core.visibility import public_pages


class FaqExcerptBlock(ExcerptBlock):
    """The first questions of the language's own FAQ: no choice to keep in step with translations."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    count = blocks.IntegerBlock(label=_("Number of questions"), min_value=1, max_value=12, default=4)

    translation_policy = {"heading": TRANSLATED, "count": SYNCHRONISED}
    api_schema = closed({"heading": {"type": "string"}, "questions": array(nullable(ref("PageLink")))})

    class Meta:
        icon = "help"
        label = _("Questions")
        description = _("The first questions of the FAQ with their answers.")
        template = "faq/blocks/faq_excerpt.html"
        preview_value = {"heading": "Veelgestelde vragen", "count": 4}

    def expect_excerpt(self, value: Any, page: Page | None) -> None:
        questions = once(shown_questions, locale_of(page), value["count"])
        expect([question.answer for question in questions])
        expect_pages(parents_of=questions[:1])

    def get_context(self, value: Any, parent_context: dict | None = None) -> dict:
        context = super().get_context(value, parent_context)
        context["questions"] = questions = once(
            shown_questions, locale_of(context.get("page")), value["count"]
        )
        context["index"] = public_parent(questions[0]) if questions else None
        return context

    def public_pages(self, locale_id: int | None, value: Any) -> PageQuerySet:
        return first_questions(locale_id, value["count"])

    def get_api_representation(self, value: Any, context: dict | None = None) -> dict:
        return {"heading": value["heading"], "questions": self.links(value, context)}


def first_questions(locale_id: int | None, count: int) -> PageQuerySet:
    """The first public questions in this language (in all without one)."""
    from .models import QuestionPage  # models.py of a host project may import this module

    questions = public_pages(QuestionPage.objects.in_reading_order()).select_related("locale")
    if locale_id is not None:
        questions = questions.filter(locale_id=locale_id)
    return questions[:count]


def shown_questions(locale_id: int | None, count: int) -> list[Page]:
    """The same as a list, for `once`."""
    return list(first_questions(locale_id, count))
