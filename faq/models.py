"""Questions and answers: each question is a page of its own, the index shows them all."""

from collections.abc import Iterable
from itertools import groupby, islice
from typing import Any

from django.db import models
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, PageManager, PageQuerySet
from wagtail.search import index
from wagtail_localize.fields import TranslatableField

from techport_cms.content.blocks import RICH_TEXT_FEATURES, AnswerBlocks
from techport_cms.content.models import AbstractTerm, BasePage, IndexPage
from techport_cms.content.serializers import TermField
from techport_cms.core.expectations import expect
from techport_cms.core.kept import kept
from techport_cms.core.prepared import Parameter, parameters, prepared
from techport_cms.core.specific import listed
from techport_cms.core.visibility import is_public_snippet, open_pages, public_pages


class FaqCategory(AbstractTerm):
    class Meta(AbstractTerm.Meta):
        verbose_name = _("question category")
        verbose_name_plural = _("question categories")


class FaqIndexPage(IndexPage):
    introduction = RichTextField(_("introduction"), features=RICH_TEXT_FEATURES, blank=True)

    subpage_types = ["faq.QuestionPage"]
    page_description = _("All questions, in groups, with their answers.")
    template = "faq/faq_index_page.html"

    content_panels = [*IndexPage.content_panels, FieldPanel("introduction")]
    search_fields = [*IndexPage.search_fields, index.SearchField("introduction")]
    api_fields = [*IndexPage.api_fields, APIField("introduction")]
    translatable_fields = [*IndexPage.translatable_fields, TranslatableField("introduction")]

    class Meta:
        verbose_name = _("FAQ overview")

    def questions(self) -> PageQuerySet:
        """The public questions, by category and then in the order of the tree."""
        return public_pages(QuestionPage.objects.child_of(self)).in_reading_order()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        groups = kept(("questions", self.pk), self._groups)
        keys = [key for _category, group in groups for key in group]
        context["questions"] = questions = questions_shown(keys)
        in_order = iter(questions)
        context["groups"] = [
            {"category": category, "questions": list(islice(in_order, len(group)))}
            for category, group in groups
        ]
        return context

    def _groups(self) -> list[tuple[FaqCategory | None, list[int]]]:
        """The categories with the primary keys of their questions."""
        questions = self.questions().defer_streamfields()
        by_category = groupby(questions, key=lambda question: question.public_category)
        return [(category, [question.pk for question in group]) for category, group in by_category]


def questions_shown(keys: Iterable[int]) -> list["QuestionPage"]:
    def then(questions: Iterable[QuestionPage]) -> None:
        expect([question.answer for question in questions])

    return listed(QuestionPage, keys, with_streams=True, then=then)


class QuestionQuerySet(PageQuerySet):
    def in_reading_order(self) -> "QuestionQuerySet":
        """By category (those whose category is a draft or missing come last), then by place in the tree."""
        published = models.Case(models.When(category__live=True, then=F("category__sort_order")))
        return self.select_related("category").order_by(
            published.asc(nulls_last=True),
            models.Case(models.When(category__live=True, then="category_id")),
            "path",
        )


class QuestionPage(BasePage):
    answer = StreamField(AnswerBlocks(), verbose_name=_("answer"))
    category = models.ForeignKey(
        FaqCategory,
        verbose_name=_("category"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="questions",
    )

    objects = PageManager.from_queryset(QuestionQuerySet)()

    parent_page_types = ["faq.FaqIndexPage"]
    subpage_types: list[str] = []
    shown_relations = ("social_image", "category")
    page_description = _("One question with its answer. The title is the question.")
    template = "faq/question_page.html"

    content_panels = [*BasePage.content_panels, FieldPanel("answer"), FieldPanel("category")]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("answer"),
        index.FilterField("category"),
    ]
    api_fields = [
        *BasePage.api_fields,
        APIField("answer"),
        APIField("category", serializer=TermField()),
        APIField("anchor"),
    ]
    translatable_fields = [
        *BasePage.translatable_fields,
        TranslatableField("answer"),
        TranslatableField("category"),
    ]

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    @property
    def anchor(self) -> str:
        """The id of this question on the index page. It outlives a change of title or slug, and
        is the same in every language."""
        return f"q-{str(self.translation_key)[:8]}"

    @property
    def public_category(self) -> FaqCategory | None:
        return self.category if is_public_snippet(self.category) else None

    def neighbours(self) -> list["QuestionPage"]:
        """Other questions of the same category."""
        if self.category_id is None:
            return []
        interval = self._get_children_path_interval(self.path[: -self.steplen])
        return prepared(_others_of_category)(self.path, *interval, self.category_id)


def _others_of_category() -> QuestionQuerySet:
    """Parameters: path of the question, first and last path of its siblings, category."""
    path, *interval = parameters(3, Page._meta.get_field("path"))
    others = open_pages(QuestionPage.objects.filter(path__range=interval).exclude(path=path))
    category = Parameter(3, FaqCategory._meta.pk)
    return others.filter(category=category).order_by("path").defer_streamfields()[:5]
