"""Schemas of StreamField blocks: of what blocks.py makes of them."""

from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.embeds.blocks import EmbedBlock
from wagtail.images.blocks import ImageBlock, ImageChooserBlock

from techport_cms.core.schemas import Schema, array, closed, nullable, ref

from ..blocks import has_own_json
from .components import INTEGER, TEXT, Components, link, one_of
from .keys import key_schema

NUMBER: Schema = {"type": "number"}
# The first class that a block is one of counts.
VALUES: list[tuple[type | tuple[type, ...], Schema]] = [
    (blocks.RichTextBlock, ref("RichText")),
    (blocks.PageChooserBlock, nullable(ref("PageLink"))),
    (ImageChooserBlock, nullable(ref("Image"))),
    (DocumentChooserBlock, nullable(ref("Document"))),
    (blocks.BooleanBlock, {"type": "boolean"}),
    (blocks.IntegerBlock, nullable({"type": "integer"})),
    (blocks.FloatBlock, nullable(NUMBER)),
    (blocks.DecimalBlock, nullable(TEXT)),
    (blocks.DateTimeBlock, nullable({"type": "string", "format": "date-time"})),
    (blocks.DateBlock, nullable({"type": "string", "format": "date"})),
    (blocks.TimeBlock, nullable(TEXT)),
    (blocks.MultipleChoiceBlock, array(TEXT)),
    (blocks.StaticBlock, {"type": "null"}),
    (EmbedBlock, nullable(TEXT)),
    (
        (blocks.CharBlock, blocks.TextBlock, blocks.BlockQuoteBlock, blocks.URLBlock, blocks.EmailBlock),
        TEXT,
    ),
    ((blocks.RegexBlock, blocks.RawHTMLBlock, blocks.ChoiceBlock), nullable(TEXT)),
]
IMAGE_BLOCK = nullable(
    closed({"image": nullable(ref("Image")), "decorative": {"type": "boolean"}, "alt_text": TEXT})
)


def block_schema(block: blocks.Block, components: Components, where: str) -> Schema:
    """The schema of the block's value. `where` names it in messages."""
    said = getattr(block, "api_schema", None)
    if said is not None:
        return said
    if has_own_json(type(block)):
        return components.hole(where)
    if isinstance(block, blocks.BaseStreamBlock):
        return stream_schema(block, components, where)
    if isinstance(block, ImageBlock):
        return IMAGE_BLOCK
    if isinstance(block, blocks.BaseStructBlock):
        children = block.child_blocks.items()
        members = {name: block_schema(child, components, f"{where}.{name}") for name, child in children}
        return closed(members)
    if isinstance(block, blocks.ListBlock):
        return array(block_schema(block.child_block, components, where))
    if isinstance(block, TypedTableBlock):
        return table_schema(block, components, where)
    return value_schema(block) or components.hole(where)


def value_schema(block: blocks.Block) -> Schema | None:
    known = next((schema for kind, schema in VALUES if isinstance(block, kind)), None)
    if known is None and isinstance(block, blocks.ChooserBlock):
        key = key_schema(block.target_model._meta.pk)
        return nullable(ref("SnippetLink") if key == INTEGER else link(id=key))
    return known


def stream_schema(block: blocks.BaseStreamBlock, components: Components, where: str) -> Schema:
    items = {}
    for name, child in block.child_blocks.items():
        value = block_schema(child, components, f"{where}.{name}")
        item = closed({"type": {"const": name}, "value": value, "id": nullable(TEXT)})
        title = "".join(part.capitalize() for part in name.split("_"))
        items[name] = components.add(f"{title}Block", item)
    return array(one_of(items))


def table_schema(block: TypedTableBlock, components: Components, where: str) -> Schema:
    cells = [block_schema(child, components, f"{where}.{name}") for name, child in block.child_blocks.items()]
    return nullable(
        closed(
            {
                "columns": array(closed({"type": TEXT, "heading": TEXT})),
                "rows": array(closed({"values": array({"anyOf": [*cells, {"type": "null"}]})})),
                "caption": TEXT,
            }
        )
    )
