"""A page that is saved keeps the place in the tree that it has by then, whatever it had when it was read.

A request reads a page and later writes its whole row. What others have done to the tree meanwhile (a page
was added below it, it was moved) would be undone half: a page that says it has no children though it has,
or two that claim one place; a page that was deleted would be there again. So the row is locked and its
place read again first, and before a move those of the page and of its target. On SQLite writers wait for
each other from their beginning.
"""

from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.db.models.signals import pre_save
from wagtail.actions.base import BaseAction
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.move_page import MovePageAction
from wagtail.models import Page

from .receivers import is_moving

TREE = 7319824650133  # of the advisory lock; any number that nobody else takes
PLACE = ("path", "depth", "numchild")


def connect() -> None:
    pre_save.connect(keep_place, dispatch_uid="techport_changes_place")
    wrap_descendants()


def wrap_descendants() -> None:
    """Have the addresses below a page follow the one that it got. What Wagtail puts before them it computed
    before the save, from the place that the page had when it was read. Called once more, it changes
    nothing."""
    update = Page._update_descendant_url_paths
    if hasattr(update, "follows_place"):
        return

    @wraps(update)
    def update_with_place(self: Page, old_url_path: str, new_url_path: str) -> None:
        update(self, old_url_path, self.url_path)

    update_with_place.follows_place = True  # type: ignore[attr-defined]
    Page._update_descendant_url_paths = update_with_place


def keep_place(
    sender: type, instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """Raises the model's DoesNotExist where somebody else has deleted the page: Django would insert it again,
    with no parent that counts it."""
    if not isinstance(instance, Page) or raw or _is_new(instance) or is_moving(instance):
        return
    # A page that was read in part is saved with the names of all that was read; who names a part of the
    # place means it.
    writes_place = update_fields is None or set(PLACE) <= set(update_fields)
    if writes_place and not read_places(instance):
        raise type(instance).DoesNotExist(f"Page {instance.pk} was deleted meanwhile.")


def _is_new(page: Page) -> bool:
    """Wagtail's copies have no key, and say that they are no additions."""
    return page._state.adding or page.pk is None


def prepare(action: BaseAction) -> None:
    """Called in the transaction of an action, before it reads anything. Moves and deletions wait for each
    other, since treebeard counts children by the path of their parent, which another move may change. Raises
    Page.DoesNotExist where what is to be moved, or where to, was deleted meanwhile: another page may have
    its path by now."""
    if not isinstance(action, MovePageAction | DeletePageAction):
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE])
    moves = isinstance(action, MovePageAction)
    are_there = read_places(action.page, *([action.target] if moves else []))
    if moves and not are_there:
        raise Page.DoesNotExist(f"Page {action.page.pk} or {action.target.pk} was deleted meanwhile.")


def read_places(*pages: Page) -> bool:
    """Set the places of these pages to those of their rows, which nobody else changes until the commit.
    Returns whether all of them are there."""
    rows = Page._base_manager.filter(pk__in={page.pk for page in pages}).order_by("pk")
    with transaction.atomic(savepoint=False):
        found = {row["pk"]: row for row in rows.select_for_update().values("pk", "url_path", *PLACE)}
    for page in pages:
        if page.pk in found:
            _set_place(page, **found[page.pk])
    return len(found) == len({page.pk for page in pages})


def _set_place(page: Page, url_path: str, **place: Any) -> None:
    if page.path != place["path"] and hasattr(page, "_cached_parent_obj"):
        del page._cached_parent_obj
    for name in PLACE:
        setattr(page, name, place[name])
    above = url_path.rstrip("/").rpartition("/")[0]
    page.url_path = f"{above}/{page.slug}/" if page.depth > 1 else url_path
