from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import get_resolver, get_urlconf
from wagtail.models import Site

from techport_cms.core.routing import url_path_at

from .tombstones import is_gone

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110, section 9.2.1


class WriteTransactionMiddleware:
    """Makes every request that may write one transaction; a read opens none.

    Must be the last middleware: it wraps the view itself. (Around the other middleware an
    exception has already become an answer, and the half-done work would be committed.)
    An exception and a status of 500 and above roll back; a 4xx does not, since a failed
    log-in has a counter to keep. `transaction.non_atomic_requests` is honoured.

    With ATOMIC_REQUESTS, reads would take SQLite's write lock (transaction_mode IMMEDIATE).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple,
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if request.method in SAFE_METHODS or getattr(view, "_non_atomic_requests", None):
            return None
        with transaction.atomic():
            response = view(request, *args, **kwargs)
            render = getattr(response, "render", None)
            if callable(render) and not getattr(response, "is_rendered", True):
                response = render()  # what fails while rendering fails the request
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


class GoneMiddleware:
    """A 404 at the address of what was public becomes a 410: search engines and channels drop it at once.

    A page that says so comes from `handler410(request)`, where the URLconf has one beside its `handler404`.
    Must stand before Wagtail's RedirectMiddleware, so that a redirect wins.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 404 and _was_public(request):
            handler = getattr(get_resolver(get_urlconf()).urlconf_module, "handler410", None)
            if handler and getattr(response, "content", b""):  # who asks for the status alone reads no page
                response = handler(request)
            response.status_code = 410
        return response


def _was_public(request: HttpRequest) -> bool:
    site = Site.find_for_request(request)
    url_path = url_path_at(site, request.path_info) if site else None
    return url_path is not None and is_gone(url_path)
