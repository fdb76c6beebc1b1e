from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views import defaults

from .problems import problem


def unknown_path(request: HttpRequest, path: str = "") -> JsonResponse:
    """Everything under /api/ that is nothing else: a JSON 404, never a page or a redirect."""
    return problem(404, f"There is no {request.path} in this API.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A project's `handler400`, for what Django refuses before it looks for a view: a host name that
    is none, too many parameters."""
    root = reverse("wagtailapi_v2:pages:listing").removesuffix("v2/pages/")
    if request.path_info.startswith(root):
        return problem(400, "This request cannot be read.")
    return defaults.bad_request(request, exception)
