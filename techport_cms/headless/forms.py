"""Forms of Wagtail for channels: what is to be sent, and sending it. `GET`, `POST /forms/{page_id}/`."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import Page

from techport_cms.core.public_forms import SpamGuard, from_this_site, spam_guard
from techport_cms.core.schemas import Schema, closed

from . import cors
from .access import caller, out_of_scope, readable_page
from .body import WritingEndpoint, json_object
from .conf import conf
from .endpoints import json_answer
from .form_schema import DIALECT, FORM, VALUE, form_schema, type_errors
from .idempotency import IDEMPOTENCY_KEY, once
from .limits import count
from .models import ChannelToken
from .problems import ApiError, not_found

SCOPE = ChannelToken.Scope.SUBMIT_FORM


class FormEndpoint(WritingEndpoint):
    summary = "The JSON Schema of a form, and sending it in."
    answer = FORM
    body: Schema = {
        "type": "object",
        "description": "As the schema says that GET gives; `guard-opened` is sent back as it stands there.",
        "additionalProperties": VALUE,
    }
    written: Schema = closed({
        "page": {"type": "integer"},
        "received_at": {"type": "string", "format": "date-time"},
    })  # fmt: skip
    written_status = 201
    write_problems = (403, 404, 409, 422)
    write_headers = (IDEMPOTENCY_KEY,)

    def read(self, request: HttpRequest, values: dict[str, Any], page_id: int) -> HttpResponse:
        page = form_page(request, page_id)
        with override(page.locale.language_code):
            schema = {
                "$schema": DIALECT,
                "$id": request.build_absolute_uri(request.path),
                "title": page.title,
                "description": page.search_description,
                **form_schema(_form(page), spam_guard(page)),
            }
        response = json_answer(schema, locale=page.locale)
        # A kept copy would hand out a time that is long past.
        patch_cache_control(response, private=True, no_store=True)
        return response

    def write(self, request: HttpRequest, values: dict[str, Any], page_id: int) -> HttpResponse:
        page = form_page(request, page_id)
        _check_sender(request)
        sent = json_object(request)
        count(request, "form", conf().form_limit, f"page-{page.pk}", SCOPE)
        with override(page.locale.language_code):
            answer = once(request, f"form-{page.pk}", sent, lambda: _submit(request, page, sent))
        return json_answer(answer, status=201, locale=page.locale)


def form_page(request: HttpRequest, page_id: int) -> Any:
    """Raises ApiError with 404 where there is no page with a form that this request may see."""
    page = readable_page(request, page_id)
    if not (hasattr(page, "get_form_class") and hasattr(page, "process_form_submission")):
        raise not_found("This page has no form.")
    return page


def _check_sender(request: HttpRequest) -> None:
    """From a page of this site or of a listed origin, or from a server with its token."""
    origin = request.headers.get("Origin", "")
    if caller(request).may(SCOPE) or cors.is_listed(origin) or from_this_site(request):
        return
    if caller(request).token:
        raise out_of_scope(SCOPE)
    raise ApiError(403, f"Send it from this site, from a listed origin, or with a token for {SCOPE}.")


def _submit(request: HttpRequest, page: Any, sent: dict[str, Any]) -> dict[str, Any]:
    """Raises ApiError with 422 and `errors`, a list of messages by name."""
    guard = spam_guard(page, sent)
    names = {guard.add_prefix(name) for name in guard.fields}
    given = {name: value for name, value in sent.items() if name not in names}
    form = _form(page, given)
    errors = type_errors(form, given)
    if not errors:
        errors = {name: [str(message) for message in found] for name, found in form.errors.items()}
    # A server that has a token answers for its visitors itself.
    if not caller(request).may(SCOPE) or names & sent.keys():
        errors |= _guard_errors(guard, sent)
    if errors:
        raise ApiError(422, _("The form was not sent. Correct what is wrong."), {"errors": errors})
    page.process_form_submission(form)
    return {"page": page.pk, "received_at": timezone.now().isoformat()}


def _guard_errors(guard: SpamGuard, sent: dict[str, Any]) -> dict[str, list[str]]:
    return {guard.add_prefix(name): list(map(str, found)) for name, found in guard.errors.items()}


def _form(page: Page | Any, data: dict[str, Any] | None = None) -> Any:
    """The form that the website shows and checks."""
    return page.get_form(data, page=page, user=AnonymousUser())
