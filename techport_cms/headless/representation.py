"""Objects as the API shows them: as bytes that are kept, or as JSON of a draft that nobody keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

from django.core.signals import setting_changed
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import get_language
from rest_framework.utils.encoders import JSONEncoder
from wagtail.api.v2.utils import BadRequestError, parse_fields_parameter

from techport_cms.core.delivery import delivering
from techport_cms.core.together import together

from .channel import RENDITIONS, RICH_TEXT_FORMAT, channel_delivery
from .fragments import fetch
from .http import pinned
from .parameters import Parameter, check_text
from .serializers import speaking

DEEPEST = 4  # levels of nested fields; each may cost a query
# Of a page's detail: what `values` may hold.
FIELDS = Parameter("fields", "Fields, as in Wagtail's API v2; all of them where it is left out.")
PARAMETERS = (FIELDS, RICH_TEXT_FORMAT, RENDITIONS)
ENCODER = JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Representation:
    """How objects of one model come out for a request.

    `endpoint` is a DeliveryViewSet, `values` those of the query's parameters by name, `fields` the
    parameter of that name. Raises BadRequestError for fields that there are not.
    """

    endpoint: Any
    model: type[Model]
    request: HttpRequest
    values: Mapping[str, Any]
    fields: str = ""
    show_details: bool = True

    def of_ids(self, ids: list[Any]) -> list[bytes]:
        """The JSON of each, in order; who is not there any more is left out."""
        variant = (
            self.serializer_class,
            self.request.get_host(),
            self.request.is_secure(),
            get_language(),  # of what has none itself: images, documents, some categories
            *self.endpoint.variant(self.values),
        )
        return fetch(pinned(self.request).stamp, ids, variant, self._make)

    def of(self, instance: Model) -> dict[str, Any]:
        """The JSON of an object as it is in memory, which may be a draft."""
        with together(), delivering(channel_delivery(self.request, self.values)):
            self._announce([instance])
            return self._serializer().to_representation(instance)

    @property
    def serializer_class(self) -> Any:
        return make_serializer_class(self.endpoint, self.model, self.fields, self.show_details)

    def _serializer(self) -> Any:
        stock = self.values.get("rich_text_format")
        context = {
            "request": self.request,
            "view": self.endpoint(),
            "router": self.endpoint.router,
            # For blocks of a project that ask Wagtail's own classes.
            "_wagtail_rich_text_format": "html" if stock in (None, "ast") else stock,
            **self.endpoint.extra_context(self.values),
        }
        return self.serializer_class(context=context)

    def _announce(self, objects: list[Any]) -> None:
        if objects:  # pages of a block are loaded for one language: that of most
            with speaking(objects[0]):
                self.endpoint.announce(objects, self.serializer_class)

    def _make(self, ids: list[Any]) -> dict[Any, bytes]:
        objects = self.endpoint.load(ids, self.serializer_class)
        with together(), delivering(channel_delivery(self.request, self.values)):
            self._announce(objects)
            serializer = self._serializer()
            return {one.pk: ENCODER.encode(serializer.to_representation(one)).encode() for one in objects}


@lru_cache(maxsize=256)
def make_serializer_class(endpoint: Any, model: Any, fields: str, show_details: bool) -> Any:
    check_text("fields", fields)
    if nesting(fields) > DEEPEST:
        raise BadRequestError(f"fields error: more than {DEEPEST} levels of nested fields")
    try:
        parsed = parse_fields_parameter(fields) if fields else []
    except ValueError as error:
        raise BadRequestError(f"fields error: {error}") from error
    return endpoint._get_serializer_class(endpoint.router, model, parsed, show_details=show_details)


def nesting(fields: str) -> int:
    """How deep the brackets of the parameter are."""
    return max(accumulate((char == "(") - (char == ")") for char in fields), default=0)


setting_changed.connect(lambda **kwargs: make_serializer_class.cache_clear(), weak=False)


def represent_page(page: Any, request: HttpRequest, values: Mapping[str, Any]) -> dict[str, Any]:
    """The detail of this page, as it is in memory: a draft too. `page` is of its own type."""
    from .pages import PagesEndpoint

    return Representation(PagesEndpoint, type(page), request, values, values.get("fields", "")).of(page)


def public_page_json(page: Any, request: HttpRequest, values: Mapping[str, Any]) -> bytes | None:
    """The detail of this public page as bytes of JSON, kept until the log moves on."""
    from .pages import PagesEndpoint

    model = page.specific_class or type(page)
    items = Representation(PagesEndpoint, model, request, values, values.get("fields", "")).of_ids([page.pk])
    return items[0] if items else None
