"""What every answer of the delivery API has in common: validators, caching, errors, CORS."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import ResponseHeaders
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from wagtail.api.v2.utils import BadRequestError

from techport_cms.changes.head import Head, read_head
from techport_cms.core.kept import is_keeping, keeping, told
from techport_cms.core.languages import address_language
from techport_cms.core.sites import remember_site
from techport_cms.core.surrogate_keys import HEADER, header_value

from . import cors
from .conf import conf
from .limits import admit
from .problems import ApiError, problem

View = Callable[..., HttpResponseBase]
Response = TypeVar("Response", bound=HttpResponseBase)

SETTLED = 2  # seconds; a change may be committed a little after the time that it tells
ADDRESSES = "techport_cms.headless.urls"
POLICY = "Content-Security-Policy"
OF_DATA = "default-src 'none'; frame-ancestors 'none'"  # it loads nothing; the site's own policy is for pages
STARTED_AT = int(time.time())  # another release may answer otherwise from the same content


def delivery(view: View) -> View:
    """For `decorate_urlpatterns` around every address of the delivery API."""

    @csrf_exempt  # no cookie opens anything here, so no page can abuse one
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with override(address_language(request.path_info)):
            if cors.is_preflight(request):
                return in_own_language(request, cors.preflight(request))
            try:
                admit(request)
                with reading(request):
                    response = view(request, *args, **kwargs)
            except ApiError as error:
                response = error.response()
            except Http404 as error:
                response = problem(404, str(error) or "not found")
            except BadRequestError as error:
                response = problem(400, str(error))
            return cors.allow(request, finish(request, response))

    return wrapper


@contextmanager
def reading(request: HttpRequest) -> Iterator[None]:
    """Within this context what the log's head stands for is kept, unless somebody has seen to it.

    Not within a transaction: the log does not tell of what it has written.
    """
    if request.method not in ("GET", "HEAD") or is_keeping() or connection.in_atomic_block:
        yield
        return
    with keeping(*pinned(request)):
        remember_site(request)
        yield


class OwnLanguage(ResponseHeaders):
    """Headers of an answer that knows its languages: none, one that it has said, or several. Middleware
    that chooses a language for the rest of the site, ours or Django's, adds nothing about it."""

    def __setitem__(self, name: str, value: Any) -> None:
        if name.lower() == "vary":
            named = [one.strip() for one in value.split(",") if one.strip().lower() != "accept-language"]
            if not named:
                return
            value = ", ".join(named)
        super().__setitem__(name, value)

    def setdefault(self, name: str, value: Any) -> None:
        if name.lower() != "content-language":
            super().setdefault(name, value)


def in_own_language(request: HttpRequest, response: Response) -> Response:
    response.headers = OwnLanguage(response.headers)
    return unprefixed(request, response)


def unprefixed(request: HttpRequest, response: Response) -> Response:
    """Django's LocaleMiddleware makes of a 404 a redirect to a language prefix, where the URLconf of the
    request has any. This one has none."""
    if response.status_code == 404:
        request.urlconf = ADDRESSES
    return response


def finish(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The answer with the headers of its kind, or what its preconditions make of it."""
    return in_own_language(request, _finished(request, response))


def _finished(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if callable(getattr(response, "render", None)) and not getattr(response, "is_rendered", True):
        response = response.render()  # type: ignore[attr-defined]
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        response.headers.setdefault(POLICY, OF_DATA)
    if _is_asked_by_somebody(request) or response.status_code != 200 or is_personal(response):
        patch_cache_control(response, private=True, no_store=True)
        return response
    return validated(request, response)


def _is_asked_by_somebody(request: HttpRequest) -> bool:
    """A token may open more; and what is written is nobody else's."""
    return request.method not in ("GET", "HEAD") or "Authorization" in request.headers


def is_personal(response: HttpResponseBase) -> bool:
    return "no-store" in response.headers.get("Cache-Control", "")


def validated(request: HttpRequest, response: Any) -> HttpResponseBase:
    """With an ETag of the content, and the time of the newest change of all as Last-Modified, once no
    other change can have the same. 304 where the client has it, 412 where it wants another one only."""
    etag = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
    modified = settled(pinned(request).made_at)
    response.headers["ETag"] = etag
    if modified is not None:
        response.headers["Last-Modified"] = http_date(modified)
    response.headers[HEADER] = header_value(getattr(response, "surrogate_keys", ()))
    patch_cache_control(response, public=True, max_age=0, s_maxage=conf().shared_max_age)
    answer: Any = get_conditional_response(request, etag, modified, response) or response
    if answer.status_code == 412:
        told = "This is not, or no longer, what If-Match or If-Unmodified-Since asks for."
        return _finished(request, problem(412, told))
    return not_modified(answer, response) if answer.status_code == 304 else answer


def not_modified(answer: Any, response: Any) -> HttpResponseBase:
    """The 304 with what Django leaves out of the headers of the 200."""
    for name in (HEADER, POLICY, "Content-Language"):
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    return answer


def settled(made_at: int) -> int | None:
    """The second since which nothing has changed, neither content nor code; None while it may still be
    that of one more change."""
    modified = max(made_at, STARTED_AT)
    return modified if time.time() >= modified + SETTLED else None


class Pinned(NamedTuple):
    stamp: int  # of the head of the publication log
    made_at: int  # seconds since 1970


def pinned(request: HttpRequest) -> Pinned:
    """The head of the log that this answer is as new as, or newer. No query where it has been told."""
    stamp, made_at = told() or (0, 0)
    if made_at:
        return Pinned(stamp, made_at)
    head = head_of(request)
    return Pinned(head.stamp, int(head.made_at.timestamp()))


def head_of(request: HttpRequest) -> Head:
    """The newest row of the publication log, as it was when it was first asked for in this request.

    What is read later is as new or newer. One query.
    """
    known = getattr(request, "techport_head", None)
    if known is None:
        known = request.techport_head = read_head()  # type: ignore[attr-defined]
    return known


def tagged(response: HttpResponse, *keys: str) -> HttpResponse:
    """With surrogate keys, by which a shared cache in front forgets it: "page-3"."""
    response.surrogate_keys = [*getattr(response, "surrogate_keys", ()), *keys]  # type: ignore[attr-defined]
    return response
