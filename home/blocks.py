from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from faq.blocks import FaqExcerptBlock
from news.blocks import LatestNewsBlock
from partners.blocks import PartnerStripBlock
from techport_cms.content.blocks import (
    OVERRIDABLE,
    TRANSLATED,
    CallToActionBlock,
    ContentBlock,
    FiguresBlock,
    HeadingBlock,
    ParagraphBlock,
    PictureBlock,
    QuoteBlock,
    RelatedPagesBlock,
)


class HomeBlocks(blocks.StreamBlock):
    """The home page: what every page may hold, and an excerpt of each slice."""

    heading = HeadingBlock()
    paragraph = ParagraphBlock()
    picture = PictureBlock()
    figures = FiguresBlock()
    quote = QuoteBlock()
    call_to_action = CallToActionBlock()
    related_pages = RelatedPagesBlock()
    faq_excerpt = FaqExcerptBlock()
    partner_strip = PartnerStripBlock()
    latest_news = LatestNewsBlock()


BELOW = {"label": "Word partner", "page": None, "url": "https://techport.nl/"}  # an example


class NavigationSubitemBlock(ContentBlock):
    """One entry: a page of this site, or an address elsewhere with the label it then needs."""

    label = blocks.CharBlock(
        label=_("Label"),
        required=False,
        max_length=60,
        help_text=_("Leave empty to use the title of the page."),
    )
    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    url = blocks.URLBlock(label=_("Address elsewhere"), required=False)

    translation_policy = {"label": TRANSLATED, "page": OVERRIDABLE, "url": OVERRIDABLE}

    class Meta:
        icon = "link"
        label = _("Entry")
        description = _("One entry of the navigation: a page, or an address elsewhere.")
        preview_value = BELOW

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if bool(cleaned["page"]) == bool(cleaned["url"]):
            raise blocks.StructBlockValidationError(
                {"page": ValidationError(_("Choose a page or give an address elsewhere, one of the two."))}
            )
        if cleaned["url"] and not cleaned["label"]:
            raise blocks.StructBlockValidationError(
                {"label": ValidationError(_("An address elsewhere needs a label."))}
            )
        return cleaned


class NavigationSubitemBlocks(blocks.StreamBlock):
    entry = NavigationSubitemBlock()


class NavigationItemBlock(NavigationSubitemBlock):
    """An entry of the first level, with those below it. There are two levels: who reads a menu on a phone
    finds nothing in a third."""

    children = NavigationSubitemBlocks(
        label=_("Submenu"),
        required=False,
        help_text=_("The entries below this one. Leave empty for an entry without a submenu."),
    )

    translation_policy = {**NavigationSubitemBlock.translation_policy, "children": TRANSLATED}

    class Meta:
        description = _("One entry of the navigation: a page, or an address elsewhere, and its submenu.")
        preview_value = {
            "label": "Over Techport",
            "page": None,
            "url": "https://techport.nl/",
            "children": [{"type": "entry", "value": BELOW}],
        }


class NavigationBlocks(blocks.StreamBlock):
    entry = NavigationItemBlock()


class SocialLinkBlock(ContentBlock):
    name = blocks.CharBlock(label=_("Name"), max_length=40, help_text=_("For example LinkedIn."))
    url = blocks.URLBlock(label=_("Address"))

    translation_policy = {"name": TRANSLATED, "url": OVERRIDABLE}

    class Meta:
        icon = "site"
        label = _("Social network")
        description = _("Our place on a social network.")
        preview_value = {"name": "LinkedIn", "url": "https://www.linkedin.com/"}


class SocialLinkBlocks(blocks.StreamBlock):
    network = SocialLinkBlock()
