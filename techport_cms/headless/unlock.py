"""A protected page's password for a token that opens it for a while: `POST /unlock/`."""

from typing import Any

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables
from wagtail.models import PageViewRestriction

from techport_cms.core.schemas import Schema, closed

from .access import caller, find_page, opened_by, password_restrictions, unlock_token
from .body import WritingEndpoint, json_object
from .conf import conf
from .limits import count
from .models import ChannelToken
from .parameters import integer_schema
from .problems import ApiError, bad_request, not_found

MAX_PASSWORD_LENGTH = 255  # characters, as Wagtail's field


class UnlockEndpoint(WritingEndpoint):
    summary = "A token that opens a protected page, for its password."
    body: Schema = closed({
        "page": integer_schema(1),
        "password": {"type": "string", "pattern": "^[^\\u0000]*$", "maxLength": MAX_PASSWORD_LENGTH},
    })  # fmt: skip
    written: Schema = closed({
        "token": {"type": "string"},
        "expires_at": {"type": "string", "format": "date-time"},
        "opens_page": {
            "type": "boolean",
            "description": "False where another page above has its own password: send that with this token.",
        },
    })  # fmt: skip
    write_problems = (403, 404)

    @sensitive_variables()
    def write(self, request: HttpRequest, values: dict[str, Any]) -> dict[str, Any]:
        page_id, password = _read(json_object(request))
        restrictions = password_restrictions(find_page(page_id))
        if not restrictions:
            raise not_found("No page with this id is protected by a password.")
        _count(request, restrictions)
        opened = opened_by(password, restrictions)
        if not opened:
            raise ApiError(403, "The password is wrong.")
        passed = [one for one in restrictions if one.pk in opened | caller(request).passed]
        token, expires_at = unlock_token(passed)
        return {"token": token, "expires_at": expires_at, "opens_page": len(passed) == len(restrictions)}


@sensitive_variables()
def _read(sent: dict[str, Any]) -> tuple[int, str]:
    page, password = sent.get("page"), sent.get("password")
    if isinstance(page, float) and page.is_integer():
        page = int(page)  # to JSON, 3.0 is an integer
    if sent.keys() != {"page", "password"} or type(page) is not int or not isinstance(password, str):
        raise bad_request('Send {"page": <id>, "password": "<text>"}.')
    if page < 1 or len(password) > MAX_PASSWORD_LENGTH:
        raise bad_request("page must be positive, and the password at most 255 characters.")
    return page, password


def _count(request: HttpRequest, restrictions: list[PageViewRestriction]) -> None:
    """By restriction: a page with a thousand pages below it is guessed at no more often."""
    for restriction in restrictions:
        what = f"restriction-{restriction.pk}"
        count(request, "unlock", conf().unlock_limit, what, ChannelToken.Scope.UNLOCK)
