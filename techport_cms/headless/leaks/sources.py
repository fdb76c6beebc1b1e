"""Gathers the texts that are not public from the whole database."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from wagtail.models import (
    Collection,
    Comment,
    CommentReply,
    DraftStateMixin,
    ModelLogEntry,
    Page,
    PageLogEntry,
    PageViewRestriction,
    Revision,
    TaskState,
)

from techport_cms.core.visibility import public_pages, restricted_collections

from .content import CHUNK, Publicity, content_models, part_models, state_of
from .private_texts import Owner, PrivateTexts, owner_of
from .texts import texts_of_content, texts_of_row
from .words import strings_in

Found = Iterator[tuple[Owner, Iterable[str]]]


def private_texts(ignored: Iterable[str] = ()) -> PrivateTexts:
    """`ignored` texts are taken for public ones: those of a template, for example."""
    texts, publicity = PrivateTexts(), Publicity()
    for source in (_rows, _parts, _changes, _deleted, _among_staff, _restricted):
        for owner, found in source(publicity):
            texts.add(owner, found)
    texts.forget(ignored)
    for found in _public(publicity):
        texts.forget(found)
    return texts


def _rows(publicity: Publicity) -> Found:
    for model in content_models():
        for row, is_public in publicity.split(model):
            if not is_public:
                yield owner_of(row, state_of(row)), texts_of_row(row)


def _parts(publicity: Publicity) -> Found:
    for model, name in part_models().items():
        for row, owner, is_public in publicity.split_parts(model, name):
            if owner is not None and not is_public:
                yield owner_of(owner, state_of(owner)), texts_of_row(row)


def _public(publicity: Publicity) -> Iterator[Iterable[str]]:
    # The address of a public page tells how the pages above it are called, whatever they are.
    yield public_pages().values_list("url_path", flat=True).iterator(CHUNK)
    for model in content_models():
        yield from (texts_of_row(row) for row, is_public in publicity.split(model) if is_public)
    for model, name in part_models().items():
        split = publicity.split_parts(model, name)
        yield from (texts_of_row(row) for row, _owner, is_public in split if is_public)


def _changes(publicity: Publicity) -> Found:
    """What is in the newest revision, or in one that is scheduled, and not in the row."""
    for model in (one for one in content_models() if issubclass(one, DraftStateMixin)):
        type_ = ContentType.objects.get_for_model(model)
        newest = model._default_manager.filter(has_unpublished_changes=True).values("latest_revision")
        scheduled = Q(approved_go_live_at__isnull=False)
        revisions = Revision.objects.filter(Q(pk__in=newest) | scheduled, content_type=type_)
        for revision in revisions.order_by("pk").iterator(CHUNK):
            state = "scheduled changes" if revision.approved_go_live_at else "changes"
            owner = Owner(model._meta.label, revision.object_id, revision.object_str[:80], state)
            yield owner, texts_of_content(model, revision.content)


def _deleted(publicity: Publicity) -> Found:
    """What is left of them: the titles in the log of what staff did, and revisions."""
    pages = PageLogEntry.objects.exclude(page__in=Page.objects.values("pk")).order_by()
    for pk, label in pages.values_list("page_id", "label").distinct():
        yield Owner("wagtailcore.Page", str(pk), label[:80], "deleted"), [label]
    entries = ModelLogEntry.objects.order_by().values_list("content_type", "object_id", "label").distinct()
    known = _known_ids(entries.values_list("content_type", flat=True))
    for type_id, pk, label in entries:
        if type_id in known and pk not in known[type_id]:
            yield Owner(_label(type_id), pk, label[:80], "deleted"), [label]
    revisions = Revision.objects.order_by("pk")
    known = _known_ids(revisions.order_by().values_list("content_type", flat=True))
    for revision in revisions.defer("content").iterator(CHUNK):
        if revision.object_id not in known.get(revision.content_type_id, {revision.object_id}):
            model = revision.content_type.model_class()
            owner = Owner(model._meta.label, revision.object_id, revision.object_str[:80], "deleted")
            yield owner, texts_of_content(model, revision.content)


def _label(type_id: int) -> str:
    type_ = ContentType.objects.get_for_id(type_id)
    return f"{type_.app_label}.{type_.name}"


def _known_ids(types: Iterable[int | None]) -> dict[int, set[str]]:
    """The ids that there are, by content type; nothing of a model that is no longer there."""
    found: dict[int, set[str]] = {}
    for type_id in set(types) - {None}:
        model = ContentType.objects.get_for_id(type_id).model_class() if type_id else None
        if model is not None and type_id:
            found[type_id] = {str(pk) for pk in model._default_manager.values_list("pk", flat=True)}
    return found


def _among_staff(publicity: Publicity) -> Found:
    """What editors write to each other, what visitors send to them, the passwords of pages."""
    for comment in Comment.objects.select_related("page").iterator(CHUNK):
        yield owner_of(comment.page, "comment"), [comment.text]
    for reply in CommentReply.objects.select_related("comment__page").iterator(CHUNK):
        yield owner_of(reply.comment.page, "comment"), [reply.text]
    for task in TaskState.objects.exclude(comment="").iterator(CHUNK):
        yield owner_of(task, "workflow"), [task.comment]
    for restriction in PageViewRestriction.objects.exclude(password="").select_related("page"):
        yield owner_of(restriction.page, "password"), [restriction.password]
    yield from _submissions()


def _submissions() -> Found:
    if not apps.is_installed("wagtail.contrib.forms"):
        return
    from wagtail.contrib.forms.models import AbstractFormSubmission

    models: list[Any] = [model for model in apps.get_models() if issubclass(model, AbstractFormSubmission)]
    for model in models:
        for submission in model._default_manager.select_related("page").iterator(CHUNK):
            yield owner_of(submission.page, "submission"), strings_in(submission.form_data)


def _restricted(publicity: Publicity) -> Found:
    for collection in Collection.objects.filter(pk__in=restricted_collections()):
        yield owner_of(collection, "private"), [collection.name]
