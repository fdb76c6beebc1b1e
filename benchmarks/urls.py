"""The site's addresses, and beside them Wagtail's own viewsets of the API, on the same content."""

from django.urls import path
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet

from techport_cms.urls import urlpatterns as of_the_site

stock = WagtailAPIRouter("stock")
stock.register_endpoint("pages", PagesAPIViewSet)
stock.register_endpoint("images", ImagesAPIViewSet)
stock.register_endpoint("documents", DocumentsAPIViewSet)

urlpatterns = [path("api/stock/", stock.urls), *of_the_site]
