from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from . import views
from .viewsets import endpoint_viewset


@hooks.register("register_admin_viewset")
def register_webhooks() -> ViewSet:
    return endpoint_viewset


@hooks.register("register_admin_urls")
def webhook_urls() -> list[URLPattern]:
    return [
        path("webhooks/<int:pk>/secret/", views.secret_view, name="techport_webhooks_secret"),
        path("webhooks/<int:pk>/test/", views.test_view, name="techport_webhooks_test"),
        path("webhooks/<int:pk>/deliveries/", views.deliveries_view, name="techport_webhooks_deliveries"),
        path(
            "webhooks/<int:pk>/deliveries/<int:delivery_pk>/",
            views.delivery_view,
            name="techport_webhooks_delivery",
        ),
    ]
