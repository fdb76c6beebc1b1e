"""The change feed: all that is public now, in pages, and then what changes, without a gap between.

A cursor is a position: in a walk through all that is public, which began when the log was at
`sequence`, or in the log, behind that row. The walk goes over into the log where it began: what changed
meanwhile comes once more. What is told of an object is decided by whether it is public now, so several
rows about it are told once.

A site that is made, changed or deleted may have another root page or another address, and so any page may
be public that was not, or the other way round. Whoever reads across such a row starts over.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale, Page, Site

from techport_cms.changes.head import Head
from techport_cms.changes.log import BATCH, horizon
from techport_cms.changes.models import Change
from techport_cms.core.keys import key_json, key_of
from techport_cms.core.registry import categories, navigation, site_settings

from .cursors import seal, unseal
from .objects import (
    DOCUMENT,
    FRAME,
    FRAME_TYPES,
    IMAGE,
    PAGE,
    REDIRECT,
    Frame,
    Key,
    Wanted,
    kinds,
    object_json,
    types_of,
)
from .problems import ApiError, bad_request
from .redirects import Redirects

SCOPE = "changes"
Json = dict[str, Any]


@dataclass(frozen=True)
class Position:
    """In the log behind `sequence`; with a `kind`, in the walk that began there, behind `last`."""

    sequence: int
    kind: str | None = None
    last: Any = None


@dataclass(frozen=True)
class FeedPage:
    items: list[Json]
    next: Position
    more: bool


def make_cursor(position: Position, site: Site | None, wanted: Wanted) -> str:
    return seal(SCOPE, [_feed(site, wanted), [position.sequence, position.kind, position.last]])


def read_cursor(cursor: str, site: Site, wanted: Wanted) -> Position:
    """Raises ApiError with 400 for what is none of ours, or of a feed of something else."""
    try:
        made_for, position = unseal(SCOPE, cursor)
    except ValueError as error:
        raise bad_request(f"after {error}") from error
    if made_for != _feed(site, wanted):
        raise bad_request("after is of a feed of another site, or with another type or locale")
    return Position(*position)


def _feed(site: Site | None, wanted: Wanted) -> list[Any]:
    """What a cursor belongs to, as JSON has it."""
    return [site and site.pk, [*wanted.types], wanted.locale]


class Feed:
    """Of a site, as a request asks for it. `head` must have been read before anything else."""

    def __init__(self, site: Site, wanted: Wanted, request: HttpRequest, head: Head) -> None:
        self.wanted = wanted
        self.request = request
        self.head = head
        self.kinds = kinds(site, wanted, request)
        self.redirects = Redirects(site, request)

    def beginning(self) -> Position:
        return Position(self.head.sequence, next(iter(self.kinds)))

    def page(self, position: Position, limit: int) -> FeedPage:
        """Raises ApiError: 410 where what came after the position is not all there any more."""
        if position.kind is None:
            found = self._changes(position.sequence, limit)
        else:
            found = self._walk(position, limit)
        # Read last, since rows may be trimmed in between. A number that the log has not reached is of
        # one that a backup has replaced.
        if not horizon() <= position.sequence <= self.head.sequence:
            raise ApiError(410, "The log does not hold what came after this cursor. Start without it.")
        return found

    # All that is public

    def _walk(self, position: Position, limit: int) -> FeedPage:
        names, last = list(self.kinds), position.last
        if position.kind not in names:
            raise bad_request("after is of a feed with other kinds of objects")
        items: list[Json] = []
        for name in names[names.index(position.kind) :]:
            room = limit - len(items)
            rows = self.kinds[name].walk(last, room + 1)
            items += [
                self._item(position.sequence, self.head.made_at, one.json(self.request))
                for _place, one in rows[:room]
            ]
            if len(rows) > room:
                last = rows[room - 1][0] if room else last
                return FeedPage(items, Position(position.sequence, name, last), more=True)
            last = None
        return FeedPage(items, Position(position.sequence), more=True)

    # What changed

    def _changes(self, sequence: int, limit: int) -> FeedPage:
        size = limit + 1 if self.wanted.is_everything else BATCH
        rows = list(Change.objects.filter(sequence__gt=sequence).order_by("sequence")[:size])
        if any(row.model == Site._meta.label for row in rows):
            raise ApiError(410, "A site has changed, and with it what is public. Start without the cursor.")
        about_pages = [row for row in rows if kind_of(row.model) == PAGE]
        redirects = self.redirects.concerned(about_pages) if REDIRECT in self.kinds else {}
        told: dict[Key, Change] = {}
        last = sequence
        for row in rows:
            keys = [key for key in self._keys_of(row, redirects) if key in self.wanted]
            # What one row changes is told together, even where that is more than the limit.
            if told and len(told.keys() | set(keys)) > limit:
                return FeedPage(self._items(told), Position(last), more=True)
            for key in keys:
                told.pop(key, None)  # it comes where it changed last
                told[key] = row
            last = row.sequence or last
        more = len(rows) == size
        end = last if more else max(last, self.head.sequence)
        return FeedPage(self._items(told), Position(end), more)

    def _keys_of(self, row: Change, redirects: dict[int, list[int]]) -> list[Key]:
        """The objects that this row is about."""
        kind = kind_of(row.model)
        if kind == FRAME and isinstance(frame := self.kinds.get(FRAME), Frame):
            # A language without its own shows the default language's.
            return frame.keys(frame_types_of(row.model))
        if kind in (None, FRAME):
            return []
        try:
            id_ = key_json(key_of(apps.get_model(row.model), row.object_id))
        except ValueError:  # the model has keys of another type since
            return []
        own = Key(REDIRECT if kind == REDIRECT else row.model, id_, row.locale)
        return [own, *(Key(REDIRECT, pk) for pk in redirects.get(row.pk, []))]

    def _items(self, told: dict[Key, Change]) -> list[Json]:
        public = {
            one.key: one
            for name, kind in self.kinds.items()
            if (keys := [key for key in told if key.type in types_of(name)])
            for one in kind.known(keys)
        }
        return [
            self._item(
                row.sequence or 0,
                row.made_at,
                public[key].json(self.request)
                if key in public
                else object_json(key, row.translation_key, None),
            )
            for key, row in told.items()
        ]

    def _item(self, sequence: int, at: datetime, described: Json) -> Json:
        return {
            "sequence": sequence,
            "kind": "upsert" if described["detail_url"] else "delete",
            "object": described,
            "at": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }


def kind_of(label: str) -> str | None:
    """The kind of object that a row of the log with this model is about; None: no such thing is told."""
    try:
        model = apps.get_model(label)
    except LookupError:  # not installed any more
        return None
    if issubclass(model, Page):
        return PAGE
    if model in categories:
        return label
    if frame_types_of(label):
        return FRAME
    return {get_image_model(): IMAGE, get_document_model(): DOCUMENT, Redirect: REDIRECT}.get(model)


def frame_types_of(label: str) -> list[str]:
    if label == Locale._meta.label:
        return list(FRAME_TYPES)
    registries = zip(FRAME_TYPES, (navigation, site_settings), strict=True)
    return [name for name, registry in registries if label in registry.models]
