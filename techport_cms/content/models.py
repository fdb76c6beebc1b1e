"""What the content slices share: the base of every page, the base of every term, images."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model_string
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.models import (
    DraftStateMixin,
    Locale,
    Page,
    PageViewRestriction,
    PreviewableMixin,
    RevisionMixin,
    TranslatableMixin,
)
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from techport_cms.core.expectations import expect
from techport_cms.core.sites import url_parts

from .channels import ChannelsField, ChannelsPanel
from .serializers import ImageField, NamesField

# Wagtail sets these itself, never from a form or from a revision, and the database guards them: keys
# to rows that are there, one page for each path and for each translation.
GUARDED = frozenset({
    "alias_of", "content_type", "latest_revision", "live_revision", "locale", "locked_by", "owner", "path",
})  # fmt: skip


class BasePage(Page):
    """A page of ours: a social image, the channels, and a translation policy for the fields of every page.

    A page type adds its own fields to `api_fields`, `translatable_fields` (wagtail-localize's
    TranslatableField and SynchronizedField, one for each editable field) and the panels.
    """

    social_image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("social image"),
        help_text=_("Shown where people share this page. 1200 by 630 pixels are cut out of it."),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    channels = ChannelsField(
        _("channels"),
        help_text=_(
            "The page is meant for these. Choose none, and it is meant for all. The website always shows it."
        ),
    )
    channels_until = models.DateTimeField(
        _("meant for channels until"),
        null=True,
        blank=True,
        help_text=_("From then on only the website shows the page. Leave empty for no end."),
    )

    api_fields = [
        APIField("social_image", serializer=ImageField()),
        APIField("channels", serializer=NamesField()),
        APIField("channels_until"),
    ]
    translatable_fields = [
        TranslatableField("title"),
        TranslatableField("slug"),
        TranslatableField("seo_title"),
        TranslatableField("search_description"),
        SynchronizedField("show_in_menus", overridable=False),
        SynchronizedField("social_image"),
        SynchronizedField("channels", overridable=False),
        SynchronizedField("channels_until", overridable=False),
    ]
    promote_panels = [
        MultiFieldPanel(
            ["slug", "seo_title", "search_description", "social_image"],
            heading=_("For search engines and sharing"),
        ),
        ChannelsPanel(["channels", "channels_until"], heading=_("Channels")),
    ]
    show_in_menus_default = False
    og_type = "website"  # https://ogp.me/#types
    shown_relations: tuple[str, ...] = ("social_image",)  # foreign keys that the page or its card shows

    class Meta:
        abstract = True

    @property
    def share_image(self) -> AbstractImage | None:
        """The image for people who share the page; page types fall back to their own picture."""
        return self.social_image

    def full_clean(self, exclude: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Publishing validates a page twice, with a query for each of what is guarded anyway."""
        guarded = frozenset() if self._state.adding else GUARDED
        super().full_clean(exclude=guarded.union(exclude or ()), **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["share_image"] = self.share_image
        texts = (field for field in self._meta.fields if isinstance(field, StreamField | RichTextField))
        shown = (getattr(self, name) for name in self.shown_relations)
        expect([*shown, *(getattr(self, field.name) for field in texts)], self)
        return context

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple | None:
        return url_parts(self) or super().get_url_parts(request)

    def get_view_restrictions(self) -> QuerySet:
        """None, without a query, where routing knows that there are none."""
        if getattr(self, "known_unrestricted", False):
            return PageViewRestriction.objects.none()
        return super().get_view_restrictions()


class IndexPage(BasePage):
    """A page that gathers the pages of a slice. Staff can make one below a page, none at the root."""

    max_count_per_parent = 1

    class Meta:
        abstract = True

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        return super().can_create_at(parent) and not parent.is_root()

    def can_move_to(self, parent: Page) -> bool:
        return super().can_move_to(parent) and not parent.is_root()


class AbstractTerm(
    PreviewableMixin, TranslatableMixin, DraftStateMixin, RevisionMixin, index.Indexed, models.Model
):
    """A translatable word that groups content: an FAQ category, a sector, a topic.

    It has drafts, so that wagtail-localize does not publish its translation at once.
    """

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(
        _("slug"), max_length=80, help_text=_("Part of the address when readers filter by it.")
    )
    description = models.CharField(_("description"), max_length=255, blank=True)
    sort_order = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("Lower numbers come first.")
    )

    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("description"),
        FieldPanel("sort_order"),
    ]
    api_fields = [
        APIField("name"),
        APIField("slug"),
        APIField("description"),
        APIField("sort_order"),
    ]
    translatable_fields = [
        TranslatableField("name"),
        TranslatableField("slug"),
        TranslatableField("description"),
        SynchronizedField("sort_order", overridable=False),
    ]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.FilterField("locale_id"),
    ]

    class Meta(TranslatableMixin.Meta):
        abstract = True
        ordering = ["sort_order", "name"]

    def __str__(self) -> str:
        return self.name

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "techport_content/term_preview.html"


class ContentImage(AbstractImage):
    """An image; what it shows is told per language in `alt_texts`."""

    credit = models.CharField(
        _("credit"),
        max_length=255,
        blank=True,
        help_text=_("Who made the picture, and under which licence."),
    )

    api_fields = [APIField("credit")]

    # Wagtail's `description` stays empty: a single one cannot serve several languages.
    admin_form_fields = (
        "title", "file", "credit", "collection", "tags",
        "focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height",
    )  # fmt: skip

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")
        permissions = [("choose_image", "Can choose image")]

    @property
    def default_alt_text(self) -> str:
        return ""  # never the title; pictures.alt_text finds the text in the page's language


class ContentRendition(AbstractRendition):
    image = models.ForeignKey(ContentImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="techport_rendition_unique"
            )
        ]


class ImageAltText(models.Model):
    """What an image shows, in one language, for who cannot see it. Works with any image model."""

    image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("image"),
        on_delete=models.CASCADE,
        related_name="alt_texts",
    )
    locale = models.ForeignKey(Locale, verbose_name=_("language"), on_delete=models.CASCADE, related_name="+")
    text = models.CharField(_("alternative text"), max_length=255)

    class Meta:
        verbose_name = _("alternative text")
        verbose_name_plural = _("alternative texts")
        constraints = [models.UniqueConstraint(fields=["image", "locale"], name="techport_alt_text_unique")]

    def __str__(self) -> str:
        return self.text


class ChannelPlan(models.Model):
    """What is published of a page's channels, in one table for pages of all types.

    A page without a row is meant for all channels, without end.
    """

    page = models.OneToOneField(Page, on_delete=models.CASCADE, related_name="+", primary_key=True)
    names = models.TextField(blank=True)  # ",screens,app,"; empty: all
    until = models.DateTimeField(null=True, db_index=True)
    ended = models.BooleanField(default=False)  # `until` is over: the worker says so, not the clock

    class Meta:
        verbose_name = "channels of a page"

    def __str__(self) -> str:
        return f"{self.page_id}: {self.names}"
