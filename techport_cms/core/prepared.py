"""Queries that are written once and asked often.

Django takes longer to write the SQL of a page's queries than the database takes to answer them.
Here the SQL of a queryset is kept, with places for the values that differ each time:

    def newest(count: int) -> QuerySet:
        return Article.objects.filter(locale=Parameter(0, Article._meta.pk))[:count]

    prepared(newest, count)(locale.pk)    # a list of articles

`newest` is called once for each `count`; the parameters are numbered as the values are given.
What it does must follow from its arguments alone.
"""

import copy
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache, partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

MOST = 512  # queries


class Parameter(Value):
    """Stands for the value with this number; `field` tells how the database wants it."""

    def __init__(self, number: int, field: Field) -> None:
        super().__init__(number, output_field=field)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        return "%s", [_Place(self.value, self.output_field)]


class _Place:
    def __init__(self, number: int, field: Field) -> None:
        self.number = number
        self.field = field


class Prepared:
    def __init__(self, queryset: QuerySet) -> None:
        self._queryset = queryset
        self._compilers: dict[str, tuple[SQLCompiler, str, list[Any], Any]] = {}  # by database

    def __call__(self, *values: Any) -> list[Any]:
        """The objects for these values."""
        query = copy.copy(self._queryset.query)
        query.get_compiler = partial(self._compiler, values)  # type: ignore[method-assign]
        return list(type(self._queryset)(self._queryset.model, query))

    def _compiler(self, values: tuple[Any, ...], using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> SQLCompiler:
        if using not in self._compilers:
            self._compilers[using] = _write(self._queryset.query.clone().get_compiler(using))
        written, sql, places, converters = self._compilers[using]
        compiler = copy.copy(written)
        compiler.get_converters = lambda expressions: converters  # type: ignore[method-assign]
        compiler.connection = connections[using]
        params = tuple(_value(place, values, compiler.connection) for place in places)
        compiler.as_sql = lambda *args, **options: (sql, params)  # type: ignore[method-assign]
        return compiler


def _write(compiler: SQLCompiler) -> tuple[SQLCompiler, str, list[Any], Any]:
    sql, places = compiler.as_sql()
    columns = [selected[0] for selected in compiler.select[: compiler.col_count]]
    return compiler, sql, list(places), compiler.get_converters(columns)


def _value(place: Any, values: tuple[Any, ...], connection: Any) -> Any:
    if not isinstance(place, _Place):
        return place
    return place.field.get_db_prep_value(values[place.number], connection)


@lru_cache(MOST)
def prepared(build: Callable[..., QuerySet], *shape: Hashable) -> Prepared:
    """The query that `build` makes of these arguments."""
    return Prepared(build(*shape))


def parameters(number: int, field: Field, first: int = 0) -> list[Parameter]:
    """For `…__in`: as many as `padded` makes of the values."""
    return [Parameter(first + n, field) for n in range(number)]


def padded(values: Iterable[Any]) -> list[Any]:
    """The values, the last of them repeated up to a power of two: few numbers, so few queries to keep.

    ValueError without any.
    """
    found = list(values)
    if not found:
        raise ValueError("There is no query for no values.")
    size = 1 << (len(found) - 1).bit_length()
    return [*found, *found[-1:] * (size - len(found))]
