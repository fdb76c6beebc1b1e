"""Which scripts of other websites may ask: anybody's may read; tokens and forms are for listed origins.

As the Fetch standard has it, https://fetch.spec.whatwg.org/#http-cors-protocol.
"""

from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

from .conf import conf

Answer = TypeVar("Answer", bound=HttpResponseBase)

EXPOSED = "*"  # every header: browsers send no cookies here, which is what the sign is for
ALLOWED_METHODS = "GET, HEAD, OPTIONS, POST"
ALLOWED_HEADERS = "Accept, Authorization, Content-Type, Idempotency-Key, If-Modified-Since, If-None-Match"
PREFLIGHT_AGE = "600"  # seconds


def is_preflight(request: HttpRequest) -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def preflight(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(status=204)
    if is_listed(request.headers.get("Origin", "")):
        response.headers["Access-Control-Allow-Methods"] = ALLOWED_METHODS
        response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
    else:
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "Accept, If-Modified-Since, If-None-Match"
    response.headers["Access-Control-Max-Age"] = PREFLIGHT_AGE
    patch_vary_headers(response, ["Origin"])
    return _allow(request, response)


def allow(request: HttpRequest, response: Answer) -> Answer:
    """With the headers for the browser. An anonymous read looks the same to all origins, so that it
    can be kept for all; everything else is for listed origins only."""
    if request.method in ("GET", "HEAD") and "Authorization" not in request.headers:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
        return response
    patch_vary_headers(response, ["Origin"])
    return _allow(request, response)


def _allow(request: HttpRequest, response: Answer) -> Answer:
    origin = request.headers.get("Origin", "")
    if is_listed(origin):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
    elif request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def is_listed(origin: str) -> bool:
    return origin in conf().cors_origins
