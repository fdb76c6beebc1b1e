from .base import *

SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["*"]
DEBUG = False
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
INSTALLED_APPS = [
    "faq",
    "partners",
    "news",
    "techport_cms.headless",
    "techport_cms.translations",
    "techport_cms.webhooks",
    "techport_cms.changes",
    "techport_cms.cache",
    "techport_cms.content",
    "host_images",
    "wagtail_localize",
    "wagtail.locales",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.api.v2",
    "wagtail.api.v3",
    "rest_framework",
    *INSTALLED_APPS,
    "techport_cms.core",  # behind wagtail.contrib.redirects
]
MIDDLEWARE = [*MIDDLEWARE, "techport_cms.changes.middleware.WriteTransactionMiddleware"]
TASKS = {"default": {"BACKEND": "techport_cms.changes.tasks.TransactionalBackend"}}
WAGTAIL_I18N_ENABLED = True
LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", "English"), ("nl", "Nederlands")]
WAGTAILIMAGES_IMAGE_MODEL = "host_images.HostImage"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The home page that `wagtail start` makes decides nothing about API, place and translation.
SILENCED_SYSTEM_CHECKS = ["techport_core.W001", "techport_core.W002", "techport_core.W003"]
