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

MOST = 100  # logos on one wall


class PartnerStripBlock(ExcerptBlock):
    """The partners of the language's own directory: no choice to keep in step with translations."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    count = blocks.IntegerBlock(
        label=_("Number of partners"),
        required=False,
        min_value=1,
        max_value=MOST,
        help_text=_("Leave empty to show all, 100 at most."),
    )

    translation_policy = {"heading": TRANSLATED, "count": SYNCHRONISED}
    api_schema = closed({"heading": {"type": "string"}, "partners": array(nullable(ref("PageLink")))})

    class Meta:
        icon = "group"
        label = _("Partners")
        description = _("A wall of logos, the founders first, each leading to the partner.")
        template = "partners/blocks/partner_strip.html"
        preview_value = {"heading": "Zij doen mee", "count": 12}

    def expect_excerpt(self, value: Any, page: Page | None) -> None:
        partners = once(shown_partners, locale_of(page), value["count"])
        expect_pictures(partner.logo for partner in partners)
        expect_pages(parents_of=partners[:1])

    def get_context(self, value: Any, parent_context: dict | None = None) -> dict:
        context = super().get_context(value, parent_context)
        context["partners"] = partners = once(shown_partners, locale_of(context.get("page")), value["count"])
        expect_pictures(partner.logo for partner in partners)
        context["index"] = public_parent(partners[0]) if partners else None
        return context

    def public_pages(self, locale_id: int | None, value: Any) -> PageQuerySet:
        return first_partners(locale_id, value["count"])

    def get_api_representation(self, value: Any, context: dict | None = None) -> dict:
        return {"heading": value["heading"], "partners": self.links(value, context)}


def first_partners(locale_id: int | None, count: int | None) -> PageQuerySet:
    """The first public partners in this language (in all without one)."""
    from .models import PartnerPage  # models.py of a host project may import this module

    partners = public_pages(PartnerPage.objects.in_directory_order()).select_related("logo", "locale")
    if locale_id is not None:
        partners = partners.filter(locale_id=locale_id)
    return partners.defer_streamfields()[: count or MOST]


def shown_partners(locale_id: int | None, count: int | None) -> list[Page]:
    """The same as a list, for `once`."""
    return list(first_partners(locale_id, count))
