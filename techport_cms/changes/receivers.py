"""Writes the log: every save and deletion of what may be public, in its own transaction.

A draft is not in it: nobody sees it. What an action of Wagtail's saves is told as that
action (`acting`); any other save of a live object is told as a save.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from taggit.models import TagBase
from wagtail import signals
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.settings.models import AbstractSetting
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, DraftStateMixin, Locale, Page, Site, TranslatableMixin
from wagtail.snippets.models import get_snippet_models

from techport_cms.core.registry import parts

from . import privacy, renditions, tombstones
from .log import describe, record, write
from .models import Change, Kind

# What drafts, schedules, locks and the tree keep in the row of a page: nobody sees these.
BOOKKEEPING = frozenset({
    "latest_revision", "latest_revision_created_at", "live_revision", "draft_title",
    "has_unpublished_changes", "go_live_at", "expire_at", "locked", "locked_by", "locked_at",
    "numchild", "wagtail_admin_comments", "file_size", "file_hash",
})  # fmt: skip
# What is read before a save, where the model has it.
WHERE = ("live", "slug", "url_path", "alias_of")
LANGUAGE = ("locale", "locale__language_code")

_action: ContextVar[tuple[Kind | None, int | None]] = ContextVar("_action", default=(None, None))


@contextmanager
def acting(kind: Kind, page: int | None) -> Iterator[None]:
    """What is saved in here is saved by an action of this kind on this page (its key; None: a snippet)."""
    token = _action.set((kind, page))
    try:
        yield
    finally:
        _action.reset(token)


def is_moving(instance: Any) -> bool:
    """Whether this is the page that Wagtail moves just now; what else is saved meanwhile is told."""
    return isinstance(instance, Page) and _action.get() == (Kind.MOVE, instance.pk)


def _acting_kind() -> Kind | None:
    """The action that saves what is saved; receivers of a move save for reasons of their own."""
    kind, _ = _action.get()
    return None if kind == Kind.MOVE else kind


def connect() -> None:
    pre_save.connect(remember_what_was, dispatch_uid="techport_changes")
    post_save.connect(record_save, dispatch_uid="techport_changes")
    pre_delete.connect(record_page_deletion, sender=Page, dispatch_uid="techport_changes")
    post_delete.connect(record_deletion, dispatch_uid="techport_changes")
    m2m_changed.connect(record_tags, dispatch_uid="techport_changes")
    signals.pre_page_move.connect(bury_what_moves, dispatch_uid="techport_changes")
    signals.post_page_move.connect(record_move, dispatch_uid="techport_changes")
    privacy.connect()
    renditions.connect()


@cache
def is_tracked(model: type[Model]) -> bool:
    """Whether objects of this model are public, or decide what is."""
    if issubclass(model, (Page, AbstractSetting, Redirect, Locale, Site, Collection, TagBase)):
        return not model._meta.abstract
    return model in (get_image_model(), get_document_model(), *get_snippet_models())


def remember_what_was(
    sender: type[Model], instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    instance._before_save = None
    if raw or instance.pk is None or not is_tracked(sender) or not _may_be_seen(update_fields):
        return
    if names := _read_before(sender):
        instance._before_save = sender._base_manager.filter(pk=instance.pk).values(*names).first()
    if isinstance(instance, Page) and instance._before_save and not is_moving(instance):
        _bury_what_goes(instance, instance._before_save)
        if instance.alias_of_id and instance.alias_of_id != instance._before_save["alias_of"]:
            privacy.bury_what_alias_hides(instance)


@cache
def _read_before(model: type[Model]) -> list[str]:
    names = {field.name for field in model._meta.fields}
    language = LANGUAGE if issubclass(model, TranslatableMixin) else ()
    return [*(name for name in WHERE if name in names), *language]


def _bury_what_goes(page: Page, before: dict[str, Any]) -> None:
    here = Page.objects.filter(pk=page.pk)
    old, new = before["url_path"], page.url_path
    if old == new:
        if before["live"] and not page.live:
            tombstones.bury(here)
        return
    tombstones.bury(page.get_descendants() | here)
    if Site.objects.filter(root_page__translation_key=page.translation_key).exists():
        tombstones.follow(old, new)


def bury_what_moves(
    sender: type[Page], instance: Page, url_path_before: str, url_path_after: str, **kwargs: Any
) -> None:
    if url_path_before != url_path_after:
        tombstones.bury(instance.get_descendants(inclusive=True))


def record_save(
    sender: type[Model],
    instance: Any,
    raw: bool = False,
    update_fields: Any = None,
    **kwargs: Any,
) -> None:
    if raw:
        return
    if owner := parts.owner_of(instance):
        _record_if_seen(owner)
    elif is_tracked(sender) and _may_be_seen(update_fields) and not is_moving(instance):
        before = getattr(instance, "_before_save", None) or {}
        write(_save_changes(instance, before))
        if before and isinstance(instance, Page) and before["alias_of"] != instance.alias_of_id:
            privacy.record_alias(instance, before["alias_of"], instance.alias_of_id)


def _may_be_seen(update_fields: Any) -> bool:
    return update_fields is None or not BOOKKEEPING.issuperset(update_fields)


def _save_changes(instance: Any, before: dict[str, Any]) -> list[Change]:
    old_url_path = before.get("url_path", "")
    moved = bool(old_url_path) and old_url_path != instance.url_path
    tell = partial(describe, instance=instance, language=_known_language(instance, before))
    changes = []
    if not isinstance(instance, DraftStateMixin):
        changes.append(tell(Kind.SAVE))
    elif instance.live:
        kind = _acting_kind() or (Kind.SAVE if before.get("live") else Kind.PUBLISH)
        changes.append(tell(kind, old_url_path=old_url_path if moved else ""))
    elif before.get("live"):
        changes.append(tell(Kind.UNPUBLISH, old_url_path=old_url_path))
    if moved:
        changes += _descendant_changes(Kind.SLUG, instance, old_url_path)
    return changes


def _known_language(instance: Any, before: dict[str, Any]) -> str | None:
    """Of the row that was there, unless the object has gone to another language since."""
    is_same = "locale" in before and before["locale"] == instance.locale_id
    return before["locale__language_code"] if is_same else None


def _descendant_changes(kind: Kind, page: Page, old_url_path: str) -> list[Change]:
    """Of each published page below this one, with the place where it was."""
    descendants = page.get_descendants().live().select_related("locale", "content_type")
    return [
        describe(kind, descendant, old_url_path + descendant.url_path.split("/", page.depth)[page.depth])
        for descendant in descendants
    ]


def record_move(
    sender: type[Page], instance: Page, url_path_before: str, url_path_after: str, **kwargs: Any
) -> None:
    old = url_path_before if url_path_before != url_path_after else ""
    changes = [describe(Kind.MOVE, instance, old)] if instance.live else _order_changes(instance)
    if old:
        changes += _descendant_changes(Kind.MOVE, instance, old)
    write(changes)


def _order_changes(draft: Page) -> list[Change]:
    """Nobody sees where a draft goes, but it pushes others aside: what is public has another `path`, by
    which a reader of the log may know it. Told of what is above, or of the site."""
    above = Page.objects.ancestor_of(draft).live().filter(depth__gt=1).order_by("depth").last()
    if above is not None:
        return [describe(Kind.MOVE, above)]
    return [describe(Kind.SAVE, site) for site in Site.objects.order_by("-is_default_site", "pk")[:1]]


def record_tags(
    sender: type[Model], instance: Any, action: str, reverse: bool, pk_set: set | None, **kwargs: Any
) -> None:
    """Tags are written apart from what has them. No `pk_set`: all were taken away."""
    changed = action.startswith("post_") and not reverse and (pk_set is None or pk_set)
    if changed and is_tracked(instance._meta.model):
        _record_if_seen(instance)


def record_page_deletion(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """`sender` is Page itself, which Django tells of once for each page of the tree that goes."""
    here = Page.objects.filter(pk=instance.pk)
    tombstones.bury(here)
    # Wagtail marks the instance as unpublished while it is being deleted; its row is not.
    if instance.live or instance.first_published_at is not None or here.filter(live=True).exists():
        write([describe(Kind.DELETE, instance, instance.url_path)])
    if instance.alias_of_id:
        privacy.record_end_of_aliases(instance)


def record_deletion(sender: type[Model], instance: Any, origin: Any = None, **kwargs: Any) -> None:
    if isinstance(instance, Page):
        return
    if is_tracked(sender) and getattr(instance, "live", True):
        record(Kind.DELETE, instance)
    elif _is_of(origin, sender) and (owner := parts.owner_of(instance)):
        _record_if_seen(owner)  # unless it goes with its owner


def _is_of(origin: Model | QuerySet | None, model: type[Model]) -> bool:
    """Whether this, which was asked to be deleted and may have taken more along, is of that model."""
    return isinstance(origin, model) or (isinstance(origin, QuerySet) and origin.model is model)


def _record_if_seen(instance: Any) -> None:
    if getattr(instance, "live", True):
        record(Kind.SAVE, instance)
