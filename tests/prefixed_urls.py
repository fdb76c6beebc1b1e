"""The addresses of a site whose default language is named in them too: /nl/vragen/"""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls

from techport_cms.core import routing

urlpatterns = [
    path("api/", include("techport_cms.headless.urls")),
    *i18n_patterns(re_path(wagtail_urls.serve_pattern, routing.serve, name="wagtail_serve")),
]
