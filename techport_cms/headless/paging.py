"""Pages of a list: by offset as in Wagtail's v2, or by a cursor that no publication disturbs.

A cursor names the last object that was seen, by the values that the list is ordered by and its id.
So whatever is published or taken down meanwhile, what stays is seen exactly once, as long as the
values that it is ordered by stay the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet, ValidationError
from django.db.models import CharField, Model, Q, QuerySet, Value
from django.db.models.functions import Lower

from techport_cms.core.kept import Values, kept

from .cursors import seal, unseal
from .filters import is_nullable, is_text, sort_key
from .parameters import whole_number
from .problems import bad_request

LIMIT = 20
LIMIT_MAX = 100
MOST_TOTALS = 1000  # lists whose length is kept


def limit_max() -> int:
    """As Wagtail's setting has it; 0 or None there is no bound, which a public API cannot afford."""
    return getattr(settings, "WAGTAILAPI_LIMIT_MAX", LIMIT_MAX) or LIMIT_MAX


def read_limit(query: Mapping[str, str]) -> int:
    most = limit_max()
    limit = _read_number(query, "limit", min(LIMIT, most))
    if limit > most:
        raise bad_request(f"limit cannot be higher than {most}")
    return limit


def _read_number(query: Mapping[str, str], name: str, default: int) -> int:
    try:
        return whole_number()(query.get(name, str(default)))
    except ValueError as error:
        raise bad_request(f"{name} must be a positive integer") from error


@dataclass
class ListPage:
    ids: list[int]
    total_count: int
    next: str | None = None  # cursor of the rest; None at the end, and where there can be none
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def meta(self) -> dict[str, Any]:
        return {"total_count": self.total_count, "next": self.next, **self.extra}


def paginate(found: Any, order: list[str], query: Mapping[str, str], site_id: int | None = None) -> ListPage:
    """`found` is a queryset in this order, or the results of a search, which have none to go on from.
    `site_id` is that of the site whose list it is, where each has its own."""
    limit, offset = read_limit(query), _read_number(query, "offset", 0)
    if not isinstance(found, QuerySet) or order == ["random"]:
        if "cursor" in query:
            raise bad_request("cursor cannot be combined with search or a random order")
        return _by_offset(found, limit, offset)
    if "cursor" in query and offset:
        raise bad_request("cursor cannot be combined with offset")
    total_count = total_of(found)
    made_of = [found.model._meta.label, site_id]
    if query.get("cursor"):
        seen = read_cursor(query["cursor"], made_of, order)
        keys = {_alias(name): sort_key(found.model, name.lstrip("-")) for name in order}
        found = found.alias(**keys).filter(after(found.model, order, seen))
    names = [name.lstrip("-") for name in order]
    rows = _slice(found.values_list("pk", *names), offset, limit + 1, total_count) if limit else []
    page = ListPage([row[0] for row in rows[:limit]], total_count)
    if len(rows) > limit:
        page.next = make_cursor(made_of, order, list(rows[limit - 1][1:]))
    return page


def total_of(found: QuerySet) -> int:
    """How many there are: counted once while the log's head stays the same.

    It is kept under the query itself, so nothing that a list is narrowed down by can be forgotten.
    """
    ids = found.order_by().values("pk")
    try:
        sql, params = ids.query.get_compiler(ids.db).as_sql()
    except EmptyResultSet:
        return 0
    # A digest: what a visitor searches for may be long.
    key = blake2b(repr((sql, params)).encode(), digest_size=16).digest()
    return kept("totals of lists", lambda: Values(MOST_TOTALS)).get(key, ids.count)


def _slice(rows: QuerySet, first: int, number: int, total: int) -> list[Any]:
    """So many rows from this one on, read from the end where that is nearer: a database skips one by one."""
    if first <= total // 2:
        return list(rows[first : first + number])
    end = max(total - first, 0)
    return list(rows.reverse()[max(end - number, 0) : end])[::-1]


def _by_offset(found: Any, limit: int, offset: int) -> ListPage:
    total_count = found.count()
    rows = found[offset : offset + limit]
    ids = list(rows.values_list("pk", flat=True)) if isinstance(rows, QuerySet) else [row.pk for row in rows]
    return ListPage(ids, total_count)


def make_cursor(made_of: list[Any], order: list[str], values: list[Any]) -> str:
    """`made_of` are model and site."""
    # To the microsecond: Django's JSON rounds times, and the walk would repeat or skip what is within.
    exact = [value.isoformat() if hasattr(value, "isoformat") else value for value in values]
    return seal("list", [made_of, order, exact])


def read_cursor(cursor: str, made_of: list[Any], order: list[str]) -> list[Any]:
    """The values of the last object that was seen. Raises ApiError with 400."""
    try:
        made_before, ordered, values = unseal("list", cursor)
    except ValueError as error:
        raise bad_request("cursor is none that this list has given") from error
    if made_before != made_of:
        raise bad_request("cursor is of a list of something else, or of another site")
    if ordered != order:
        raise bad_request("cursor is of a list in another order")
    return values


def after(model: type[Model], order: list[str], values: list[Any]) -> Q:
    """What comes after the object with these values: the first field decides, then the second …"""
    condition, same = Q(pk__in=[]), Q()
    for name, value in zip(order, values, strict=True):
        plain = _alias(name)
        key = _key(model, name.lstrip("-"), value)
        condition |= same & _beyond(plain, name.startswith("-"), key)
        same &= Q(**{f"{plain}__isnull": True}) if key is None else Q(**{plain: key})
    return _bound(model, order[0], values[0]) & condition


def _bound(model: type[Model], name: str, value: Any) -> Q:
    """What follows from `after` for the first field, in terms in which the database looks it up in an
    index; it reads the list from its beginning to find out about an OR."""
    plain = name.lstrip("-")
    if value is None or is_nullable(model, plain):
        return Q()
    lookup = "lte" if name.startswith("-") else "gte"
    return Q(**{f"{_alias(name)}__{lookup}": _key(model, plain, value)})


def _alias(name: str) -> str:
    return f"sort_key_of_{name.lstrip('-')}"


def _beyond(name: str, descending: bool, value: Any) -> Q:
    if value is None:  # the smallest
        return Q(pk__in=[]) if descending else Q(**{f"{name}__isnull": False})
    if descending:
        return Q(**{f"{name}__lt": value}) | Q(**{f"{name}__isnull": True})
    return Q(**{f"{name}__gt": value})


def _key(model: type[Model], name: str, value: Any) -> Any:
    """What the database compares with the sort keys of other objects (see filters.sort_key)."""
    field: Any = model._meta.get_field(name)
    try:
        found = field.to_python(value)
    except ValidationError as error:  # the field has changed its type since
        raise bad_request("cursor is none that this list has given") from error
    return Lower(Value(found, CharField())) if found is not None and is_text(field) else found
