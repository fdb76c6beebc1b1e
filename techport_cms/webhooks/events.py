"""What a row of the publication log is called outside, and what is told of it.

page.published, page.moved, image.saved … The name comes from the row and from what is public at
the moment of sending: of a page that is private or a draft by then, nobody hears more than that it
is not there (`page.unpublished`). A payload never holds a text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, Site, get_page_models
from wagtail.snippets.models import get_snippet_models

from techport_cms.changes.models import Change, Kind
from techport_cms.core.keys import key_json, key_of
from techport_cms.core.visibility import public_documents, public_images, public_pages, public_snippets

from .models import Endpoint

# What an endpoint may choose.
EVENTS = {
    "page.published": _("a page was published or changed"),
    "page.moved": _("a page has another address or place"),
    "page.unpublished": _("a page is no longer public"),
    "page.deleted": _("a page was deleted"),
    "snippet.published": _("a snippet was published or changed"),
    "snippet.unpublished": _("a snippet is no longer public"),
    "snippet.deleted": _("a snippet was deleted"),
    "image.saved": _("an image was saved"),
    "image.deleted": _("an image was deleted or is no longer public"),
    "document.saved": _("a document was saved"),
    "document.deleted": _("a document was deleted or is no longer public"),
    "configuration.saved": _("a site, language, redirect, collection or setting was saved"),
    "configuration.deleted": _("a site, language, redirect, collection or setting was deleted"),
}
# What every endpoint gets.
TRUNCATED = "log.truncated"
TEST = "webhook.test"

WITH_DRAFTS = {"page", "snippet"}
MOVES = {Kind.MOVE, Kind.SLUG}


@dataclass(frozen=True)
class Event:
    name: str
    sequence: int | None  # None: it is not in the log
    key: str  # the part of the webhook-id that tells events of one endpoint apart
    payload: dict[str, Any]


def event_of(change: Change) -> Event | None:
    """The event as it is told now. None where the model is not installed any more, or has other keys."""
    try:
        model = apps.get_model(change.model)
        key = key_of(model, change.object_id)
    except (LookupError, ValueError):
        return None
    noun = _noun(model)
    public = change.kind != Kind.DELETE and _public(noun, model, key).exists()
    name = f"{noun}.{_verb(noun, change.kind, public)}"
    data = {
        "sequence": change.sequence,
        "model": change.model,
        "id": key_json(key),
        "locale": change.locale or None,
        "translation_key": str(change.translation_key) if change.translation_key else None,
        "url": _api_url(noun, key) if public else None,
    }
    return _event(name, change.sequence, str(change.sequence), change.made_at, data)


def truncated(horizon: int, at: datetime) -> Event:
    """What came up to this number is not in the log any more, and this receiver was not told all of it."""
    return _event(TRUNCATED, None, f"truncated_{horizon}", at, {"sequence": horizon})


def test_event(key: str, at: datetime) -> Event:
    return _event(TEST, None, key, at, {})


def is_wanted(endpoint: Endpoint, change: Change) -> bool:
    """By content type and language. What belongs to no language (an image, a site) is of every one."""
    type_fits = not endpoint.types or change.model in endpoint.types
    return type_fits and (not endpoint.locales or not change.locale or change.locale in endpoint.locales)


def is_wanted_event(endpoint: Endpoint, event: Event) -> bool:
    return not endpoint.events or event.name in endpoint.events


def models_in_log() -> Iterable[type[Model]]:
    """The content types that an endpoint may choose."""
    pages = [model for model in get_page_models() if model is not Page]
    return [*pages, *get_snippet_models(), get_image_model(), get_document_model()]


def _event(name: str, sequence: int | None, key: str, at: datetime, data: dict[str, Any]) -> Event:
    timestamp = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Event(name, sequence, key, {"type": name, "timestamp": timestamp, "data": data})


def _noun(model: type[Model]) -> str:
    if issubclass(model, Page):
        return "page"
    if model is get_image_model():
        return "image"
    if model is get_document_model():
        return "document"
    return "snippet" if model in get_snippet_models() else "configuration"


def _public(noun: str, model: type[Model], pk: Any) -> QuerySet:
    """The object, where an anonymous visitor may see it."""
    match noun:
        case "page":
            objects = public_pages()
        case "image":
            objects = public_images()
        case "document":
            objects = public_documents()
        case _:
            objects = public_snippets(model._default_manager.all())
    return objects.filter(pk=pk)


def _verb(noun: str, kind: str, public: bool) -> str:
    if kind == Kind.DELETE:
        return "deleted"
    if noun not in WITH_DRAFTS:
        return "saved" if public else "deleted"
    if not public or kind == Kind.UNPUBLISH:
        return "unpublished"
    return "moved" if noun == "page" and kind in MOVES else "published"


def _api_url(noun: str, pk: Any) -> str | None:
    """Of the detail in Wagtail's API v2, whose usual name the router has; None where there is no API."""
    try:
        path = reverse(f"wagtailapi_v2:{noun}s:detail", args=[pk])
    except NoReverseMatch:
        return None
    return _base_url() + path


def _base_url() -> str:
    if base := getattr(settings, "WAGTAILAPI_BASE_URL", None):
        return base.rstrip("/")
    site = Site.objects.filter(is_default_site=True).first()
    return site.root_url if site else getattr(settings, "WAGTAILADMIN_BASE_URL", "").rstrip("/")
