"""The editor's preview of a page shows it in the front end too, whatever class the page is of.

Where PREVIEW_URL is set, each page that can be previewed has one more preview mode, the first. All
previews go through `make_preview_request`: that of the form that is being typed in, of a draft, of
an old revision, of a page under review. For that mode it sends the browser to the front end, with a
token under which the API gives exactly what the editor has before him.

In the editor's panel the front end is a frame in a page of our own. Wagtail's script waits ten seconds
for another origin to tell how far it was scrolled before it shows the new text.
"""

from functools import wraps
from inspect import getattr_static
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, get_page_models

from .conf import conf
from .drafts import front_end_url, show

MODE = "front-end"


class PreviewModes:
    """In the place of a class's own `preview_modes`, which it asks."""

    def __init__(self, own: Any) -> None:
        self.own = own

    def __get__(self, page: Page | None, owner: type[Page]) -> Any:
        if page is None:
            return self  # Wagtail compares those of classes
        own = self.own.__get__(page, owner) if hasattr(self.own, "__get__") else self.own
        if not (own and conf().preview_url) or own[0][0] == MODE:
            return own
        return [(MODE, _("App or front end")), *own]


def show_front_end() -> None:
    """Called once more, it changes nothing."""
    for model in [Page, *get_page_models()]:
        own = getattr_static(model, "preview_modes")
        if not isinstance(own, PreviewModes):
            model.preview_modes = PreviewModes(own)
        make = model.make_preview_request
        if not hasattr(make, "shows_front_end"):
            model.make_preview_request = _to_front_end(make)


def _to_front_end(make: Any) -> Any:
    @wraps(make)
    def make_preview_request(
        self: Page,
        original_request: HttpRequest | None = None,
        preview_mode: str | None = None,
        extra_request_attrs: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        if preview_mode != MODE or original_request is None or not conf().preview_url:
            return make(self, original_request, preview_mode, extra_request_attrs)
        about = extra_request_attrs or {}
        token = show(original_request.user, self, is_editing=bool(about.get("is_editing")))
        response = _answer(original_request, front_end_url(token), bool(about.get("in_preview_panel")))
        add_never_cache_headers(response)
        return response

    make_preview_request.shows_front_end = True  # type: ignore[attr-defined]
    return make_preview_request


def _answer(request: HttpRequest, url: str, in_panel: bool) -> HttpResponse:
    if in_panel:
        return TemplateResponse(request, "techport_headless/panel.html", {"url": url})
    return HttpResponseRedirect(url)
