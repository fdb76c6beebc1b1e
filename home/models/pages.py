"""The home page, and pages of running text such as "About" and "Privacy"."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.images.models import AbstractImage
from wagtail.models import Page, Site
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from techport_cms.content.blocks import BodyBlocks
from techport_cms.content.models import BasePage
from techport_cms.content.serializers import ImageField, PageField
from techport_cms.core.references import public_pages_by_id

from ..blocks import HomeBlocks


class HomePage(BasePage):
    purpose = models.CharField(
        _("purpose"), max_length=255, help_text=_("One sentence: what this site is for.")
    )
    hero_title = models.CharField(_("heading"), max_length=160, blank=True)
    hero_text = models.TextField(_("text"), blank=True)
    hero_image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    hero_button = models.CharField(
        _("button"), max_length=40, blank=True, help_text=_("Say what happens: “Become a partner”.")
    )
    hero_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page that the button leads to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    body = StreamField(HomeBlocks(), verbose_name=_("body"), blank=True)

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "home.StandardPage",
        "home.JoinPage",
        "faq.FaqIndexPage",
        "partners.PartnerIndexPage",
        "news.NewsIndexPage",
    ]
    shown_relations = ("social_image", "hero_image")
    page_description = _("The front door of the site in one language.")

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("purpose"),
        MultiFieldPanel(
            ["hero_title", "hero_text", "hero_image", "hero_button", "hero_page"], heading=_("Opening")
        ),
        FieldPanel("body"),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("purpose"),
        index.SearchField("hero_title"),
        index.SearchField("hero_text"),
        index.SearchField("body"),
    ]
    api_fields = [
        *BasePage.api_fields,
        APIField("purpose"),
        APIField("hero_title"),
        APIField("hero_text"),
        APIField("hero_image", serializer=ImageField()),
        APIField("hero_button"),
        APIField("hero_page", serializer=PageField()),
        APIField("body"),
    ]
    translatable_fields = [
        *BasePage.translatable_fields,
        TranslatableField("purpose"),
        TranslatableField("hero_title"),
        TranslatableField("hero_text"),
        SynchronizedField("hero_image"),
        TranslatableField("hero_button"),
        SynchronizedField("hero_page"),
        TranslatableField("body"),
    ]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        """One home page for each site and language; one in another language is made by translating."""
        homes = cls.objects.filter(locale_id=parent.locale_id)
        return super().can_create_at(parent) and homes.count() < Site.objects.count()

    @property
    def share_image(self) -> AbstractImage | None:
        return self.social_image or self.hero_image

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        ids = [self.hero_page_id] if self.hero_page_id else []
        context["hero_target"] = public_pages_by_id(ids).get(self.hero_page_id)
        return context


class StandardPage(BasePage):
    introduction = models.TextField(_("introduction"), blank=True)
    image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    body = StreamField(BodyBlocks(), verbose_name=_("body"), blank=True)

    parent_page_types = ["home.HomePage", "home.StandardPage"]
    subpage_types = ["home.StandardPage"]
    shown_relations = ("social_image", "image")
    page_description = _("A page of running text, such as “About us” or “Privacy”.")

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("introduction"),
        FieldPanel("image"),
        FieldPanel("body"),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("introduction"), index.SearchField("body")]
    api_fields = [
        *BasePage.api_fields,
        APIField("introduction"),
        APIField("image", serializer=ImageField()),
        APIField("body"),
    ]
    translatable_fields = [
        *BasePage.translatable_fields,
        TranslatableField("introduction"),
        SynchronizedField("image"),
        TranslatableField("body"),
    ]

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")

    @property
    def share_image(self) -> AbstractImage | None:
        return self.social_image or self.image
