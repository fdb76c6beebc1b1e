"""The query parameters of lists and details, for people and for generated clients."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.db import models
from django.db.models import Model
from taggit.managers import TaggableManager
from wagtail.coreutils import get_content_languages
from wagtail.models import Page, get_page_models

from techport_cms.core.channels import channel_names
from techport_cms.core.pictures import presets
from techport_cms.core.schemas import Schema
from techport_cms.core.search import MOST_WORDS

from ..channel import RENDITIONS, RICH_TEXT_FORMAT
from ..filters import MOST_COLUMNS, MOST_VALUES, choices_of
from ..paging import LIMIT, limit_max
from ..parameters import LARGEST, LOCALE, Parameter, integer_schema, several_schema
from .components import TEXT

IDENTIFIER: Schema = integer_schema(1, LARGEST)
NUMBER: Schema = integer_schema(-LARGEST, LARGEST)
IN_TREE: Schema = {"type": "string", "pattern": "^([1-9][0-9]{0,17}|root)$"}
PLAIN: Schema = {"type": "string", "pattern": "^[^\\u0000]*$"}
WORDS: Schema = {
    "type": "string",
    "pattern": f'^[\\s"]*([^\\s"\\u0000]+[\\s"]+){{0,{MOST_WORDS - 1}}}[^\\s"\\u0000]*$',
}
PORT = "([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3})"
HOST: Schema = {"type": "string", "pattern": f"^[^:\\u0000]*(:{PORT})?$"}
# Only the forms that add: with Wagtail's `-name` and `_` an answer has fewer members than its schema.
FIELDS = Parameter(
    "fields",
    "Fields to add, with commas, or `*` for all. Wagtail's forms `-name` (leave one out) and `_,name` "
    "(only what is named) work too; an answer then has fewer members than its schema requires. The pattern "
    "names what every type has; the fields of one type, with brackets for what is in them, work where all "
    "that come have them.",
    TEXT,
)
PAGED = (
    Parameter("limit", f"Items of an answer, {LIMIT} by itself.", {"type": "integer", "minimum": 0}),
    Parameter("offset", "Items to pass over.", integer_schema(0, LARGEST)),
    Parameter("cursor", "`meta.next` of the answer before: goes on behind its last item.", TEXT),
    Parameter(
        "order",
        f"A field, `-field` for descending, or up to {MOST_COLUMNS} with commas, each once; or `random`.",
        TEXT,
    ),
    Parameter("search", f"Up to {MOST_WORDS} words to look for.", WORDS),
    Parameter("search_operator", "Whether all words must be found.", {"enum": ["and", "or"]}),
)
FORMS = (RICH_TEXT_FORMAT, RENDITIONS)
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


def limited(endpoint: Any, model: type[Model]) -> list[Parameter]:
    """PAGED, with the bound that the settings have now, and what every object can be ordered by."""
    names = sortable(endpoint, model)
    columns = several_schema([*names, *(f"-{name}" for name in names)], MOST_COLUMNS, may_be_empty=True)
    pattern = columns["pattern"].replace("^(", "^(random|", 1)
    known = {"limit": integer_schema(0, limit_max()), "order": {**columns, "pattern": pattern}}
    return [replace(one, schema=known.get(one.name, one.schema)) for one in PAGED]


def sortable(endpoint: Any, model: type[Model]) -> list[str]:
    """The fields that a list of these is ordered by where somebody asks for it."""
    return [
        name
        for name, (field, lookup) in endpoint.field_filters(model).items()
        if lookup == "exact" and not isinstance(field, TaggableManager)
    ]


def shown(endpoint: Any, model: type[Model]) -> tuple[Parameter, ...]:
    """How objects come out."""
    return replace(FIELDS, schema=_fields(endpoint, model)), *FORMS


def _fields(endpoint: Any, model: type[Model]) -> Schema:
    known = several_schema(endpoint.get_available_fields(model), may_be_empty=True)
    return {**known, "pattern": known["pattern"].replace("^(", r"^(\*|", 1)}


def schema_of(parameter: Parameter) -> Schema:
    """With what only the settings and the installed apps can tell, and without the null character, which
    nothing takes."""
    if parameter.schema != TEXT:
        return parameter.schema
    return KNOWN.get(parameter.name, lambda: PLAIN)()


def _languages() -> Schema:
    return {"enum": list(get_content_languages())}


def _page_types() -> Schema:
    labels = sorted(model._meta.label for model in get_page_models())
    return several_schema(labels, may_be_empty=True)


def _page_fields() -> Schema:
    from ..pages import PagesEndpoint

    return _fields(PagesEndpoint, Page)


KNOWN: dict[str, Callable[[], Schema]] = {
    "locale": _languages,
    "fallback": _languages,
    "type": _page_types,
    "channel": lambda: {"enum": channel_names()},
    "renditions": lambda: several_schema(presets()),
    "site": lambda: HOST,
    "path": lambda: {**PLAIN, "minLength": 1},
    "fields": _page_fields,
}


def filters(endpoint: Any, found: Iterable[type[Model]]) -> list[Parameter]:
    """One for each field and lookup of these models, but for those of all (`base`)."""
    parameters: dict[str, Parameter] = {}
    schemas: dict[str, list[Schema]] = {}
    for model in found:
        for name, (field, lookup) in endpoint.field_filters(model).items():
            schema = _one_of(field) if lookup == "in" else _schema(field)
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
    if isinstance(field, models.ForeignKey):
        return _schema(field.target_field)
    if field.choices:
        return {"enum": [str(value) for value in choices_of(field)]}
    kinds: list[tuple[Any, Schema]] = [
        (TaggableManager, _several(r"[^,\x00]*")),
        (models.BooleanField, {"enum": ["true", "false", "1", "0"]}),
        (models.IntegerField, NUMBER),
        (models.DateTimeField, {"type": "string", "format": "date-time"}),
        (models.DateField, {"type": "string", "format": "date"}),
        ((models.DecimalField, models.FloatField), {"type": "number"}),
        (models.UUIDField, {"type": "string", "format": "uuid"}),
    ]
    return next((schema for kind, schema in kinds if isinstance(field, kind)), TEXT)


def _one_of(field: models.Field) -> Schema:
    """Values with commas between them."""
    if field.choices:
        return several_schema((str(value) for value in choices_of(field)), MOST_VALUES)
    day = "[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
    kinds: list[tuple[Any, str]] = [
        (models.IntegerField, "-?[0-9]{1,18}"),
        (models.DateTimeField, f"{day}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"),
        (models.DateField, day),
        ((models.DecimalField, models.FloatField), "-?[0-9]{1,2}"),
    ]
    one = next(pattern for kind, pattern in kinds if isinstance(field, kind))
    return _several(one)


def _several(one: str) -> Schema:
    """As many as a parameter takes, with commas between them; `one` is the pattern of a value."""
    return {"type": "string", "pattern": f"^{one}(,{one}){{0,{MOST_VALUES - 1}}}$"}
