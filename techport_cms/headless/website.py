"""What the website answers at an address, without making the page that it would show there.

It is not worked out anew, it is asked: of the project's middleware those that make something else of
a 404 (a redirect, a slash, a 410) stand around a view that finds a page and does not serve it. So
whatever is decided there, here it is decided in the same way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.urls import Resolver404, resolve
from django.utils.encoding import iri_to_uri
from django.utils.module_loading import import_string
from django.utils.translation import get_language, override
from wagtail.models import Page, Site

from techport_cms.core.routing import find_route, url_path_at
from techport_cms.core.visibility import is_public

from .conf import conf

PAGES = "wagtail_serve"  # the name of the view in urls.py
HTTP, HTTPS = 80, 443


@dataclass(frozen=True)
class Address:
    scheme: str
    netloc: str
    path: str  # percent-encoded, as the query is
    query: str
    port: str  # where the application listens, which is another one behind a proxy

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.path}" + (f"?{self.query}" if self.query else "")


@dataclass(frozen=True)
class Reply:
    """`page` is what is found there, whether a visitor may see it or not; `subpath` what is asked of it."""

    status: int
    location: str = ""  # absolute
    page: Page | None = None
    subpath: str = ""

    @property
    def is_private(self) -> bool:
        """Whether the website asks who is there."""
        return self.page is not None and not is_public(self.page)


def address_at(text: str, request: HttpRequest, site: Site | None = None) -> Address:
    """The address of a path (with a query, a fragment) on this site; default: the request's own."""
    path, _, query = text.partition("#")[0].partition("?")
    path = path if path.startswith("/") else f"/{path}"
    scheme, netloc, port = request.scheme or "http", request.get_host(), request.get_port()
    if site is not None:
        scheme = "https" if site.port == HTTPS else scheme
        port = str(site.port)
        netloc = site.hostname if site.port in (HTTP, HTTPS) else f"{site.hostname}:{port}"
    return Address(scheme, netloc, iri_to_uri(path), iri_to_uri(query), port)


def own_address(url: str, request: HttpRequest) -> Address | None:
    """The same of a full address; None where it is on no site of this installation. ValueError for none."""
    parts = urlsplit(url)
    if parts.netloc == request.get_host():
        netloc, port = parts.netloc, request.get_port()
    else:
        netloc, port = parts.netloc, str(parts.port or (HTTPS if parts.scheme == "https" else HTTP))
        if not Site.objects.filter(hostname=parts.hostname or "").exists():
            return None
    return Address(parts.scheme, netloc, iri_to_uri(parts.path) or "/", iri_to_uri(parts.query), port)


def ask(address: Address) -> Reply:
    request = WSGIRequest(_environ(address))
    try:
        with override(get_language()):  # Django's LocaleMiddleware leaves that of the address behind
            response = _website(_middleware())(request)
    except (SuspiciousOperation, PermissionDenied, ValueError):
        # A host that it does not answer at, a redirect to what is no address.
        return Reply(404)
    location = response.headers.get("Location", "")
    page = getattr(request, "techport_page", None)
    return Reply(
        status=response.status_code,
        location=urljoin(address.url, location) if location else "",
        page=page,
        subpath=_subpath(page, request) if page is not None else "",
    )


def _environ(address: Address) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(address.path).decode("latin-1"),
        "QUERY_STRING": address.query,
        "SERVER_NAME": address.netloc.partition(":")[0],
        "SERVER_PORT": address.port,
        "HTTP_HOST": address.netloc,
        "wsgi.url_scheme": address.scheme,
        "wsgi.input": BytesIO(),
    }


def _middleware() -> tuple[str, ...]:
    asked = conf().resolve_middleware
    return tuple(name for name in settings.MIDDLEWARE if name in asked)


@cache
def _website(middleware: tuple[str, ...]) -> Callable[[HttpRequest], HttpResponseBase]:
    """The view that finds pages, behind this middleware."""
    handler: Callable[[HttpRequest], HttpResponseBase] = _find
    for name in reversed(middleware):
        handler = import_string(name)(handler)
    return handler


def _find(request: HttpRequest) -> HttpResponse:
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return HttpResponseNotFound()
    site = Site.find_for_request(request)
    if match.url_name != PAGES or site is None:
        return HttpResponseNotFound()
    path = match.kwargs.get("path") or match.args[0] if (match.kwargs or match.args) else ""
    route = find_route(site, get_language() or settings.LANGUAGE_CODE, path, request)
    if route is None:
        return HttpResponseNotFound()
    request.techport_page = route.page  # type: ignore[attr-defined]
    return HttpResponse()


def _subpath(page: Page, request: HttpRequest) -> str:
    """What the page itself is asked for, such as "feed/"."""
    url_path = url_path_at(Site.find_for_request(request), request.path_info) or ""
    return url_path.removeprefix(page.url_path)
