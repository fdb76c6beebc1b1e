"""One include: `path("api/", include("techport_cms.headless.urls"))`."""

from django.urls import URLPattern, path, re_path, register_converter
from wagtail.api.v3.urls import api as api_v3
from wagtail.utils.urlpatterns import decorate_urlpatterns

from . import views
from .categories import Categories, Category
from .changes import Changes
from .forms import FormEndpoint
from .http import delivery
from .navigation import Navigation
from .openapi.endpoints import Docs, OpenApi
from .previews import DraftEndpoint, PreviewEndpoint
from .resolve import Resolve
from .root import Root
from .router import api_router
from .site import SiteSettings
from .terms import PrimaryKeyConverter
from .unlock import UnlockEndpoint
from .v3 import authenticated_only

register_converter(PrimaryKeyConverter, "techport_key")

# What Wagtail's API v2 does not have. Names are in the namespace "wagtailapi_v2".
endpoints: list[URLPattern] = [
    path("openapi.json", OpenApi.as_view(), name="openapi"),
    path("docs/", Docs.as_view(), name="docs"),
    path("forms/<int:page_id>/", FormEndpoint.as_view(), name="form"),
    path("unlock/", UnlockEndpoint.as_view(), name="unlock"),
    path("preview/<int:page_id>/", DraftEndpoint.as_view(), name="draft"),
    path("preview/<str:token>/", PreviewEndpoint.as_view(), name="preview"),
    path("", Root.as_view(), name="root"),
    path("resolve/", Resolve.as_view(), name="resolve"),
    path("changes/", Changes.as_view(), name="changes"),
    path("navigation/", Navigation.as_view(), name="navigation"),
    path("site/", SiteSettings.as_view(), name="site"),
    path("categories/", Categories.as_view(), name="categories"),
    path("categories/<str:type>/<techport_key:pk>/", Category.as_view(), name="category"),
]

v2_patterns = decorate_urlpatterns([*endpoints, *api_router.get_urlpatterns()], delivery)
v3_patterns, v3_app, v3_namespace = api_v3.urls

urlpatterns = [
    path("v2/", (v2_patterns, api_router.url_namespace, api_router.url_namespace)),
    path("v3-preview/", (decorate_urlpatterns(v3_patterns, authenticated_only), v3_app, v3_namespace)),
    re_path(r"^(?P<path>(?s:.*))\Z", delivery(views.unknown_path)),  # a line feed too
]
