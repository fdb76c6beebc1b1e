from collections.abc import Callable
from contextlib import nullcontext

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from .languages import address_language
from .public_forms import SAFE_METHODS
from .sites import remember_site
from .together import together


class PathLocaleMiddleware:
    """Activates the language that the path names, or the default one.

    Django's LocaleMiddleware adds `Vary: Accept-Language` to every answer and redirects
    unknown paths to a language prefix. Here the address alone decides: /en/… is English,
    everything else the default language, so one answer serves everybody (and every cache),
    and a 404 stays a 404, under /api/ too. What a request reads is loaded together (together.py).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = address_language(request.path_info)
        reading = together() if request.method in SAFE_METHODS else nullcontext()
        with translation.override(language), reading:
            request.LANGUAGE_CODE = language
            remember_site(request)
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or language)
        return response
