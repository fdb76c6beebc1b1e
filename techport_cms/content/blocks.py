"""The StreamField blocks that every slice may use: few and good.

Each block has a description and a preview for the editor, its JSON for channels, a template,
and its translation policy: which of its fields is translated, which is overridable (the
translator may choose another value), which is synchronised with the source.
"""

import copy
from collections.abc import Hashable
from functools import partial
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.embeds.blocks import EmbedBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Locale, Page, PageQuerySet

from techport_cms.core.delivery import current
from techport_cms.core.expectations import DocumentLoader
from techport_cms.core.first_pages import FirstPages
from techport_cms.core.kept import is_keeping, is_kept, kept
from techport_cms.core.pictures import alt_text
from techport_cms.core.references import pages_by_id, public_page, public_pages_by_id
from techport_cms.core.schemas import Schema, array, closed, nullable, ref
from techport_cms.core.sites import only_site_of
from techport_cms.core.together import shared, together

from .embeds import EmbedFacade
from .policy import OVERRIDABLE, SYNCHRONISED, TRANSLATED
from .previews import fill_in
from .tables import DataTableBlock

RICH_TEXT_FEATURES = [
    "bold",
    "italic",
    "link",
    "document-link",
    "ol",
    "ul",
    "superscript",
    "subscript",
]


TEXT: Schema = {"type": "string"}


class ContentBlock(blocks.StructBlock):
    """A block of named fields whose translation policy is written down (and checked by a test).

    A block that makes its own JSON says in `api_schema` what comes out.
    """

    translation_policy: dict[str, str] = {}
    api_schema: Schema | None = None

    def get_preview_value(self) -> Any:
        return fill_in(self, super().get_preview_value())


class ExcerptBlock(ContentBlock):
    """What there is of a slice in the language of the page: the same on all of a site, so it is kept."""

    def render(self, value: Any, context: dict | None = None) -> Any:
        key = self._key(value, (context or {}).get("page"))
        render = partial(super().render, value, context)
        return kept(key, render) if key else render()

    def expect(self, value: Any, page: Page | None) -> None:
        if not is_kept(self._key(value, page)):
            self.expect_excerpt(value, page)

    def expect_excerpt(self, value: Any, page: Page | None) -> None:
        """As `expect` of other blocks: announce what is going to be shown."""

    def public_pages(self, locale_id: int | None, value: Any) -> PageQuerySet:
        """Those that it shows in this language (in all without one), in its order."""
        raise NotImplementedError

    def expect_json(self, value: Any, page: Page | None) -> None:
        shared(FirstPages).expect(*self._list(value, page))

    def links(self, value: Any, context: dict | None) -> list[dict | None]:
        """Its pages for channels."""
        with together():
            ids = shared(FirstPages).ids(*self._list(value, (context or {}).get("page")))
            pages = pages_by_id(ids)
            return [current().page(pages[id_]) for id_ in ids if id_ in pages]

    def _list(self, value: Any, page: Any) -> tuple[Hashable, PageQuerySet]:
        locale_id = locale_of(page)
        return (type(self), locale_id, value["count"]), self.public_pages(locale_id, value)

    def _key(self, value: Any, page: Any) -> Hashable:
        """None where it is not to be kept: addresses have a host or none, as the site is that is asked, and
        a page of several sites (one below another's home page) does not say which one that is."""
        if not is_keeping() or not isinstance(page, Page) or (site := only_site_of(page)) is None:
            return None
        return (type(self), site, page.locale_id, get_language(), *value.values())


class PageBlock(blocks.PageChooserBlock):
    """A chooser whose pages come with everything else that the page points to."""

    def bulk_to_python(self, values: list[Any]) -> list[Any]:
        pages = pages_by_id(id_ for id_ in values if id_)
        return [copy.copy(pages.get(id_)) for id_ in values]

    def deconstruct(self) -> tuple:
        # A migration needs to know no more than what is stored.
        _path, arguments, options = super().deconstruct()
        return "wagtail.blocks.PageChooserBlock", arguments, options


class DocumentBlock(DocumentChooserBlock):
    """The same for documents."""

    def bulk_to_python(self, values: list[Any]) -> list[Any]:
        documents = shared(DocumentLoader).get(id_ for id_ in values if id_)
        return [copy.copy(documents.get(id_)) for id_ in values]

    def deconstruct(self) -> tuple:
        _path, arguments, options = super().deconstruct()
        return "wagtail.documents.blocks.DocumentChooserBlock", arguments, options


class HeadingBlock(ContentBlock):
    text = blocks.CharBlock(label=_("Text"), max_length=120)
    level = blocks.ChoiceBlock(
        label=_("Level"), choices=[("h2", _("Heading")), ("h3", _("Subheading"))], default="h2"
    )

    translation_policy = {"text": TRANSLATED, "level": SYNCHRONISED}

    class Meta:
        icon = "title"
        label = _("Heading")
        description = _("Divides a long text, so that readers and screen readers find their way.")
        template = "techport_content/blocks/heading.html"
        preview_value = {"text": "De kust wordt groen", "level": "h2"}


class ParagraphBlock(blocks.RichTextBlock):
    translation_policy = TRANSLATED

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=RICH_TEXT_FEATURES, **kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Paragraph")
        description = _("Running text with bold, italic, lists and links.")
        template = "techport_content/blocks/paragraph.html"
        preview_value = "<p>Bedrijven, scholen en overheden werken <b>samen</b> aan techniek.</p>"


class PictureBlock(ContentBlock):
    image = ImageChooserBlock(label=_("Image"))
    alt_text = blocks.CharBlock(
        label=_("Alternative text"),
        required=False,
        max_length=255,
        help_text=_("Leave empty to use the text that the image itself has in this language."),
    )
    decorative = blocks.BooleanBlock(
        label=_("Decoration only"),
        required=False,
        help_text=_("Screen readers then pass over the picture."),
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=255)

    translation_policy = {
        "image": OVERRIDABLE,
        "alt_text": TRANSLATED,
        "decorative": SYNCHRONISED,
        "caption": TRANSLATED,
    }
    api_schema = closed({"image": nullable(ref("Image")), "caption": TEXT, "credit": TEXT})

    class Meta:
        icon = "image"
        label = _("Image")
        description = _("A picture with a caption, and a text for people who cannot see it.")
        template = "techport_content/blocks/picture.html"
        preview_value = {
            "image": None,
            "alt_text": "",
            "decorative": True,
            "caption": "De zeesluis van IJmuiden",
        }

    def get_api_representation(self, value: Any, context: dict | None = None) -> dict:
        image = value["image"]
        alt = "" if value["decorative"] or image is None else alt_text(image, own=value["alt_text"])
        shown = current().image(image, alt)
        credit = getattr(image, "credit", "") if shown else ""
        return {"image": shown, "caption": value["caption"], "credit": credit}


class FigureBlock(ContentBlock):
    value = blocks.CharBlock(label=_("Figure"), max_length=20, help_text=_("For example 22% or 1,250."))
    label = blocks.CharBlock(label=_("What it counts"), max_length=200)

    translation_policy = {"value": TRANSLATED, "label": TRANSLATED}

    class Meta:
        icon = "order"
        label = _("Figure")
        description = _("One figure with what it counts.")
        preview_value = {"value": "22%", "label": "van de toegevoegde waarde komt uit de industrie"}
        template = "techport_content/blocks/figure.html"


class FiguresBlock(ContentBlock):
    items = blocks.ListBlock(FigureBlock(), label=_("Figures"), min_num=1, max_num=4)
    source = blocks.CharBlock(label=_("Source"), required=False, max_length=200)

    translation_policy = {"items": TRANSLATED, "source": TRANSLATED}

    class Meta:
        icon = "order"
        label = _("Figures")
        description = _("One to four large figures in a band, for example “22% of the added value”.")
        template = "techport_content/blocks/figures.html"
        preview_value = {
            "items": [
                {"value": "22%", "label": "van de toegevoegde waarde komt uit de industrie"},
                {"value": "75%", "label": "daarvan is maakindustrie"},
            ],
            "source": "",
        }


class QuoteBlock(ContentBlock):
    text = blocks.TextBlock(label=_("Quote"), rows=3)
    name = blocks.CharBlock(label=_("Who says it"), required=False, max_length=120)
    role = blocks.CharBlock(label=_("Role"), required=False, max_length=120)

    translation_policy = {"text": TRANSLATED, "name": TRANSLATED, "role": TRANSLATED}

    class Meta:
        icon = "openquote"
        label = _("Quote")
        description = _("What somebody says, with name and role.")
        template = "techport_content/blocks/quote.html"
        preview_value = {
            "text": "Leerlingen zien hier wat techniek kan betekenen.",
            "name": "Praktijkopleider",
            "role": "Voorbeeld Staalbouw",
        }


class CallToActionBlock(ContentBlock):
    text = blocks.CharBlock(label=_("Text"), max_length=200)
    button = blocks.CharBlock(
        label=_("Button"), max_length=40, help_text=_("Say what happens: “Become a partner”.")
    )
    page = PageBlock(label=_("Page"))

    translation_policy = {"text": TRANSLATED, "button": TRANSLATED, "page": OVERRIDABLE}
    api_schema = closed({"text": TEXT, "button": TEXT, "page": nullable(ref("PageLink"))})

    class Meta:
        icon = "link"
        label = _("Call to action")
        description = _("One sentence and one button that leads to a page.")
        template = "techport_content/blocks/call_to_action.html"
        preview_value = {"text": "Doe mee met Techport", "button": "Word partner", "page": None}

    def get_context(self, value: Any, parent_context: dict | None = None) -> dict:
        context = super().get_context(value, parent_context)
        context["target"] = public_page(value["page"])
        return context

    def get_api_representation(self, value: Any, context: dict | None = None) -> dict:
        page = current().page(value["page"])
        return {"text": value["text"], "button": value["button"], "page": page}


class RelatedPagesBlock(ContentBlock):
    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=120)
    pages = blocks.ListBlock(PageBlock(label=_("Page")), label=_("Pages"), min_num=1, max_num=6)

    translation_policy = {"heading": TRANSLATED, "pages": OVERRIDABLE}
    api_schema = closed({"heading": TEXT, "pages": array(ref("PageLink"))})

    class Meta:
        icon = "doc-full-inverse"
        label = _("Related pages")
        description = _("A way on: up to six other pages.")
        template = "techport_content/blocks/related_pages.html"
        preview_value = {"heading": "Lees ook", "pages": []}

    def get_context(self, value: Any, parent_context: dict | None = None) -> dict:
        context = super().get_context(value, parent_context)
        ids = [page.pk for page in value["pages"] if page is not None]
        found = public_pages_by_id(ids)
        context["targets"] = [found[id_] for id_ in ids if found[id_]]
        return context

    def get_api_representation(self, value: Any, context: dict | None = None) -> dict:
        pages = [current().page(page) for page in value["pages"]]
        return {"heading": value["heading"], "pages": [page for page in pages if page]}


class VideoBlock(ContentBlock):
    video = EmbedBlock(label=_("Address of the video"), max_width=1280)
    title = blocks.CharBlock(label=_("Title"), max_length=120, help_text=_("What the video shows."))

    translation_policy = {"video": OVERRIDABLE, "title": TRANSLATED}
    api_schema = closed({"url": nullable({"type": "string", "format": "uri"}), "title": TEXT})

    class Meta:
        icon = "media"
        label = _("Video")
        description = _("A video from elsewhere. Nothing is loaded from there before the reader clicks.")
        template = "techport_content/blocks/video.html"
        preview_value = {"video": None, "title": "Een dag in de werkplaats"}

    def get_context(self, value: Any, parent_context: dict | None = None) -> dict:
        context = super().get_context(value, parent_context)
        context["facade"] = EmbedFacade.from_value(value["video"])
        return context

    def get_api_representation(self, value: Any, context: dict | None = None) -> dict:
        return {"url": value["video"].url if value["video"] else None, "title": value["title"]}


class DownloadsBlock(ContentBlock):
    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=120)
    documents = blocks.ListBlock(DocumentBlock(label=_("Document")), label=_("Documents"), min_num=1)

    translation_policy = {"heading": TRANSLATED, "documents": OVERRIDABLE}
    api_schema = closed({"heading": TEXT, "documents": array(ref("Document"))})

    class Meta:
        icon = "download"
        label = _("Downloads")
        description = _("Files to download, with their kind and size.")
        template = "techport_content/blocks/downloads.html"
        preview_value = {"heading": "Downloads", "documents": []}

    def get_api_representation(self, value: Any, context: dict | None = None) -> dict:
        documents = [current().document(document) for document in value["documents"]]
        return {"heading": value["heading"], "documents": [d for d in documents if d]}


class AnswerBlocks(blocks.StreamBlock):
    """For short texts of which a list shows many: nothing in them costs a query each."""

    paragraph = ParagraphBlock()
    figures = FiguresBlock()
    table = DataTableBlock()
    quote = QuoteBlock()


class BodyBlocks(blocks.StreamBlock):
    """For the text of a page."""

    heading = HeadingBlock()
    paragraph = ParagraphBlock()
    picture = PictureBlock()
    figures = FiguresBlock()
    quote = QuoteBlock()
    call_to_action = CallToActionBlock()
    related_pages = RelatedPagesBlock()
    video = VideoBlock()
    table = DataTableBlock()
    downloads = DownloadsBlock()


def locale_of(page: Any) -> int:
    """For blocks that show what there is in the language of the page on which they stand; in a preview,
    which has no page, in the language of who looks at it."""
    return page.locale_id if isinstance(page, Page) else Locale.get_active().pk
