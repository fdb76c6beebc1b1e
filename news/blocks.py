from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.models import Page, PageQuerySet

from techport_cms.content.blocks import SYNCHRONISED, TRANSLATED, ExcerptBlock, locale_of
from techport_cms.core.pictures import expect_pictures
from techport_cms.core.references import expect_pages, public_parent
from techport_cms.core.schemas import array, closed, nullable, ref
from techport_cms.core.together import once
from techport_cms.core.visibility import public_pages


class LatestNewsBlock(ExcerptBlock):
    """The newest articles in the language: no choice to keep in step with translations."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    count = blocks.IntegerBlock(label=_("Number of articles"), min_value=1, max_value=12, default=3)

    translation_policy = {"heading": TRANSLATED, "count": SYNCHRONISED}
    api_schema = closed({"heading": {"type": "string"}, "articles": array(nullable(ref("PageLink")))})

    class Meta:
        icon = "calendar-alt"
        label = _("News")
        description = _("The newest articles, with their pictures.")
        template = "news/blocks/latest_news.html"
        preview_value = {"heading": "Nieuw", "count": 3}

    def expect_excerpt(self, value: Any, page: Page | None) -> None:
        articles = once(shown_articles, locale_of(page), value["count"])
        expect_pictures(article.hero_image for article in articles)
        expect_pages(parents_of=articles[:1])

    def get_context(self, value: Any, parent_context: dict | None = None) -> dict:
        context = super().get_context(value, parent_context)
        context["articles"] = articles = once(shown_articles, locale_of(context.get("page")), value["count"])
        expect_pictures(article.hero_image for article in articles)
        context["index"] = public_parent(articles[0]) if articles else None
        return context

    def public_pages(self, locale_id: int | None, value: Any) -> PageQuerySet:
        return newest_articles(locale_id, value["count"])

    def get_api_representation(self, value: Any, context: dict | None = None) -> dict:
        return {"heading": value["heading"], "articles": self.links(value, context)}


def newest_articles(locale_id: int | None, count: int) -> PageQuerySet:
    """The newest public articles in this language (in all without one)."""
    from .models import ArticlePage  # models.py of a host project may import this module

    articles = public_pages(ArticlePage.objects.newest_first()).select_related(
        "topic", "hero_image", "locale"
    )
    if locale_id is not None:
        articles = articles.filter(locale_id=locale_id)
    return articles.defer_streamfields()[:count]


def shown_articles(locale_id: int | None, count: int) -> list[Page]:
    """The same as a list, for `once`."""
    return list(newest_articles(locale_id, count))
