"""`IN` with what another query finds, where PostgreSQL cannot yet know how much that is."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, Expression, F, QuerySet, Subquery
from django.db.models.sql.compiler import SQLCompiler


class OneOf(Expression):
    """`filter(OneOf("pk", queryset))`: the field is one of the values of the queryset, which has one column.

    The values are gathered once for the query. Of a table without statistics, such as that of a site which
    was filled a minute ago, PostgreSQL's planner believes that it holds a row: with `IN` it may read all
    of it again for each row beside it (128 ms at 100 pages, with an array 0.1 ms).
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, field: str, queryset: QuerySet) -> None:
        super().__init__()
        self._sources: list[Any] = [F(field), Subquery(queryset)]

    def get_source_expressions(self) -> list[Any]:
        return self._sources

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self._sources = list(exprs)

    # The SQL below is made of what Django has compiled; values are parameters.

    def as_sql(self, compiler: SQLCompiler, connection: Any, template: str = "{} IN {}") -> Any:
        field, values = map(compiler.compile, self._sources)
        return template.format(field[0], values[0]), [*field[1], *values[1]]

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> Any:
        return self.as_sql(compiler, connection, "{} = ANY(ARRAY{})")
