"""The order in which a search finds pages follows from the pages alone, on PostgreSQL.

modelsearch weighs what is found in a title by lavg / ld: the average length of all titles, as it is when
this object is indexed, over the length of its own. So a draft that is saved, of which no reader may see
anything and the log says nothing, changed the order. To know the average it reads the whole index at each
save, and it updates rows of other objects on the way, over which two writers can deadlock. Here the
average is a constant, and only the rows that were written are weighed.

(SQLite's bm25() looks at the whole index when it is asked; the order there may change with a new draft.)
"""

from functools import wraps
from typing import Any

from django.db import connections
from django.db.models import F, QuerySet
from django.db.models.functions import Length

AVERAGE = 4.0  # words of a title, without those that are not indexed


def wrap_index() -> None:
    """Called once more, it changes nothing."""
    if all(connections[alias].vendor != "postgresql" for alias in connections):
        return  # the module cannot even be imported without its driver
    from modelsearch.backends.database.postgres.postgres import PostgresIndex
    from modelsearch.utils import get_content_type_pk

    add_items = PostgresIndex.add_items
    if hasattr(add_items, "weighs_alone"):
        return

    @wraps(add_items)
    def add_and_weigh(self: Any, model: Any, objs: Any) -> None:
        added = list(objs)
        add_items(self, model, added)
        keys = [str(instance.pk) for instance in added]
        weigh(self.entries.filter(content_type=get_content_type_pk(model), object_id__in=keys))

    def weigh_all(self: Any, full: bool = False) -> None:
        if full:
            weigh(self.entries)

    add_and_weigh.weighs_alone = True  # type: ignore[attr-defined]
    PostgresIndex.add_items = add_and_weigh
    PostgresIndex._refresh_title_norms = weigh_all


def weigh(entries: QuerySet) -> None:
    lengths = entries.annotate(title_length=Length("title"))
    lengths.filter(title_length__gt=0).update(title_norm=AVERAGE / F("title_length"))
