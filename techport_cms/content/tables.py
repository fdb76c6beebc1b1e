"""The block of a table, and its texts as segments for translators: caption, headings, cells of text.

The path of a segment is made of its text and not of its place, so that a row or column that is put
in between leaves the other translations as they are. A text that stands there twice is translated once.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, DecimalBlock
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock
from wagtail_localize.segments import StringSegmentValue

from techport_cms.core.schemas import Schema, array, closed

from .policy import TRANSLATED

TEXT: Schema = {"type": "string"}


class DataTableBlock(TypedTableBlock):
    """Cells of text or numbers; what is text is translated, cell by cell."""

    translation_policy = TRANSLATED
    api_schema = closed(
        {
            "caption": TEXT,
            "columns": array(closed({"type": {"enum": ["text", "number"]}, "heading": TEXT})),
            "rows": array(array({"type": ["string", "number", "null"]})),
        }
    )

    def __init__(self, **kwargs: Any) -> None:
        columns = [
            ("text", CharBlock(label=_("Text"), required=False)),
            ("number", DecimalBlock(label=_("Number"), required=False)),
        ]
        super().__init__(columns, **kwargs)

    class Meta:
        icon = "table"
        label = _("Table")
        description = _("Rows and columns. Give it a caption that says what it shows.")
        template = "techport_content/blocks/table.html"
        preview_value = {
            "caption": "Onderwijs en werk",
            "columns": [
                {"type": "text", "heading": "Jaar"},
                {"type": "number", "heading": "Scholen"},
            ],
            "rows": [{"values": ["2024", 23]}],
        }

    def get_translatable_segments(self, table: TypedTable) -> list[StringSegmentValue]:
        return [StringSegmentValue(_path(text), text) for text in dict.fromkeys(_texts(table))]

    def restore_translated_segments(
        self, table: TypedTable, segments: Iterable[StringSegmentValue]
    ) -> TypedTable:
        return with_texts(table, {segment.path: segment.render_text() for segment in segments})

    def get_api_representation(self, value: TypedTable, context: dict | None = None) -> dict:
        columns = [{"type": column["block"].name, "heading": column["heading"]} for column in value.columns]
        rows = [[cell.block.get_api_representation(cell.value) for cell in row] for row in value.rows]
        return {"caption": value.caption, "columns": columns, "rows": rows}


def with_texts(table: TypedTable, texts: dict[str, str]) -> TypedTable:
    """The table with these texts, by their path, in place of its own; it keeps what has none."""

    def translate(text: str) -> str:
        return texts.get(_path(text), text)

    rows = [
        [translate(value) if is_text else value for is_text, value in _cells(table, row)]
        for row in table.row_data
    ]
    return TypedTable(
        columns=[{**column, "heading": translate(column["heading"])} for column in table.columns],
        row_data=[{"values": values} for values in rows],
        caption=translate(table.caption),
    )


def _texts(table: TypedTable) -> Iterator[str]:
    cells = (cell for row in table.row_data for cell in _cells(table, row))
    headings = (column["heading"] for column in table.columns)
    texts = (table.caption, *headings, *(value for is_text, value in cells if is_text))
    yield from filter(None, texts)


def _cells(table: TypedTable, row: dict[str, Any]) -> Iterator[tuple[bool, Any]]:
    """Each value of the row, and whether it is text."""
    for column, value in zip(table.columns, row["values"], strict=False):
        yield isinstance(column["block"], CharBlock), value


def _path(text: str) -> str:
    return hashlib.sha256((text or "").encode()).hexdigest()[:12]
