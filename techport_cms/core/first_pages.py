"""The first pages of several lists (the newest articles in each of two languages), found in one query."""

from collections.abc import Hashable, Mapping

from django.core.exceptions import EmptyResultSet
from django.db import connection
from wagtail.models import PageQuerySet

from .references import expect_pages


class FirstPages:
    """The lists that somebody asks for, or is going to ask for: the first question finds them all.

    A list is a queryset in order, cut off where it ends; its key says which it is.
    """

    def __init__(self) -> None:
        self._expected: dict[Hashable, PageQuerySet] = {}
        self._found: dict[Hashable, list[int]] = {}

    def expect(self, key: Hashable, pages: PageQuerySet) -> None:
        if key not in self._found:
            self._expected[key] = pages

    def ids(self, key: Hashable, pages: PageQuerySet) -> list[int]:
        self.expect(key, pages)
        self.load()
        return self._found[key]

    def load(self) -> None:
        """Find what is expected; its pages are then expected in their turn."""
        if not self._expected:
            return
        found = ids_of(self._expected)
        self._found.update(found)
        self._expected.clear()
        expect_pages(id_ for ids in found.values() for id_ in ids)


def ids_of(lists: Mapping[Hashable, PageQuerySet]) -> dict[Hashable, list[int]]:
    """The primary keys of each list, in its order. One query."""
    keys, parts, values = list(lists), [], []
    for number, key in enumerate(keys):
        try:
            sql, params = lists[key].values("pk").query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            continue
        # The SQL is made of the names of tables and columns; values are parameters.
        parts.append(f'SELECT {number}, row_number() OVER (), "pk" FROM ({sql}) list_{number}')  # noqa: S608
        values += params
    found: dict[Hashable, list[int]] = {key: [] for key in keys}
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            for number, _place, pk in sorted(cursor.fetchall()):
                found[keys[number]].append(pk)
    return found
