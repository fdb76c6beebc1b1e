"""What the preview of a block shows where the code can name no example: things of this site."""

from typing import Any

from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.embeds.blocks import EmbedBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Locale

from techport_cms.core.visibility import public_documents, public_images, public_pages

IN_A_LIST = 3  # examples
VIDEO = "https://www.youtube.com/watch?v=example"  # nothing is loaded before somebody clicks


def fill_in(block: blocks.StructBlock, value: Any) -> Any:
    """Give each required chooser of the block that is empty in `value` something that is public."""
    for name, child in block.child_blocks.items():
        if not value[name]:
            value[name] = _example(child, value[name])
    return value


def _example(block: blocks.Block, nothing: Any) -> Any:
    if isinstance(block, blocks.ListBlock):
        return block.normalize(_examples(block.child_block))
    if not block.required:
        return nothing
    return next(iter(_examples(block)), nothing)


def _examples(block: blocks.Block) -> list[Any]:
    """Of the kind that the block chooses; none for a block that chooses nothing."""
    for kind, examples in (
        (ImageChooserBlock, lambda: list(public_images().order_by("-pk")[:1])),
        (blocks.PageChooserBlock, _pages),
        (DocumentChooserBlock, _documents),
        (EmbedBlock, lambda: [block.normalize(VIDEO)]),
    ):
        if isinstance(block, kind):
            return examples()
    return []


def _pages() -> list[Any]:
    """The newest pages in the language that the editor reads."""
    pages = public_pages().filter(depth__gt=1, locale=Locale.get_active())
    return list(pages.order_by("-first_published_at", "-pk")[:IN_A_LIST])


def _documents() -> list[Any]:
    found = list(public_documents().order_by("-pk")[:IN_A_LIST])
    return found or [
        get_document_model()(pk=0, title=_("Annual report"), file="example.pdf", file_size=1_200_000)
    ]
