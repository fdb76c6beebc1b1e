"""The models of the project that hold content, and which of their rows are public."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from modelcluster.fields import ParentalKey
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Comment, CommentReply, DraftStateMixin, Page, get_page_models
from wagtail.snippets.models import get_snippet_models

from techport_cms.core.registry import parts
from techport_cms.core.visibility import (
    is_under_sites,
    public_documents,
    public_images,
    public_pages,
    public_snippets,
)

NEVER_PUBLIC = (Comment, CommentReply)  # of editors, among themselves; they belong to a page
CHUNK = 500  # rows


def page_rows(model: type[Page]) -> QuerySet:
    """The pages of exactly this type."""
    type_ = ContentType.objects.get_for_model(model)
    return model._default_manager.order_by("pk").filter(content_type=type_)


def content_models() -> list[type[Model]]:
    """Those whose rows are objects of their own: pages first."""
    pages: list[type[Model]] = [Page, *(model for model in get_page_models() if model is not Page)]
    drafts = [model for model in apps.get_models() if issubclass(model, DraftStateMixin)]
    files = [get_image_model(), get_document_model()]
    return list(dict.fromkeys([*pages, *get_snippet_models(), *drafts, *_settings_models(), *files]))


def part_models() -> dict[type[Model], str]:
    """Those whose rows are shown as parts of others, with the name of the key to what they belong to."""
    found: dict[type[Model], str] = {}
    for model in apps.get_models():
        keys = [field.name for field in model._meta.fields if isinstance(field, ParentalKey)]
        if name := next(iter(keys), "") or parts.key_of(model):
            found[model] = name
    return {model: name for model, name in found.items() if model not in NEVER_PUBLIC}


def rows(model: type[Model]) -> QuerySet:
    return page_rows(model) if issubclass(model, Page) else model._default_manager.order_by("pk")


def public_ids(model: type[Model]) -> frozenset[object]:
    """The keys of the public ones of this model."""
    return frozenset(_public(model).order_by().values_list("pk", flat=True))


def _public(model: type[Model]) -> QuerySet:
    if issubclass(model, Page):
        return public_pages()
    if issubclass(model, get_image_model()):
        return public_images()
    if issubclass(model, get_document_model()):
        return public_documents()
    return public_snippets(model._default_manager.all())


def state_of(row: Model) -> str:
    """Why it is not public."""
    if isinstance(row, Page) and row.live and not is_under_sites(row):
        return "outside"  # of every site
    if getattr(row, "live", True):
        return "private"
    if getattr(row, "expired", False):
        return "expired"
    if getattr(row, "go_live_at", None):
        return "scheduled"
    return "unpublished" if getattr(row, "first_published_at", None) else "draft"


class Publicity:
    """Which rows are public, asked once for each model."""

    def __init__(self) -> None:
        self._ids = cache(public_ids)

    def is_public(self, model: type[Model], pk: object) -> bool:
        return pk in self._ids(Page if issubclass(model, Page) else model)

    def split(self, model: type[Model]) -> Iterator[tuple[Model, bool]]:
        """Each row, with whether it is public."""
        for row in rows(model).iterator(CHUNK):
            yield row, self.is_public(model, row.pk)

    def split_parts(self, model: type[Model], name: str) -> Iterator[tuple[Model, Model | None, bool]]:
        """Each row with what it belongs to, where that is not public."""
        key: Any = model._meta.get_field(name)
        target = key.related_model
        for row in model._default_manager.order_by("pk").iterator(CHUNK):
            if self.is_public(target, row.serializable_value(name)):
                yield row, None, True
            else:
                yield row, getattr(row, name), False


def _settings_models() -> Iterable[type[Model]]:
    if not apps.is_installed("wagtail.contrib.settings"):
        return []
    from wagtail.contrib.settings.registry import registry

    return list(registry)
