"""What a list is narrowed down by: Wagtail's v2 filters made strict, ranges, fallback, stable order."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from rest_framework.request import Request
from taggit.managers import TaggableManager
from wagtail.api.v2 import filters as v2
from wagtail.api.v2.utils import BadRequestError, parse_boolean
from wagtail.fields import RichTextField, StreamField

from techport_cms.core.search import MOST_WORDS, words_of
from techport_cms.core.visibility import public_pages

from .parameters import LARGEST, check_text, whole_number

LOOKUPS = ("gte", "lte", "gt", "lt", "in")
IN_ORDER = (models.DateField, models.IntegerField, models.DecimalField, models.FloatField, models.AutoField)
MOST_VALUES = 100  # of an `__in`, and tags
MOST_COLUMNS = 10  # of an order; a cursor compares each with all before it
NOT_COMPARABLE = (StreamField, RichTextField, models.JSONField, models.FileField)


def field_filters(model: type[models.Model], names: list[str]) -> dict[str, tuple[models.Field, str]]:
    """By parameter, such as `date__gte`: the field and the lookup. `names` are the exposed fields."""
    found: dict[str, tuple[models.Field, str]] = {}
    for name in names:
        field = _field(model, name)
        if field is None or isinstance(field, NOT_COMPARABLE):
            continue
        found[name] = field, "exact"
        if isinstance(field, IN_ORDER) or field.choices:
            lookups = LOOKUPS if isinstance(field, IN_ORDER) else ("in",)
            found.update({f"{name}__{lookup}": (field, lookup) for lookup in lookups})
    return found


def _field(model: type[models.Model], name: str) -> Any:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if field.concrete or isinstance(field, TaggableManager) else None


def to_python(field: models.Field, name: str, text: str) -> Any:
    """The value of the text as the field has it. Raises BadRequestError."""
    if "\x00" in text:
        raise BadRequestError(f"field filter error. null characters are not allowed for {name}")
    try:
        return _chosen(field, _converter(field)(text))
    except (ValueError, ArithmeticError) as error:
        reason: Any = error
    except ValidationError as error:
        reason = " ".join(error.messages)
    raise BadRequestError(f"field filter error. '{text}' is not a valid value for {name} ({reason})")


def choices_of(field: models.Field) -> list[Any]:
    """The values that may be asked for; of a field without choices none."""
    values = [value for value, _label in field.flatchoices]
    may_be_empty = field.blank and field.empty_strings_allowed
    return [*values, ""] if values and may_be_empty and "" not in values else values


def _chosen(field: models.Field, value: Any) -> Any:
    known = choices_of(field)
    if known and value not in known:
        raise ValueError(f"it must be one of {', '.join(map(str, known))}")
    return value


def _converter(field: models.Field) -> Callable[[str], Any]:
    if isinstance(field, models.BooleanField):
        return parse_boolean
    if isinstance(field, models.IntegerField):
        return _integer
    if isinstance(field, models.ForeignKey):
        return lambda text: _key_of(field.target_field, text)
    if isinstance(field, models.DateTimeField):
        return lambda text: _moment(field.to_python(text))
    if isinstance(field, models.DecimalField):
        largest = Decimal(10) ** (field.max_digits - field.decimal_places)
        return lambda text: _within(field.to_python(text), largest)
    if isinstance(field, models.FloatField):
        return lambda text: _within(field.to_python(text), float("inf"))
    return field.to_python


def _integer(text: str) -> int:
    int(text)  # raises what Wagtail's v2 tells
    return whole_number(-LARGEST)(text)


def _key_of(field: models.Field, text: str) -> Any:
    value = field.get_prep_value(text)  # raises what Wagtail's v2 tells
    return whole_number(-LARGEST)(text) if isinstance(value, int) else value


def _moment(moment: datetime) -> datetime:
    """In UTC, as the database has it: OverflowError where that is before year 1 or after 9999."""
    return (timezone.make_aware(moment) if timezone.is_naive(moment) else moment).astimezone(UTC)


def _within(number: Any, largest: Any) -> Any:
    if not -largest < number < largest:
        raise ValueError(f"it must be between {-largest} and {largest}")
    return number


class FieldsFilter(v2.FieldsFilter):
    """`?kind=school`, `?date__gte=2026-01-01`, `?kind__in=school,company`, `?tags=steel,wind`"""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        known = view.field_filters(queryset.model)
        for name, text in request.GET.items():
            if name in known:
                queryset = self._filter(queryset, name, text, *known[name])
        return queryset

    def _filter(self, queryset: QuerySet, name: str, text: str, field: models.Field, lookup: str) -> QuerySet:
        if isinstance(field, TaggableManager):
            return queryset.filter(pk__in=_with_all_tags(queryset.model, name, _values(name, text)))
        if lookup == "in":
            return queryset.filter(**{name: [to_python(field, name, one) for one in _values(name, text)]})
        return queryset.filter(**{name: to_python(field, name, text)})


def _values(name: str, text: str) -> list[str]:
    if "\x00" in text:
        raise BadRequestError(f"field filter error. null characters are not allowed for {name}")
    values = text.split(",")
    if len(values) > MOST_VALUES:
        raise BadRequestError(f"{name} takes at most {MOST_VALUES} values")
    return values


def _with_all_tags(model: type[models.Model], name: str, tags: list[str]) -> QuerySet:
    """The keys of what has each of these tags. Wagtail's v2 joins two tables for each: of some dozens,
    PostgreSQL takes minutes and gigabytes to plan, and SQLite takes none."""
    some = model._default_manager.filter(**{f"{name}__name__in": tags}).order_by().values("pk")
    found = some.annotate(found=Count(f"{name}__name", distinct=True))
    return found.filter(found=len(set(tags))).values("pk")


class OrderingFilter(v2.OrderingFilter):
    """Every order has the primary key as its last word, so that no page of a list repeats a row."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        view.order = order_of(request.GET.get("order") or view.default_order)
        found = super().filter_queryset(request, queryset, view)  # refuses what is no field
        if view.order == ["random"]:
            return found
        for name in view.order:
            field = _field(queryset.model, name.lstrip("-"))
            if field is None or isinstance(field, (*NOT_COMPARABLE, TaggableManager)):
                raise BadRequestError(f"cannot order by '{name}'")
        return queryset.order_by(*(order_by(queryset.model, name) for name in view.order))


def order_of(parameter: str) -> list[str]:
    """Raises BadRequestError for more columns than there may be, and for one that comes twice."""
    names = parameter.split(",")
    if len(names) > MOST_COLUMNS:
        raise BadRequestError(f"order takes at most {MOST_COLUMNS} fields")
    if len({name.lstrip("-") for name in names}) < len(names):
        raise BadRequestError("order names a field twice")
    if names == ["random"] or {"id", "-id", "pk", "-pk"}.intersection(names):
        return names
    return [*names, "id"]


def order_by(model: type[models.Model], name: str) -> Any:
    """NULL is the smallest value on every database. Where there is none, that is not said: PostgreSQL
    would sort all rows instead of reading an index."""
    plain = name.lstrip("-")
    key, said = sort_key(model, plain), is_nullable(model, plain) or None
    return key.desc(nulls_last=said) if name.startswith("-") else key.asc(nulls_first=said)


def is_nullable(model: type[models.Model], name: str) -> bool:
    return model._meta.get_field(name).null


def sort_key(model: type[models.Model], name: str) -> models.F | Lower:
    """What an order by this field compares: of a text, as on the website, without regard to case."""
    return Lower(name) if is_text(_field(model, name)) else models.F(name)


def is_text(field: Any) -> bool:
    """One that people write; not a choice of theirs, nor a page's place in the tree, which has an index."""
    return isinstance(field, models.CharField | models.TextField) and not (field.choices or field.unique)


class SearchFilter(v2.SearchFilter):
    """Narrows down by any filter that a list has: what is searched in is a subquery for the backend,
    which knows of no others than those on fields of its index."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> Any:
        if request.GET.get("search_operator", "and") not in ("and", "or"):
            raise BadRequestError("search_operator must be one of and, or")
        if "search" not in request.GET:
            return queryset
        check_text("search", request.GET["search"])
        words = words_of(request.GET["search"])
        if len(words) > MOST_WORDS:
            raise BadRequestError(f"search takes at most {MOST_WORDS} words")
        if not words:
            return queryset.none()
        within = queryset.model._default_manager.filter(pk__in=queryset.order_by().values("pk"))
        ordered = within.order_by(*queryset.query.order_by)
        return super().filter_queryset(_With(request, search=" ".join(words)), ordered, view)


class _With:
    """A request whose query has other values for these parameters."""

    def __init__(self, request: Request, **values: str) -> None:
        self.GET = request.GET.copy()
        for name, value in values.items():
            self.GET[name] = value


class LocaleFilter(v2.LocaleFilter):
    """`?locale=en`, and with `&fallback=nl` what has no public English version in Dutch."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        locale, fallback = view.values.get("locale"), view.values.get("fallback")
        if fallback is not None and locale is None:
            raise BadRequestError("fallback needs locale: the language that is wanted")
        if locale is None:
            return queryset
        if fallback is None or fallback == locale:
            return queryset.filter(locale=locale)
        same = public_pages().filter(translation_key=OuterRef("translation_key"), locale=locale)
        return queryset.filter(Q(locale=locale) | Q(~Exists(same), locale=fallback))


class IdGuard(v2.BaseFilterBackend):
    """Refuses what is no id of a page before Wagtail's filters read it: they take "1_0" for a number,
    and ask for ids that no database holds."""

    names = ("child_of", "descendant_of", "ancestor_of", "translation_of")

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        for name in self.names:
            text = request.GET.get(name, "root")
            if text != "root" and not _is_id(text):
                raise BadRequestError(f"{name} must be a positive integer")
        return queryset


def _is_id(text: str) -> bool:
    try:
        whole_number()(text)
    except ValueError:
        return False
    return True
