"""StreamField blocks as channels get them, at every depth, in anybody's project.

A block class that has a `get_api_representation` of its own knows best. What Wagtail's own classes
answer is replaced where a channel cannot use it: bare ids (which give away what is not public) by
objects, stored rich text by the format that was asked for.
"""

from typing import Any

from django.db.models import Model
from wagtail import blocks
from wagtail.documents.models import AbstractDocument
from wagtail.images.blocks import ImageBlock
from wagtail.images.models import AbstractImage
from wagtail.models import Page

from techport_cms.core.delivery import current
from techport_cms.core.visibility import is_public_snippet

Context = dict[str, Any]


def block_json(block: blocks.Block, value: Any, context: Context) -> Any:
    if has_own_json(type(block)):
        return block.get_api_representation(value, context=context)
    if isinstance(block, blocks.BaseStreamBlock):
        return [
            {"type": child.block.name, "value": block_json(child.block, child.value, context), "id": child.id}
            for child in value or ()
        ]
    if isinstance(block, ImageBlock):
        return image_block_json(value)
    if isinstance(block, blocks.BaseStructBlock):
        children = block.child_blocks.items()
        return {name: block_json(child, value.get(name), context) for name, child in children}
    if isinstance(block, blocks.ListBlock):
        return [block_json(block.child_block, item, context) for item in value or ()]
    if isinstance(block, blocks.RichTextBlock):
        return current().rich_text(value.source if value else "")
    if isinstance(block, blocks.ChooserBlock):
        return object_json(value)
    return block.get_api_representation(value, context=context)


def has_own_json(block_class: type[blocks.Block]) -> bool:
    """Whether a project has written it: the first class that defines it is none of Wagtail's."""
    owner = next(cls for cls in block_class.__mro__ if "get_api_representation" in cls.__dict__)
    return not owner.__module__.startswith("wagtail.")


def image_block_json(image: AbstractImage | None) -> Any:
    """Of Wagtail's ImageBlock, whose value is the image with the block's own text on it."""
    if image is None:
        return None
    own = "" if image.decorative else image.contextual_alt_text or None
    return {
        "image": current().image(image, own),
        "decorative": bool(image.decorative),
        "alt_text": image.contextual_alt_text or "",
    }


def object_json(chosen: Model | None) -> Any:
    """What a chooser has chosen: {"id", "type", "title", "url" …}, None where it is not public."""
    if chosen is None:
        return None
    if isinstance(chosen, Page):
        return current().page(chosen)
    if isinstance(chosen, AbstractImage):
        return current().image(chosen)
    if isinstance(chosen, AbstractDocument):
        return current().document(chosen)
    if not is_public_snippet(chosen):
        return None
    return {"id": chosen.pk, "type": chosen._meta.label, "title": str(chosen)}
