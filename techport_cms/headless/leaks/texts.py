"""The texts that an object holds: in its row, in a revision of it."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from django.db import models
from django.db.models import Field, Model
from modelcluster.models import get_all_child_relations
from wagtail import blocks
from wagtail.blocks.field_block import BaseChoiceBlock
from wagtail.fields import StreamField

from .words import strings_in

# Where a page is in the tree, and what its title is in the newest draft, which is in the revision too.
BESIDE = frozenset({"path", "url_path", "draft_title"})


@cache
def text_fields(model: type[Model]) -> list[Field]:
    kinds = (models.CharField, models.TextField, models.FileField, models.JSONField, StreamField)
    return [
        field
        for field in model._meta.fields
        if isinstance(field, kinds) and not field.choices and field.name not in BESIDE
    ]


def texts_of_row(row: Model) -> Iterator[str]:
    for field in text_fields(type(row)):
        yield from _texts(field, field.value_from_object(row))


def texts_of_content(model: type[Model], content: dict[str, Any]) -> Iterator[str]:
    """Of `Revision.content`, with the rows that belong to the object."""
    for field in text_fields(model):
        yield from _texts(field, content.get(field.name))
    for relation in get_all_child_relations(model):
        for row in content.get(relation.get_accessor_name()) or ():
            yield from texts_of_content(relation.related_model, row)


def _texts(field: Field, value: Any) -> Iterable[str]:
    if not value:
        return ()
    if isinstance(field, StreamField):
        return _texts_of_block(field.stream_block, _raw(field, value))
    if isinstance(field, models.FileField):
        return (PurePosixPath(str(value)).stem,)  # renditions have it in their names
    if isinstance(field, models.JSONField):
        return strings_in(value)
    return (str(value),)


def _raw(field: StreamField, value: Any) -> Any:
    if isinstance(value, str):
        return json.loads(value)
    return value if isinstance(value, list) else field.stream_block.get_prep_value(value)


def _texts_of_block(block: blocks.Block | None, value: Any) -> Iterator[str]:
    """Of a value as the database has it. A block that is no longer defined is None."""
    if not value or (isinstance(block, blocks.FieldBlock) and not _is_text(block)):
        return
    if isinstance(block, blocks.StructBlock):
        for name, member in value.items():
            yield from _texts_of_block(block.child_blocks.get(name), member)
    elif isinstance(block, blocks.StreamBlock):
        for item in value:
            yield from _texts_of_block(block.child_blocks.get(item["type"]), item["value"])
    elif isinstance(block, blocks.ListBlock):
        for item in value:
            yield from _texts_of_block(block.child_block, _item_of_list(item))
    else:
        yield from strings_in(value)


def _item_of_list(item: Any) -> Any:
    """Lists of old have no ids: their items are the values."""
    has_id = isinstance(item, dict) and item.keys() == {"id", "type", "value"}
    return item["value"] if has_id else item


def _is_text(block: blocks.FieldBlock) -> bool:
    return not isinstance(block, BaseChoiceBlock | blocks.ChooserBlock)
