"""Tells the log of what becomes private or public because of something else: a view restriction,
or the collection that it is in.

Two of these changes are told by no signal: a collection that moves, and images or documents that
a bulk action puts into another collection.
"""

from collections.abc import Iterable
from functools import wraps
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_save, pre_delete, pre_save
from django.http import HttpRequest
from wagtail import hooks
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, CollectionViewRestriction, Page, PageQuerySet, PageViewRestriction

from techport_cms.core.visibility import is_restricted, pages_at, pages_behind

from . import tombstones
from .log import record
from .models import Kind

IN_COLLECTIONS = (get_image_model, get_document_model)


def connect() -> None:
    for signal in (post_save, pre_delete):  # before: then what it hides is still below it
        signal.connect(
            record_restriction, sender=PageViewRestriction, dispatch_uid="techport_changes.privacy"
        )
        signal.connect(
            record_collection_restriction,
            sender=CollectionViewRestriction,
            dispatch_uid="techport_changes.privacy",
        )
    pre_save.connect(bury_what_is_hidden, sender=PageViewRestriction, dispatch_uid="techport_changes.privacy")
    hooks.register("after_bulk_action", record_bulk_action)
    wrap_collection_move()


def bury_what_is_hidden(
    sender: type[Model], instance: PageViewRestriction, raw: bool = False, **kwargs: Any
) -> None:
    """A page that is private from now on was public until now, whatever becomes of it."""
    if not raw:  # a fixture may tell the restriction before the page
        tombstones.bury(pages_behind(instance))


def record_restriction(
    sender: type[Model], instance: PageViewRestriction, raw: bool = False, **kwargs: Any
) -> None:
    if not raw:
        _record_pages(pages_behind(instance))


def bury_what_alias_hides(page: Page) -> None:
    """A page that is an alias of something private from now on was public until now, and so was what is
    below it and below its own aliases."""
    if _are_restricted(page.alias_of_id):
        tombstones.bury(pages_at(page))


def record_alias(page: Page, *sources: int | None) -> None:
    """What hides the page that it was an alias of, or is one of now, hides these pages no longer, or hides
    them now."""
    if _are_restricted(*sources):
        _record_pages(pages_at(page))


def record_end_of_aliases(page: Page) -> None:
    """What its own aliases show is hidden through it no longer. Call it before it is deleted."""
    if _are_restricted(page.alias_of_id):
        _record_pages(pages_at(page).exclude(path__startswith=page.path))


def _are_restricted(*sources: int | None) -> bool:
    return Page.objects.filter(is_restricted(), pk__in=set(sources) - {None}).exists()


def _record_pages(pages: PageQuerySet) -> None:
    record(Kind.PRIVACY, *pages.live().select_related("locale", "content_type"))


def record_collection_restriction(
    sender: type[Model], instance: CollectionViewRestriction, raw: bool = False, **kwargs: Any
) -> None:
    if not raw:
        record_collection(instance.collection_id)


def record_collection(pk: int) -> None:
    """Write a row for everything in this collection and below it, where it is now: an instance that somebody
    has at hand may know an old place."""
    collections = Collection.objects.get(pk=pk).get_descendants(inclusive=True)
    for model in IN_COLLECTIONS:
        record(Kind.PRIVACY, *model()._default_manager.filter(collection__in=collections))


def record_bulk_action(request: HttpRequest, action_type: str, objects: Iterable[Model], action: Any) -> None:
    if action_type == "add_to_collection":
        record(Kind.PRIVACY, *objects)


def wrap_collection_move() -> None:
    """Have `Collection.move` tell what moved. Called once more, it changes nothing."""
    move = Collection.move
    if hasattr(move, "is_recorded"):
        return

    @wraps(move)
    def move_and_record(self: Collection, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            move(self, *args, **kwargs)
            record_collection(self.pk)

    move_and_record.is_recorded = True  # type: ignore[attr-defined]
    Collection.move = move_and_record
