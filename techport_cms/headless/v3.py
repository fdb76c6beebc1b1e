"""Wagtail's API v3 is for management only: nobody reads it without saying who he is."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers
from wagtail.api.v3.auth import BearerTokenAuth

from .http import unprefixed
from .problems import problem

View = Callable[..., HttpResponseBase]
DOCUMENTATION_VIEWS = frozenset({"openapi-json", "openapi-view", "openapi-view-cdn", "api-root"})


def authenticated_only(view: View) -> View:
    """For `decorate_urlpatterns`: 401 without a valid API token.

    Staff who are logged in may open the documentation and the OpenAPI file in a browser,
    but no data: a session must not make an API call for a page that tricks the browser.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if _may_read_documentation(request) or _has_token(request):
            response = view(request, *args, **kwargs)
        else:
            response = problem(
                401, "Send an API token: Authorization: Bearer <token>.", WWW_Authenticate="Bearer"
            )
        patch_cache_control(response, private=True, no_store=True)
        patch_vary_headers(response, ["Authorization", "Cookie"])
        return unprefixed(request, response)

    return wrapper


def _may_read_documentation(request: HttpRequest) -> bool:
    match = request.resolver_match
    user = request.user
    return (
        match is not None
        and match.url_name in DOCUMENTATION_VIEWS
        and user.is_authenticated
        and user.has_perm("wagtailadmin.access_admin")
    )


def _has_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return False
    user = request.user  # authenticate() replaces it by the token's user; the view asks again
    try:
        return BearerTokenAuth().authenticate(request, token.strip()) is not None
    finally:
        request.user = user
