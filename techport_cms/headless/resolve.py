"""GET /api/v2/resolve/?path=/en/… : what the website answers at that path."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail.api.v2.utils import BadRequestError

from techport_cms.core.addresses import OwnAddresses
from techport_cms.core.schemas import Schema, closed, ref

from .channel import RENDITIONS, RICH_TEXT_FORMAT
from .endpoints import Endpoint, json_answer
from .http import pinned, tagged
from .parameters import Parameter
from .problems import bad_request, not_found
from .representation import public_page_json
from .sites import SITE
from .website import Address, Reply, address_at, ask, own_address

REDIRECTS = (301, 302, 303, 307, 308)
PATH = Parameter(
    "path",
    "A path of the website, with or without a query, or the full address of a page of this installation.",
    required=True,
)
FIELDS = Parameter("fields", "Fields of the page, as in its detail.")
WHERE: Schema = {"type": "string", "description": "The part of the path that the page answers itself."}


class Resolve(Endpoint):
    """A path that leads to what not everybody may see is unknown here (404), where the website asks
    who is there."""

    summary = "What the website answers at a path"
    parameters = (PATH, SITE, FIELDS, RICH_TEXT_FORMAT, RENDITIONS)
    answer: Schema = {
        "oneOf": [
            closed({"kind": {"const": "page"}, "subpath": WHERE, "page": ref("AnyPage")}),
            closed(
                {
                    "kind": {"const": "redirect"},
                    "status": {"type": "integer", "enum": list(REDIRECTS)},
                    "location": {"type": "string", "format": "uri"},
                }
            ),
            closed({"kind": {"const": "gone"}}),
        ]
    }

    def read(self, request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
        pinned(request)
        reply = ask(find_address(request, values))
        if reply.status == 200 and reply.page is not None and not reply.is_private:
            return page_answer(reply, request, values)
        if reply.status in REDIRECTS and not OwnAddresses(request).is_private(reply.location):
            return json_answer({"kind": "redirect", "status": reply.status, "location": reply.location})
        if reply.status == 410:
            return json_answer({"kind": "gone"})
        raise not_found(f"There is no page at {values['path']}.")


def find_address(request: HttpRequest, values: dict[str, Any]) -> Address:
    path, site = values["path"], values.get("site")
    if not path.lower().startswith(("http://", "https://")):
        return address_at(path, request, site)
    try:
        address = own_address(path, request)
    except ValueError as error:
        raise bad_request("path is no path and no address") from error
    if site is not None:
        raise bad_request("site goes with a path, not with a full address")
    if address is None:
        raise not_found(f"There is no site of this installation at {path}.")
    return address


def page_answer(reply: Reply, request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
    page: Any = reply.page
    try:
        item = public_page_json(page, request, values)
    except BadRequestError as error:
        raise bad_request(str(error)) from error
    if item is None:  # deleted in this moment
        raise not_found()
    body = b'{"kind": "page", "subpath": %b, "page": %b}' % (json.dumps(reply.subpath).encode(), item)
    response = HttpResponse(body, content_type="application/json")
    response.headers["Content-Language"] = page.locale.language_code
    return tagged(response, f"page-{page.pk}")
