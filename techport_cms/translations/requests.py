"""Which request publishes a translation: the hook `after_publish_page` wants to be given it.

wagtail-localize publishes from its views through methods of its models, which know no request.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.utils.decorators import method_decorator
from wagtail_localize.views import edit_translation, submit_translations, update_translations

_request: ContextVar[HttpRequest | None] = ContextVar("_request", default=None)


def current_request() -> HttpRequest | None:
    """The request to a view of wagtail-localize that runs now; None outside of one."""
    return _request.get()


def remember_request(view: Callable) -> Callable:
    @wraps(view)
    def remembering(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        token = _request.set(request)
        try:
            return view(request, *args, **kwargs)
        finally:
            _request.reset(token)

    remembering.remembers = True  # type: ignore[attr-defined]
    return remembering


def install() -> None:
    """Wrap the views that publish. Called once more, it changes nothing."""
    if hasattr(edit_translation.edit_translation, "remembers"):
        return
    edit_translation.edit_translation = remember_request(edit_translation.edit_translation)
    for view in (submit_translations.SubmitTranslationView, update_translations.UpdateTranslationsView):
        view.dispatch = method_decorator(remember_request)(view.dispatch)
