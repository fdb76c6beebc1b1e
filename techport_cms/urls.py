from csp.decorators import csp_update
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from home import views
from techport_cms.core import routing
from techport_cms.core.sitemaps import sitemap
from techport_cms.headless import views as headless_views

admin_csp = csp_update(settings.ADMIN_CONTENT_SECURITY_POLICY)

urlpatterns = [
    path("admin/", include(decorate_urlpatterns(wagtailadmin_urls.urlpatterns, admin_csp))),
    path("documents/", include(wagtaildocs_urls)),
    path("api/", include("techport_cms.headless.urls")),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
]

if getattr(settings, "SERVE_MEDIA", False):  # in production the web server does
    urlpatterns.append(re_path(r"^media/(?P<path>.*)$", views.media))

urlpatterns += i18n_patterns(
    path("search/", views.search, name="search"),
    # The name that Wagtail builds page addresses with, behind our own routing.
    re_path(wagtail_urls.serve_pattern, routing.serve, name="wagtail_serve"),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)

handler400 = headless_views.bad_request
handler404 = views.page_not_found
handler410 = views.page_gone
handler500 = headless_views.for_programs(500, views.server_error)
