"""Wagtail's API v2: pages, images, documents. Its URL names are the ones Wagtail's purge looks for."""

from typing import Any

from django.db.models import Model
from wagtail.api.v2.router import WagtailAPIRouter

from .files import DocumentsEndpoint, ImagesEndpoint
from .pages import PagesEndpoint
from .viewsets import DeliveryViewSet, NestedEndpoint


class Router(WagtailAPIRouter):
    """Knows an endpoint for every model: what is nested and has none of its own is public or null too."""

    def register_endpoint(self, name: str, class_: type[DeliveryViewSet]) -> None:
        super().register_endpoint(name, class_)
        class_.router = self

    def get_model_endpoint(self, model: type[Model]) -> tuple[str, Any]:
        return super().get_model_endpoint(model) or ("", NestedEndpoint)

    def get_object_detail_urlpath(self, model: type[Model], pk: Any) -> str | None:
        return super().get_object_detail_urlpath(model, pk) if self.has_endpoint(model) else None

    def get_model_listing_urlpath(self, model: type[Model]) -> str | None:
        return super().get_model_listing_urlpath(model) if self.has_endpoint(model) else None

    def has_endpoint(self, model: type[Model]) -> bool:
        return super().get_model_endpoint(model) is not None


api_router = Router("wagtailapi_v2")
api_router.register_endpoint("pages", PagesEndpoint)
api_router.register_endpoint("images", ImagesEndpoint)
api_router.register_endpoint("documents", DocumentsEndpoint)
