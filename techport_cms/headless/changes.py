"""GET /api/v2/changes/ : the change feed, see feed.py."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.functional import classproperty
from wagtail.models import Page, Site

from techport_cms.core.schemas import Schema, array, closed, nullable

from .endpoints import Endpoint
from .feed import Feed, Position, make_cursor, read_cursor
from .http import head_of
from .objects import PAGE, Wanted, all_types, types_of
from .paging import limit_max
from .parameters import LOCALE, Parameter, integer_schema, one_of, several, several_schema, whole_number
from .sites import SITE, site_of

LIMIT = 100
ANY_PAGE = Page._meta.label
AFTER = Parameter("after", "The `next` of the last answer. Without it: all that is public now.")
CURSOR: Schema = {"type": "string", "description": "Opaque; `after` of the next request."}
OBJECT: Schema = closed(
    {
        "type": {"type": "string", "description": "A page type, snippet, image, document, or one of ours."},
        "id": {"type": ["integer", "string"]},
        "translation_key": nullable({"type": "string", "format": "uuid"}),
        "locale": nullable({"type": "string"}),
        "detail_url": nullable({"type": "string", "format": "uri", "description": "null with `delete`"}),
    }
)
ITEM: Schema = closed(
    {
        "sequence": {"type": "integer", "description": "Place in the publication log."},
        "kind": {"type": "string", "enum": ["upsert", "delete"]},
        "object": OBJECT,
        "at": {"type": "string", "format": "date-time"},
    }
)


class Changes(Endpoint):
    summary = "What is public now, and what changed since"
    answer: Schema = closed({"items": array(ITEM), "next": CURSOR, "more": {"type": "boolean"}})
    problems = (400, 404, 410)

    @classproperty
    def parameters(cls) -> Sequence[Parameter]:  # noqa: N805 - a property of the class
        known = sorted({*all_types(), ANY_PAGE})
        most = limit_max()
        return (
            AFTER,
            LOCALE,
            Parameter(
                "type",
                f"Types, with commas; `{ANY_PAGE}` is every page.",
                several_schema(known),
                several(one_of(known)),
            ),
            Parameter("limit", "Items of an answer.", integer_schema(1, most), whole_number(1, most)),
            SITE,
        )

    def read(self, request: HttpRequest, values: dict[str, Any]) -> dict[str, Any]:
        head = head_of(request)
        wanted = wanted_of(values)
        site = site_of(request, values)
        feed = Feed(site, wanted, request, head)
        position = read_cursor(values["after"], site, wanted) if "after" in values else feed.beginning()
        page = feed.page(position, values.get("limit", min(LIMIT, limit_max())))
        return {"items": page.items, "next": make_cursor(page.next, site, wanted), "more": page.more}


def wanted_of(values: dict[str, Any]) -> Wanted:
    types = set(values.get("type", ()))
    if ANY_PAGE in types:
        types.update(types_of(PAGE))
    return Wanted(tuple(sorted(types)), values["locale"].language_code if "locale" in values else "")


def newest_cursor(sequence: int, site: Site | None) -> str:
    """Of the whole feed of a site, behind this row of the log: who begins here is told what comes from now
    on."""
    return make_cursor(Position(sequence), site, Wanted())
