"""What objects show and point to, in anybody's models, loaded with all of them at once.

A serializer of Wagtail's v2 tells it: the fields that it shows, and a serializer for each relation
among them. A property tells it through `source` of its APIField's serializer, or through the names
of foreign keys in the model's `shown_relations`.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Prefetch, QuerySet
from taggit.managers import TaggableManager
from wagtail.blocks import StreamValue
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, TranslatableMixin

from techport_cms.core.expectations import expect_each
from techport_cms.core.references import expect_ancestors, expect_pages
from techport_cms.core.spoken import expect_languages
from techport_cms.core.streams import holds, load_blocks

ABOVE = {"breadcrumbs", "parent"}
Shown = tuple[Any, Page | None]  # what is shown, and the page on which it stands


def with_related(queryset: QuerySet, serializer_class: Any) -> QuerySet:
    """One query for these objects and what their foreign keys point to, and one for each field that
    points to several."""
    joins, others = _ways(serializer_class)
    return queryset.select_related(*joins).prefetch_related(*others)


def announce(objects: list[Any], serializer_class: Any) -> None:
    """Let what these objects show, and what is nested in them, be loaded together."""
    shown = list(_shown(objects, serializer_class))
    expect_each(shown, as_json=True)
    load_blocks((value for value, _page in shown if isinstance(value, StreamValue)), holds)


def _ways(serializer_class: Any, prefix: str = "") -> tuple[list[str], list[Any]]:
    """For `select_related` and `prefetch_related`."""
    joins: list[str] = []
    others: list[Any] = []
    if issubclass(serializer_class.Meta.model, TranslatableMixin):
        joins.append(f"{prefix}locale")
    for name, field in relations(serializer_class):
        nested = serializer_class.child_serializer_classes.get(name)
        if isinstance(field, TaggableManager):
            others.append(prefix + name)
        elif field.many_to_one or field.one_to_one:
            more_joins, more_others = _ways(nested, f"{prefix}{name}__") if nested else ([], [])
            joins += [prefix + name, *more_joins]
            others += more_others
        elif nested is not None:
            queryset = with_related(field.related_model._base_manager.all(), nested)
            others.append(Prefetch(prefix + _accessor(field), queryset))
    return joins, others


def _shown(objects: list[Any], serializer_class: Any) -> Iterator[Shown]:
    pages = [one for one in objects if isinstance(one, Page)]
    expect_languages(page.locale.language_code for page in pages)
    if pages:
        _announce_around(pages, set(serializer_class.Meta.fields))
    for name in text_fields(serializer_class):
        yield from ((getattr(one, name), one if isinstance(one, Page) else None) for one in objects)
    for name, field in relations(serializer_class):
        found = [] if isinstance(field, TaggableManager) else list(_pointed_at(objects, field))
        yield from ((value, None) for value in found)
        if found and name in serializer_class.child_serializer_classes:
            yield from _shown(found, serializer_class.child_serializer_classes[name])


def _announce_around(pages: list[Page], names: set[str]) -> None:
    if ABOVE & names:
        expect_ancestors(pages)
    if {"translations", "translation"} & names:
        expect_pages(translations_of=pages)
    if "alias_of" in names:
        expect_pages(page.alias_of_id for page in pages if page.alias_of_id)


def _pointed_at(objects: Iterable[Any], field: Any) -> Iterator[Any]:
    for one in objects:
        value: Any = getattr(one, _accessor(field), None)  # a reverse one-to-one that is not there raises
        if hasattr(value, "all"):
            yield from value.all()
        elif value is not None:
            yield value


def _accessor(field: Any) -> str:
    return field.get_accessor_name() if field.auto_created and not field.concrete else field.name


@lru_cache(maxsize=256)
def relations(serializer_class: Any) -> list[tuple[str, Any]]:
    """The relations that it shows, by name."""
    model, declared = serializer_class.Meta.model, serializer_class._declared_fields
    shown = [
        name for name in serializer_class.Meta.fields if getattr(declared.get(name), "shows_relation", True)
    ]
    names = [getattr(declared.get(name), "source", None) or name for name in shown]
    if any(_field(model, name.split(".")[0]) is None for name in _own(serializer_class)):
        names += getattr(model, "shown_relations", ())
    found = {name: _field(model, name) for name in names}
    return [(name, field) for name, field in found.items() if field is not None and field.is_relation]


@lru_cache(maxsize=256)
def text_fields(serializer_class: Any) -> list[str]:
    model = serializer_class.Meta.model
    fields = ((name, _field(model, name)) for name in serializer_class.Meta.fields)
    return [name for name, field in fields if isinstance(field, StreamField | RichTextField)]


def _own(serializer_class: Any) -> list[str]:
    """What it shows besides what all objects of its endpoint have."""
    named = {
        getattr(field, "name", field) for field in getattr(serializer_class.Meta.model, "api_fields", ())
    }
    return [name for name in serializer_class.Meta.fields if name in named]


def _field(model: Any, name: str) -> Any:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if field.name == name else None  # not the column of a foreign key: "author_id"
