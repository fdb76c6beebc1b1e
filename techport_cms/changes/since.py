"""Whether anything that the log tells of since some moment concerns pages of a model.

Errs on the safe side. Only pages of other models are passed over, and not those that were moved: the paths
of their siblings, whatever these are, change without being told. What is no page (snippets, sites,
languages, settings) concerns everything.
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection
from django.db.models import Model
from wagtail.models import Page

from techport_cms.core.kept import told

from .head import Head
from .models import Change, Kind

MOST = 200  # rows since; more are not looked through


class Mark(NamedTuple):
    """The newest row of the log. The time tells the log of a restored backup from what it replaced."""

    sequence: int
    made_at: datetime


def since(mark: Mark | None, model: type[Model]) -> tuple[Mark | None, bool]:
    """The mark now, and whether all that came since an earlier one passes pages of this model by. One query,
    or two. An empty log has no mark, nor has a transaction: the log does not tell of what it has written.

    Where it does not pass by, there is a mark only while the head that was told is still the newest: who
    asks has read something since it was told (which page stands at the address, where the sites' home pages
    are), and that may be older than what came after it.
    """
    if connection.in_atomic_block:
        return None, False
    rows = _from(mark) if mark else []
    if _passed_by(rows, mark, model):
        return Mark(*rows[-1][:2]), True
    newest = _newest()
    return newest if _is_told(newest) else None, False


def _passed_by(rows: list[tuple[Any, ...]], mark: Mark | None, model: type[Model]) -> bool:
    if not rows or len(rows) > 1 + MOST or Mark(*rows[0][:2]) != mark:
        return False
    return all(_passes_by(label, kind, model) for *_, label, kind in rows[1:])


def _is_told(newest: Mark | None) -> bool:
    stamp, _made_at = told() or (None, 0)
    return newest is not None and Head.of(*newest).stamp == stamp


def _from(mark: Mark) -> list[tuple[Any, ...]]:
    """That row, unless it was trimmed, and those since, in order."""
    rows = Change.objects.filter(sequence__gte=mark.sequence).order_by("sequence")
    return list(rows.values_list("sequence", "made_at", "model", "kind")[: 1 + MOST + 1])


def _newest() -> Mark | None:
    rows = Change.objects.filter(sequence__isnull=False).order_by("-sequence")
    newest = rows.values_list("sequence", "made_at").first()
    return Mark(newest[0] or 0, newest[1]) if newest else None


def _passes_by(label: str, kind: str, model: type[Model]) -> bool:
    try:
        changed = apps.get_model(label)
    except (LookupError, ValueError):
        return False
    is_other_page = issubclass(changed, Page) and changed is not Page and not issubclass(changed, model)
    return is_other_page and kind != Kind.MOVE
