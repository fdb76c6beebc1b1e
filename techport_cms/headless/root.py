"""GET /api/v2/ : what there is."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from wagtail.api.utils import get_full_url
from wagtail.coreutils import get_content_languages
from wagtail.models import Page, Site, get_page_models

from techport_cms.core.schemas import Schema, array, closed

from .changes import newest_cursor
from .endpoints import Endpoint
from .http import head_of
from .router import api_router

NAMESPACE = api_router.url_namespace
URL: Schema = {"type": "string", "format": "uri"}
LOCALE: Schema = closed(
    {"code": {"type": "string"}, "name": {"type": "string"}, "default": {"type": "boolean"}}
)


class Root(Endpoint):
    summary = "What there is"
    problems = (400,)
    answer: Schema = closed(
        {
            "endpoints": {"type": "object", "additionalProperties": URL},
            "locales": array(LOCALE),
            "page_types": array({"type": "string"}),
            "cursor": {
                "type": "string",
                "description": "`after` of the change feed, for what comes from now on.",
            },
        }
    )

    def read(self, request: HttpRequest, values: dict[str, Any]) -> dict[str, Any]:
        head = head_of(request)
        paths = {**_lists(), **_endpoints()}
        default = settings.LANGUAGE_CODE
        return {
            "endpoints": {name: get_full_url(request, path) for name, path in paths.items()},
            "locales": [
                {"code": code, "name": str(name), "default": code == default}
                for code, name in get_content_languages().items()
            ],
            "page_types": sorted(model._meta.label for model in get_page_models() if model is not Page),
            "cursor": newest_cursor(head.sequence, Site.find_for_request(request)),
        }


def _lists() -> dict[str, str]:
    """The endpoints of Wagtail's v2."""
    names = api_router._endpoints
    return {name: reverse(f"{NAMESPACE}:{name}:listing") for name in names}


def _endpoints() -> dict[str, str]:
    """Those that it does not have, but for addresses that stand for one object."""
    from .urls import endpoints  # which knows this one too

    found: dict[str, str] = {}
    for pattern in endpoints:
        try:
            found[str(pattern.name)] = reverse(f"{NAMESPACE}:{pattern.name}")
        except NoReverseMatch:
            continue
    return {name: path for name, path in found.items() if name != "root"}
