"""The query parameters of lists and details, for people and for generated clients."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Model
from taggit.managers import TaggableManager

from techport_cms.core.schemas import Schema

from ..channel import RENDITIONS, RICH_TEXT_FORMAT
from ..paging import LIMIT, limit_max
from ..parameters import LARGEST, LOCALE, Parameter, integer_schema
from .components import TEXT

IDENTIFIER: Schema = integer_schema(1, LARGEST)
IN_TREE: Schema = {"type": "string", "pattern": "^([1-9][0-9]{0,17}|root)$"}
# Only the forms that add: with Wagtail's `-name` and `_` an answer has fewer members than its schema.
FIELDS = Parameter(
    "fields",
    "Fields to add, with commas, or `*` for all. Wagtail's forms `-name` (leave one out) and `_,name` "
    "(only what is named) work too; an answer then has fewer members than its schema requires.",
    {"type": "string", "pattern": r"^(\*|[a-z][a-z0-9_]*(,[a-z][a-z0-9_]*)*)$"},
)
PAGED = (
    Parameter("limit", f"Items of an answer, {LIMIT} by itself.", {"type": "integer", "minimum": 0}),
    Parameter("offset", "Items to pass over.", integer_schema(0, LARGEST)),
    Parameter("cursor", "`meta.next` of the answer before: goes on behind its last item.", TEXT),
    Parameter("order", "A field, `-field` for descending, several with commas, or `random`.", TEXT),
    Parameter("search", "Words to look for.", {"type": "string", "pattern": "^[^\\u0000]*$"}),
    Parameter("search_operator", "Whether all words must be found.", {"enum": ["and", "or"]}),
)
SHOWN = (FIELDS, RICH_TEXT_FORMAT, RENDITIONS)
CHANNEL = Parameter("channel", "Only what staff mean for this channel.", TEXT)
SITE = Parameter("site", "Host name of the site, with `:port` where there are several.", TEXT)
TREE = (
    Parameter("type", "Page types, with commas: `news.ArticlePage`.", TEXT),
    LOCALE,
    Parameter("fallback", "With `locale`: the language of what is not there in it.", TEXT),
    SITE,
    CHANNEL,
    Parameter("child_of", "Id of the page directly above, or `root`.", IN_TREE),
    Parameter("descendant_of", "Id of a page above, or `root`.", IN_TREE),
    Parameter("ancestor_of", "Id of a page below.", IDENTIFIER),
    Parameter("translation_of", "Id of the page in another language, or `root`.", IN_TREE),
)


def limited() -> tuple[Parameter, ...]:
    """PAGED, with the bound that the settings have now."""
    first, *others = PAGED
    return Parameter("limit", first.description, integer_schema(0, limit_max())), *others


def filters(endpoint: Any, found: Iterable[type[Model]]) -> list[Parameter]:
    """One for each field and lookup of these models, but for those of all (`base`)."""
    parameters: dict[str, Parameter] = {}
    schemas: dict[str, list[Schema]] = {}
    for model in found:
        for name, (field, lookup) in endpoint.field_filters(model).items():
            schema = TEXT if lookup == "in" or isinstance(field, TaggableManager) else _schema(field)
            if schema not in schemas.setdefault(name, []):
                schemas[name].append(schema)
            kinds = schemas[name]
            described = f"{_sentence(lookup)} Only where all types that are asked for have the field."
            parameters[name] = Parameter(name, described, kinds[0] if len(kinds) == 1 else {"anyOf": kinds})
    return list(parameters.values())


def _sentence(lookup: str) -> str:
    return {
        "exact": "Exactly this value.",
        "in": "One of these values, with commas.",
        "gte": "This value or more.",
        "lte": "This value or less.",
        "gt": "More than this value.",
        "lt": "Less than this value.",
    }[lookup]


def _schema(field: models.Field) -> Schema:
    if field.choices:
        return {"enum": [str(value) for value, _label in field.flatchoices]}
    kinds: list[tuple[Any, Schema]] = [
        (models.BooleanField, {"enum": ["true", "false", "1", "0"]}),
        ((models.IntegerField, models.ForeignKey), integer_schema(0, 2**31 - 1)),
        (models.DateTimeField, {"type": "string", "format": "date-time"}),
        (models.DateField, {"type": "string", "format": "date"}),
        ((models.DecimalField, models.FloatField), {"type": "number"}),
        (models.UUIDField, {"type": "string", "format": "uuid"}),
    ]
    return next((schema for kind, schema in kinds if isinstance(field, kind)), TEXT)
