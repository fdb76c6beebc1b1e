"""Drafts in the API: by a preview token in the address, or by page for a server's token."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from wagtail.models import Page

from techport_cms.core.schemas import ref

from .access import find_page, require_scope, unauthorized
from .drafts import draft_of, may_preview
from .endpoints import Endpoint, json_answer
from .models import ChannelToken, PreviewToken
from .problems import not_found
from .representation import PARAMETERS, represent_page


class PreviewEndpoint(Endpoint):
    """What is not found, expired, revoked or not the user's (any more) is 401: the token is worth nothing."""

    summary = "The draft that a preview token opens."
    parameters = PARAMETERS
    answer = ref("AnyPage")
    problems = (400,)

    def read(self, request: HttpRequest, values: dict[str, Any], token: str) -> HttpResponse:
        found = PreviewToken.find(token)
        page = draft_of(found) if found and found.is_valid and found.user.is_active else None
        if page is None:
            raise unauthorized("The preview is unknown, or it has expired or was revoked.")
        return _answer(page, request, values)


class DraftEndpoint(Endpoint):
    summary = "The newest draft of a page, for a token that may read drafts."
    parameters = PARAMETERS
    answer = ref("AnyPage")
    needs_token = True
    problems = (400, 403, 404)

    def read(self, request: HttpRequest, values: dict[str, Any], page_id: int) -> HttpResponse:
        token = require_scope(request, ChannelToken.Scope.READ_DRAFT)
        page = find_page(page_id)
        if page is None or not may_preview(token.user, page.specific):
            raise not_found()
        return _answer(page.get_latest_revision_as_object(), request, values)


def _answer(page: Page, request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
    response = json_answer(represent_page(page, request, values), locale=page.locale)
    patch_cache_control(response, private=True, no_store=True)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
