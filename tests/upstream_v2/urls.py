"""The addresses of Wagtail's test project, with our endpoints in the place of Wagtail's."""

from django.urls import include, path
from wagtail.api.v2.tests.test_pages import Test10411APIViewSet
from wagtail.test import urls as wagtail_test_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from techport_cms.headless.http import delivery
from techport_cms.headless.pages import PagesEndpoint
from techport_cms.headless.router import api_router


class Endpoint10411(PagesEndpoint):
    """A project's own endpoint without meta fields, as Wagtail's test has it."""

    meta_fields: list[str] = Test10411APIViewSet.meta_fields


api_router.register_endpoint("issue_10411", Endpoint10411)
patterns = decorate_urlpatterns(api_router.get_urlpatterns(), delivery)
name = api_router.url_namespace

urlpatterns = [
    path("api/main/", include((patterns, name), namespace=name)),
    *(pattern for pattern in wagtail_test_urls.urlpatterns if str(pattern.pattern) != "api/main/"),
]
