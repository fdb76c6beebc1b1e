"""The base of the endpoints that Wagtail's API v2 does not have.

class Site(Endpoint):
    parameters = (Parameter("locale", …),)
    answer = ref("Site")

    def read(self, request, values):     # the parameters' values, by name
        return {"name": …}               # the answer's JSON, or an HttpResponse
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from wagtail.models import Locale

from techport_cms.core.delivery import Delivery, delivering
from techport_cms.core.schemas import Schema

from .channel import channel_delivery
from .parameters import JSON_ONLY, UNDERSCORE, Parameter, read_parameters
from .problems import problem


class Endpoint(View):
    """One address. Subclasses have `read`, and `write` where POST is for something.

    `summary`, `parameters`, `answer` and `problems` are what the OpenAPI document tells; of a POST
    (see WritingEndpoint) `body`, `written` (its answer) and `written_status`. Not in `problems` are those of
    every address (401, 429) and of what may be kept (412).
    Raises ApiError (in `read` and `write`) for what is wrong. `write` says itself what is one
    transaction: what it counts has to stay, however it ends.
    """

    summary = ""
    parameters: Sequence[Parameter] = ()
    wagtails: Sequence[Parameter] = (JSON_ONLY, UNDERSCORE)  # what its v2 takes everywhere
    answer: Schema = {}
    media_type = "application/json"  # of the answer
    body: Schema = {}
    written: Schema = {}
    written_status = 200
    problems: Sequence[int] = (400, 404)  # statuses of errors that it answers
    needs_token = False  # where reading is not for everybody
    read: Callable[..., Any] | None = None
    write: Callable[..., Any] | None = None

    @method_decorator(transaction.non_atomic_requests)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        method = request.method or ""
        if method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": self._allowed()})
        handler = {"GET": self.read, "HEAD": self.read, "POST": self.write}.get(method)
        if handler is None:
            return problem(405, f"{method} is not allowed here.", Allow=self._allowed())
        values = read_parameters(request.GET.dict(), (*self.parameters, *self.wagtails))
        with delivering(self.delivery(request, values)):
            found = handler(request, values, **kwargs)
        return found if isinstance(found, HttpResponseBase) else json_answer(found)

    def delivery(self, request: HttpRequest, values: dict[str, Any]) -> Delivery:
        return channel_delivery(request, values)

    def _allowed(self) -> str:
        methods = ["GET", "HEAD"] if self.read else []
        return ", ".join([*methods, "OPTIONS", *(["POST"] if self.write else [])])


def json_answer(body: Any, status: int = 200, locale: Locale | None = None) -> JsonResponse:
    """`locale` is that of the whole answer, where it is in one language."""
    response = JsonResponse(body, status=status, safe=False, json_dumps_params={"ensure_ascii": False})
    if locale is not None:
        response.headers["Content-Language"] = locale.language_code
    return response
