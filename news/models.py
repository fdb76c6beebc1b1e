"""News: an index with topics, an archive and a feed, and the articles."""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.api import APIField
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model_string
from wagtail.images.models import AbstractImage
from wagtail.models import Page, PageManager, PageQuerySet
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from techport_cms.content.blocks import RICH_TEXT_FEATURES, BodyBlocks, PageBlock
from techport_cms.content.filters import Catalogue, Filter, FilteredList
from techport_cms.content.models import AbstractTerm, BasePage, IndexPage
from techport_cms.content.serializers import ImageField, PageLinksField, TermField
from techport_cms.core.kept import kept, kept_of
from techport_cms.core.pictures import expect_pictures
from techport_cms.core.references import public_pages_by_id
from techport_cms.core.specific import listed
from techport_cms.core.visibility import is_public_snippet, public_pages

from .feed import news_feed

FEED_PATH = "feed"
SAME_TOPIC = 3  # articles shown below one for which none are chosen


class Topic(AbstractTerm):
    class Meta(AbstractTerm.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


class NewsIndexPage(RoutablePageMixin, IndexPage):
    introduction = RichTextField(_("introduction"), features=RICH_TEXT_FEATURES, blank=True)

    subpage_types = ["news.ArticlePage"]
    page_description = _("All articles, the newest first, by topic and year, and as a feed.")
    template = "news/news_index_page.html"
    articles_per_page = 12
    articles_in_feed = 20

    content_panels = [*IndexPage.content_panels, FieldPanel("introduction")]
    search_fields = [*IndexPage.search_fields, index.SearchField("introduction")]
    api_fields = [*IndexPage.api_fields, APIField("introduction"), APIField("feed_url")]
    translatable_fields = [*IndexPage.translatable_fields, TranslatableField("introduction")]

    class Meta:
        verbose_name = _("news overview")

    @property
    def feed_url(self) -> str | None:
        """The absolute address of the feed, for `<link rel="alternate">`."""
        url = self.get_full_url()
        return f"{url}{self.reverse_subpage('feed')}" if url else None

    def articles(self) -> PageQuerySet:
        """The public articles, the newest first."""
        return public_pages(ArticlePage.objects.child_of(self)).newest_first()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        catalogue = archive_below(self.path)
        url = self.get_url(request)
        archive = FilteredList(catalogue, archive_filters(catalogue), request.GET, url)
        page = archive.page(request, self.articles_per_page, articles_shown)
        with_lead = page.number == 1 and not archive.chosen
        context["articles"] = page
        context["lead"] = next(iter(page), None) if with_lead else None
        context["others"] = page[1:] if with_lead else list(page)
        context["count"] = len(archive)
        for name in ("topic", "year"):
            context[f"{name}_options"] = SimpleLazyObject(partial(archive.options, name))
            context[f"any_{name}"] = SimpleLazyObject(partial(archive.without, name))
        # For `{% keep %}`, of the choices without any filter; a draft may have another address.
        context["choices_key"] = "" if archive.chosen else f"{self.path} {url}"
        context["active_filters"] = archive.active()
        return context

    @path(f"{FEED_PATH}/", name="feed")
    def feed(self, request: HttpRequest) -> HttpResponse:
        articles = self.articles().select_related("topic").defer_streamfields()
        feed = news_feed(self, articles[: self.articles_in_feed], request)
        return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


class Facets(NamedTuple):
    """What the archive is filtered by. The topic is empty where it is not public."""

    year: str
    topic_order: int
    topic_name: str
    topic: str  # slug


def archive_below(path: str) -> Catalogue[Facets]:
    """The public articles below the index at this place of the tree, the newest first."""
    return kept_of(ArticlePage, ("articles", path), lambda: archive_catalogue(articles_below(path)))


def articles_below(path: str) -> PageQuerySet:
    interval = Page._get_children_path_interval(path)
    return public_pages(ArticlePage.objects.filter(path__range=interval)).newest_first()


def archive_catalogue(articles: PageQuerySet) -> Catalogue[Facets]:
    fields = ("pk", "date", "topic__live", "topic__sort_order", "topic__name", "topic__slug")
    return Catalogue(
        (pk, "", Facets(str(date.year), *(topic if is_public else (0, "", ""))))
        for pk, date, is_public, *topic in articles.values_list(*fields)
    )


def newest_on(topic: str, path: str) -> list[int]:
    """The primary keys of the newest articles on a topic below the index at this place, one to spare."""

    def find() -> list[int]:
        found = (key for key, facets in archive_below(path) if facets.topic == topic)
        return list(islice(found, SAME_TOPIC + 1))

    return kept(("newest on", path, topic), find)


def beside(key: int, keys: Sequence[int]) -> tuple[int | None, int | None]:
    """What comes after and before it among these, the newest first."""
    if key not in keys:
        return None, None
    place = keys.index(key)
    return next(iter(keys[place + 1 : place + 2]), None), keys[place - 1] if place else None


def archive_filters(catalogue: Catalogue[Facets]) -> list[Filter]:
    """How readers narrow the news down. The choices are the topics and years that articles have."""
    topics = {(facets.topic_order, facets.topic_name, facets.topic) for facets in catalogue.facets}
    years = {facets.year for facets in catalogue.facets}
    return [
        Filter(
            "topic",
            lambda facets: facets.topic,
            [(slug, name) for _order, name, slug in sorted(topics) if slug],
        ),
        Filter(
            "year",
            lambda facets: facets.year,
            [(year, year) for year in sorted(years, reverse=True)],
        ),
    ]


def articles_shown(keys: Iterable[int]) -> list["ArticlePage"]:
    def then(articles: Iterable[ArticlePage]) -> None:
        expect_pictures(article.hero_image for article in articles)

    return listed(ArticlePage, keys, ("topic", "hero_image"), then=then)


class ArticleQuerySet(PageQuerySet):
    def newest_first(self) -> "ArticleQuerySet":
        return self.order_by("-date", "-path")


class ArticlePage(BasePage):
    date = models.DateField(_("date"), default=timezone.localdate)
    topic = models.ForeignKey(
        Topic,
        verbose_name=_("topic"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="articles",
    )
    introduction = models.TextField(
        _("introduction"),
        blank=True,
        help_text=_("One or two sentences, shown in lists and in the feed too."),
    )
    hero_image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("main image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    body = StreamField(BodyBlocks(), verbose_name=_("body"), blank=True)
    related = StreamField(
        [("page", PageBlock(label=_("Page")))],
        verbose_name=_("related pages"),
        blank=True,
        max_num=4,
        help_text=_(
            "Partners, questions or other articles. Without them, articles on the same topic are shown."
        ),
    )

    objects = PageManager.from_queryset(ArticleQuerySet)()

    parent_page_types = ["news.NewsIndexPage"]
    subpage_types: list[str] = []
    shown_relations = ("social_image", "hero_image", "topic")
    page_description = _("One article, with a date and a topic.")
    template = "news/article_page.html"
    og_type = "article"

    content_panels = [
        *BasePage.content_panels,
        FieldRowPanel(["date", "topic"]),
        FieldPanel("introduction"),
        FieldPanel("hero_image"),
        FieldPanel("body"),
        FieldPanel("related"),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("introduction"),
        index.SearchField("body"),
        index.FilterField("date"),
        index.FilterField("topic"),
    ]
    api_fields = [
        *BasePage.api_fields,
        APIField("date"),
        APIField("topic", serializer=TermField()),
        APIField("introduction"),
        APIField("hero_image", serializer=ImageField()),
        APIField("body"),
        APIField("related", serializer=PageLinksField()),
    ]
    translatable_fields = [
        *BasePage.translatable_fields,
        SynchronizedField("date", overridable=False),
        TranslatableField("topic"),
        TranslatableField("introduction"),
        SynchronizedField("hero_image"),
        TranslatableField("body"),
        TranslatableField("related"),  # each page in it is a segment that a translator may override
    ]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    @property
    def share_image(self) -> AbstractImage | None:
        return self.social_image or self.hero_image

    @property
    def public_topic(self) -> Topic | None:
        return self.topic if is_public_snippet(self.topic) else None

    def clean(self) -> None:
        super().clean()
        if self.slug == FEED_PATH:
            raise ValidationError({"slug": _("This is the address of the feed. Choose another one.")})

    def same_topic(self) -> list[int]:
        """The primary keys of the newest other articles on the topic of this one."""
        topic = self.public_topic
        if topic is None:
            return []
        newest = newest_on(topic.slug, self.path[: -self.steplen])
        return [key for key in newest if key != self.pk][:SAME_TOPIC]

    def neighbours(self) -> tuple[int | None, int | None]:
        """The primary keys of the next older and the next newer article; none of a draft."""
        archive = archive_below(self.path[: -self.steplen])
        return kept(("beside", self.pk), lambda: beside(self.pk, archive.keys))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With titles and addresses of the pages chosen as related, or else of some on the same topic."""
        context = super().get_context(request, *args, **kwargs)
        # As they are stored: the block would load each page, which may not even be public.
        chosen = [item["value"] for item in self.related.raw_data if item["value"]]
        same_topic, (older, newer) = self.same_topic(), self.neighbours()
        public = public_pages_by_id([*chosen, *same_topic, *filter(None, (older, newer))])
        related = [public[key] for key in chosen if public[key]]
        context["related_pages"] = related or [public[key] for key in same_topic if public[key]]
        context["older"], context["newer"] = (public[key] if key else None for key in (older, newer))
        return context
