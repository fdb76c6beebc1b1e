"""What the endpoints for pages, images and documents share: Wagtail's v2, strict and in few queries."""

import json
from collections.abc import Mapping
from typing import Any

from django.db.models import Field, Model, QuerySet
from django.http import Http404, HttpResponse
from rest_framework.exceptions import APIException
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from wagtail.api.v2.utils import BadRequestError
from wagtail.api.v2.views import BaseAPIViewSet

from techport_cms.core.together import together

from .channel import RENDITIONS, RICH_TEXT_FORMAT
from .filters import FieldsFilter, OrderingFilter, SearchFilter, field_filters
from .http import pinned, tagged
from .paging import ListPage, paginate
from .parameters import FORMAT, LARGEST, UNDERSCORE, Parameter, check_names, check_text, read
from .problems import CONTENT_TYPE, ApiError, bad_request, problem_json
from .related import announce, with_related
from .representation import ENCODER, Representation
from .serializers import PublicSerializer

DETAIL_ONLY = ("fields", "rich_text_format", "renditions", "format", "_")


class ProblemRenderer(JSONRenderer):
    media_type = CONTENT_TYPE


class NestedEndpoint(BaseAPIViewSet):
    """For models without an endpoint of their own, where something public points to one."""

    base_serializer_class = PublicSerializer
    model = Model


class DeliveryViewSet(BaseAPIViewSet):
    """Subclasses are one of Wagtail's v2 endpoints too, behind this class."""

    authentication_classes: list[Any] = []  # a session opens nothing
    permission_classes: list[Any] = []
    base_serializer_class = PublicSerializer
    filter_backends = [FieldsFilter, OrderingFilter, SearchFilter]
    known_query_parameters = BaseAPIViewSet.known_query_parameters | {"renditions", "cursor"}
    detail_query_parameters = frozenset(DETAIL_ONLY)
    # Those whose values are read before anything else. `values` holds them by name.
    parameters: tuple[Parameter, ...] = (RICH_TEXT_FORMAT, RENDITIONS, FORMAT, UNDERSCORE)
    default_order = "id"
    site_id: int | None = None  # of the site whose list it is, where each has its own
    surrogate_key = ""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not hasattr(self, str(request.method).lower()):
            self.http_method_not_allowed(request)
        pinned(request._request)
        given = {one.name: one for one in self.parameters if one.name in request.GET}
        self.values = {name: read(one, request.GET[name]) for name, one in given.items()}
        self.order = [self.default_order]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with together():
            return super().dispatch(request, *args, **kwargs)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        # JSON unless a browser asks for a page; what nobody can send is JSON too, not a 406.
        return super().perform_content_negotiation(request, force=True)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, ApiError):
            return self._problem(exc.status, exc.detail, exc.headers, exc.members)
        if isinstance(exc, BadRequestError):
            return self._problem(400, str(exc))
        if isinstance(exc, Http404):
            return self._problem(404, str(exc) or "not found")
        if isinstance(exc, APIException):
            return self._problem(exc.status_code, str(exc.detail), getattr(exc, "auth_header", None))
        return super().handle_exception(exc)

    def _problem(self, status: int, detail: str, headers: Any = None, members: Any = None) -> Response:
        response = Response({**problem_json(status, detail), **(members or {})}, status, headers=headers)
        response.exception = True
        return response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if getattr(response, "exception", False):
            # Errors are for programs, whatever they accept.
            response.accepted_renderer = ProblemRenderer()
            response.accepted_media_type = response.content_type = CONTENT_TYPE
        return response

    # Lists

    def listing_view(self, request: Request) -> Any:
        queryset = self.get_queryset()
        self.check_query_parameters(queryset)
        found = self.filter_queryset(queryset)
        page = paginate(found, self.order, request.GET, self.site_id)
        if "search" in request.GET:
            page.extra["highlights"] = self.highlights(page.ids, request.GET["search"])
        items = self.serialized(queryset.model, page.ids, show_details=False)
        return self.answer_list(page, items)

    def highlights(self, ids: list[int], query: str) -> dict[str, str]:
        """What was found in the objects, by id: HTML in which all but `<mark>` is escaped."""
        return {}

    def answer_list(self, page: ListPage, items: list[bytes]) -> Any:
        keys = [f"{self.surrogate_key}-{id_}" for id_ in page.ids]
        if isinstance(self.request.accepted_renderer, BrowsableAPIRenderer):
            return Response({"meta": page.meta, "items": [json.loads(item) for item in items]})
        meta = ENCODER.encode(page.meta).encode()
        body = b'{"meta":%b,"items":[%b]}' % (meta, b",".join(items))
        return tagged(HttpResponse(body, content_type="application/json"), *keys)

    def check_query_parameters(self, queryset: QuerySet) -> None:
        # Not every field is one: what nothing is compared with would be left out in silence.
        check_names(self.request.GET, {*self.known_query_parameters, *self.field_filters(queryset.model)})

    @classmethod
    def field_filters(cls, model: type[Model]) -> dict[str, tuple[Field, str]]:
        names = [name for name in cls.get_available_fields(model, db_fields_only=True) if name != "locale"]
        return field_filters(model, names)

    # One object

    def detail_view(self, request: Request, pk: int) -> Any:
        check_names(request.GET, self.detail_query_parameters)
        instance = self.get_object()
        model = getattr(instance, "specific_class", None) or type(instance)
        items = self.serialized(model, [instance.pk], show_details=True)
        if not items:  # deleted in this moment
            raise Http404
        return self.answer_detail(instance, items[0])

    def answer_detail(self, instance: Any, item: bytes) -> Any:
        if isinstance(self.request.accepted_renderer, BrowsableAPIRenderer):
            return Response(json.loads(item))
        response = HttpResponse(item, content_type="application/json")
        return tagged(response, f"{self.surrogate_key}-{instance.pk}")

    def get_object(self) -> Any:
        if self.kwargs["pk"] > LARGEST:
            raise Http404
        return super().get_object()

    def find_view(self, request: Request) -> Any:
        check_names(request.GET, self.find_query_parameters | self.detail_query_parameters)
        for name, text in request.GET.items():
            check_text(name, text)
        given = request.GET.get("id", "1")
        if not (given.isascii() and given.isdecimal() and len(given) < 20 and int(given) <= LARGEST):
            raise bad_request("id must be a positive integer")
        return super().find_view(request)

    # How objects come out, see representation.py

    router: Any = None  # set where the endpoint is registered

    def serialized(self, model: type[Model], ids: list[int], show_details: bool) -> list[bytes]:
        """The objects with these ids, each as the bytes of its JSON."""
        request, fields = self.request._request, self.request.GET.get("fields", "")
        return Representation(type(self), model, request, self.values, fields, show_details).of_ids(ids)

    @classmethod
    def variant(cls, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """What the serialised form depends on besides fields and host."""
        return (values.get("rich_text_format"), values.get("renditions"))

    @classmethod
    def extra_context(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the serializers' fields are told of these values."""
        return {}

    @classmethod
    def load(cls, ids: list[int], serializer_class: Any) -> list[Any]:
        """The objects with these ids, with what this serializer shows of others."""
        # Not through the default manager: which of them are shown has been decided.
        objects = serializer_class.Meta.model._base_manager.all()
        found = with_related(objects, serializer_class).in_bulk(ids)
        return [found[id_] for id_ in ids if id_ in found]

    @classmethod
    def announce(cls, objects: list[Any], serializer_class: Any) -> None:
        """Let what these objects show and point to be loaded together."""
        announce(objects, serializer_class)
