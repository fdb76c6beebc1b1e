"""Schemas of objects: of what the serializers make of their fields."""

import inspect
import typing
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from pydantic import PydanticSchemaGenerationError, TypeAdapter
from rest_framework import fields as drf
from rest_framework.relations import ManyRelatedField
from wagtail.api.v2 import serializers as v2
from wagtail.models import Page

from techport_cms.core.schemas import Schema, array, nullable, ref

from ..representation import make_serializer_class
from .blocks import block_schema
from .components import MOMENT, TEXT, UUID, Components
from .keys import key_schema

ANYTHING: Schema = {"type": ["array", "boolean", "null", "number", "object", "string"]}
# The first class that a field is one of counts.
FIELDS: list[tuple[type, Schema]] = [
    (drf.BooleanField, {"type": "boolean"}),
    (drf.IntegerField, {"type": "integer"}),
    (drf.FloatField, {"type": "number"}),
    (drf.DecimalField, TEXT),
    (drf.DateTimeField, MOMENT),
    (drf.DateField, {"type": "string", "format": "date"}),
    (drf.TimeField, TEXT),  # without a time zone, which the format "time" asks for
    (drf.DurationField, TEXT),
    (drf.UUIDField, UUID),
    (drf.JSONField, ANYTHING),
    (drf.FilePathField, TEXT),
    (drf.HStoreField, {"type": "object", "additionalProperties": nullable(TEXT)}),
    (v2.TagsField, array(TEXT)),
    (v2.PageTypeField, TEXT),
    (v2.PageLocaleField, TEXT),
    (v2.DetailUrlField, {"type": "string", "format": "uri"}),
    (drf.CharField, TEXT),
    (drf.ModelField, {"type": ["boolean", "null", "number", "string"]}),  # of a class that DRF does not know
    (drf.FileField, nullable(TEXT)),  # null where there is no file
]


def object_schema(endpoint: Any, model: type[Model], components: Components, show_details: bool) -> Schema:
    """Of an object in a list, of which only what comes unasked is required, or of one alone."""
    every = make_serializer_class(endpoint, model, "*", show_details)
    asked = set(make_serializer_class(endpoint, model, "", show_details).Meta.fields)
    return _serializer_schema(every, components, asked)


def _serializer_schema(serializer_class: Any, components: Components, required: set[str]) -> Schema:
    serializer = serializer_class()
    model, meta_names = serializer_class.Meta.model, serializer_class.meta_fields
    schemas = {
        name: _field_schema(field, model, name, components) for name, field in serializer.fields.items()
    }
    sometimes = {name for name, field in serializer.fields.items() if getattr(field, "may_be_missing", False)}
    body = {name: schema for name, schema in schemas.items() if name not in meta_names}
    meta = {name: schema for name, schema in schemas.items() if name in meta_names}
    there = required - sometimes
    if meta:
        body = {"meta": _object(meta, there), **body}
        there = {*there, "meta"} if there.intersection(meta) else there
    return _object(body, there)


def _object(members: dict[str, Schema], required: set[str]) -> Schema:
    return {
        "type": "object",
        "properties": members,
        "required": [name for name in members if name in required],
        "additionalProperties": False,
    }


def _field_schema(field: Any, model: type[Model], name: str, components: Components) -> Schema:
    schema = _plain_schema(field, model, name, components)
    model_field = _model_field(model, name)
    may_be_null = getattr(model_field, "null", False) or field.allow_null
    return nullable(schema) if may_be_null and not _takes_null(schema) else schema


def _plain_schema(field: Any, model: type[Model], name: str, components: Components) -> Schema:
    where = f"{model._meta.label}.{name}"
    if name == "type" and isinstance(field, v2.TypeField | v2.PageTypeField):
        return {"const": model._meta.label}
    said = getattr(field, "schema", None)
    if said:
        return said
    if isinstance(field, v2.StreamField):
        return block_schema(_model_field(model, name).stream_block, components, where)
    if isinstance(field, v2.RichTextFieldSerializer):
        return ref("RichText")
    if isinstance(field, ManyRelatedField | v2.ChildRelationField | v2.RelatedField):
        return _relation_schema(field, components)
    if isinstance(field, drf.ListField):
        item = _plain_schema(field.child, model, name, components)
        return array(nullable(item) if field.child.allow_null else item)
    known = next((schema for kind, schema in FIELDS if isinstance(field, kind)), None)
    if isinstance(field, drf.ChoiceField) and known is None:
        return {"enum": [*field.choices, *([""] if field.allow_blank else [])]}
    return known or _key_of_relation(model, name) or _hinted(model, name) or components.hole(where)


def _key_of_relation(model: type[Model], name: str) -> Schema | None:
    """Of the column of a foreign key: `author_id`."""
    field = _model_field(model, name)
    return key_schema(field) if field is not None and field.many_to_one else None


def _relation_schema(field: Any, components: Components) -> Schema:
    if isinstance(field, ManyRelatedField):
        return array(_nested(field.child_relation, components))
    nested = _nested(field, components)
    # A child is part of the page; anything else is null where it is not public.
    return array(nested) if isinstance(field, v2.ChildRelationField) else nullable(nested)


def _nested(field: Any, components: Components) -> Schema:
    nested, model = field.serializer_class, field.serializer_class.Meta.model
    schema = _serializer_schema(nested, components, set(nested.Meta.fields) - {"detail_url"})
    if issubclass(model, Page):  # says its own type, which may be any below that of the relation
        labels = sorted(one._meta.label for one in apps.get_models() if issubclass(one, model))
        schema["properties"]["meta"]["properties"]["type"] = {"enum": labels}
    return schema


def _hinted(model: type[Model], name: str) -> Schema | None:
    """What the type hint of a property or method says: `-> dict[str, float] | None`."""
    found = inspect.getattr_static(model, name, None)
    function = getattr(found, "fget", None) or getattr(found, "func", None) or found
    if not isinstance(function, Callable):  # type: ignore[arg-type]
        return None
    try:
        hint = typing.get_type_hints(function).get("return")
        return TypeAdapter(hint).json_schema() if hint is not None else None
    except (NameError, TypeError, PydanticSchemaGenerationError):
        return None


def _model_field(model: type[Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _takes_null(schema: Schema) -> bool:
    return {"type": "null"} in schema.get("anyOf", ()) or "null" in schema.get("type", ())
