"""Errors that come about before or behind the views of the API, for a project's `urls.py`:

handler400 = views.bad_request
handler500 = views.server_error

A project that has handlers of its own puts them behind these: `handler500 = views.for_programs(500, own)`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.views import defaults

from . import cors
from .http import finish
from .problems import problem

Handler = Callable[..., HttpResponseBase]

DETAILS = {
    400: "This request cannot be read.",
    500: "Something went wrong on our side. It has been logged.",
}


def unknown_path(request: HttpRequest, path: str = "") -> JsonResponse:
    """Everything under /api/ that is nothing else: a JSON 404, never a page or a redirect."""
    return problem(404, f"There is no {request.path} in this API.")


def for_programs(status: int, handler: Handler) -> Handler:
    """The handler of this status (400, 500) for people; at addresses of the API it is problem+json."""

    @wraps(handler)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        root = reverse("wagtailapi_v2:pages:listing").removesuffix("v2/pages/")
        if not request.path_info.startswith(root):
            return handler(request, *args, **kwargs)
        return cors.allow(request, finish(request, problem(status, DETAILS[status])))

    return wrapper


# What Django refuses before it looks for a view: a host name that is none, too many parameters.
bad_request = for_programs(400, defaults.bad_request)
server_error = for_programs(500, defaults.server_error)
