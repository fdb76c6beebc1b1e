"""Wagtail's own test project with our plug-ins in it, as anybody would install them."""

import tempfile

from wagtail.test.settings import *

SECRET_KEY = "only-for-tests"
ROOT_URLCONF = "upstream_v2.urls"
INSTALLED_APPS = [
    "techport_cms.headless",
    "techport_cms.changes",
    *INSTALLED_APPS,
    "techport_cms.core",  # after wagtail.contrib.redirects, whose receiver it replaces
]
MIDDLEWARE = [
    "upstream_v2.adapter.DropAddedMembers",
    *MIDDLEWARE,
    "techport_cms.changes.middleware.WriteTransactionMiddleware",
]
MEDIA_ROOT = tempfile.mkdtemp(prefix="techport-upstream-media-")
STATIC_ROOT = tempfile.mkdtemp(prefix="techport-upstream-static-")
TEMPLATES = [engine for engine in TEMPLATES if "jinja2" not in engine["BACKEND"]]  # which we do not need
# What the tests take for granted where nothing is set, as it is in Wagtail; our own defaults differ.
WAGTAILAPI_LIMIT_MAX = 20
WAGTAILAPI_RICH_TEXT_FORMAT = "db_html"
