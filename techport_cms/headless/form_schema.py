"""A Wagtail form as JSON Schema (2020-12), made from the Django form that checks what is sent.

So every kind of field comes out as it is checked, those that a project adds too. `x-input` says
how a field looks on the website: "text", "textarea", "email", "select", "radio", "hidden" …
"""

from collections.abc import Mapping
from html import unescape
from typing import Any

from django import forms
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from techport_cms.core.public_forms import SpamGuard
from techport_cms.core.schemas import Schema, array, closed

DIALECT = "https://json-schema.org/draft/2020-12/schema"

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "number"}
TRUE: Schema = {"const": True}
VALUE: Schema = {"anyOf": [TEXT, {"type": "boolean"}, NUMBER, array(TEXT)]}
# What `field_schema` makes, and `form_schema` with what the endpoint says of the page.
FIELD: Schema = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("type", "title", "description", "format", "x-input", "x-autocomplete"), TEXT),
        **dict.fromkeys(("minLength", "maxLength", "minItems"), COUNT),
        **dict.fromkeys(("minimum", "maximum"), NUMBER),
        **dict.fromkeys(("const", "uniqueItems"), TRUE),
        "default": VALUE,
        "enum": array(TEXT),
        "items": closed({"type": {"const": "string"}, "enum": array(TEXT)}),
    },
    "required": ["type", "x-input"],
    "additionalProperties": False,
}
FORM: Schema = {
    **closed({
        "$schema": {"const": DIALECT},
        "$id": {"type": "string", "format": "uri"},
        "title": TEXT,
        "description": TEXT,
        "type": {"const": "object"},
        "properties": {"type": "object", "additionalProperties": FIELD},
        "required": array(TEXT),
        "additionalProperties": {"const": False},
    }),
    "description": "A JSON Schema (2020-12) of what is to be sent.",
}  # fmt: skip

# The first that fits counts: classes stand before those that they inherit from.
TYPES: tuple[tuple[type[forms.Field], Schema], ...] = (
    (forms.BooleanField, {"type": "boolean"}),
    (forms.MultipleChoiceField, array({"type": "string"})),
    (forms.ChoiceField, {"type": "string"}),
    (forms.DecimalField, {"type": "number"}),
    (forms.FloatField, {"type": "number"}),
    (forms.IntegerField, {"type": "integer"}),
    (forms.DateTimeField, {"type": "string", "format": "date-time"}),
    (forms.DateField, {"type": "string", "format": "date"}),
    (forms.EmailField, {"type": "string", "format": "email"}),
    (forms.URLField, {"type": "string", "format": "uri"}),
)
PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
}
INPUTS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.Textarea, "textarea"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radio"),
    (forms.SelectMultiple, "multiselect"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "checkbox"),
    (forms.DateTimeInput, "datetime"),
    (forms.DateInput, "date"),
)


def form_schema(form: forms.BaseForm, guard: SpamGuard) -> Schema:
    """The members of what is to be sent: the form's fields, and the two of the guard against spam."""
    properties = {name: field_schema(field) for name, field in form.fields.items()}
    required = [name for name, field in form.fields.items() if field.required]
    opened, trap = guard.add_prefix("opened"), guard.add_prefix("website")
    properties[opened] = {"type": "string", "default": guard["opened"].initial, "x-input": "hidden"}
    properties[trap] = {
        "type": "string",
        "title": str(guard.fields["website"].label),
        "maxLength": 0,
        "default": "",
        "x-input": "trap",
    }
    return {
        "type": "object",
        "properties": properties,
        "required": [*required, opened],
        "additionalProperties": False,
    }


def field_schema(field: forms.Field) -> Schema:
    schema = {**value_schema(field), "title": str(field.label or "")}
    if field.help_text:
        # Wagtail has escaped it for HTML; a project may allow tags in it.
        schema["description"] = unescape(strip_tags(str(field.help_text)))
    if default := _default(field, schema):
        schema["default"] = default
    schema["x-input"] = _input(field.widget)
    if autocomplete := field.widget.attrs.get("autocomplete"):
        schema["x-autocomplete"] = autocomplete
    return schema


def value_schema(field: forms.Field) -> Schema:
    """What the value must be like."""
    schema = next((dict(found) for kind, found in TYPES if isinstance(field, kind)), {"type": "string"})
    if isinstance(field, forms.BooleanField):
        return schema | ({"const": True} if field.required else {})
    if isinstance(field, forms.MultipleChoiceField):
        items = {"type": "string", "enum": _choices(field)}
        at_least = {"minItems": 1} if field.required else {}
        return schema | {"items": items, "uniqueItems": True} | at_least
    if isinstance(field, forms.ChoiceField):
        return schema | {"enum": _choices(field)}
    return schema | _bounds(field)


def type_errors(form: forms.BaseForm, sent: Mapping[str, Any]) -> dict[str, list[str]]:
    """Messages by name for what no field asks for, and for what is of another type than the schema
    says. (A Django form makes a text of whatever it gets.)"""
    errors = {name: [_("The form has no such field.")] for name in sent if name not in form.fields}
    for name, field in form.fields.items():
        if name in sent and not is_of_type(sent[name], value_schema(field)["type"]):
            errors[name] = [_("This has the wrong type.")]
    return errors


def is_of_type(value: Any, name: str) -> bool:
    if isinstance(value, bool) and name != "boolean":
        return False  # in Python, True is a number
    if name == "array":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, PYTHON_TYPES[name])


def _default(field: forms.Field, schema: Schema) -> Any:
    """What is filled in beforehand; None where an editor wrote something else than the schema says."""
    default = field.initial
    if isinstance(field, forms.MultipleChoiceField) and default:
        return [choice for choice in default if choice in _choices(field)]
    return default if is_of_type(default, schema["type"]) else None


def _bounds(field: forms.Field) -> Schema:
    names = {
        "max_length": "maxLength",
        "min_length": "minLength",
        "max_value": "maximum",
        "min_value": "minimum",
    }
    found = {theirs: getattr(field, ours, None) for ours, theirs in names.items()}
    if field.required and type(field) is forms.CharField:
        found["minLength"] = found["minLength"] or 1
    return {name: value for name, value in found.items() if value is not None}


def _choices(field: Any) -> list[str]:
    return [str(value) for value, _label in field.choices]


def _input(widget: forms.Widget) -> str:
    named = next((name for kind, name in INPUTS if isinstance(widget, kind)), None)
    # An input element's own type; projects write it among the attributes.
    return named or widget.attrs.get("type") or getattr(widget, "input_type", None) or "text"
