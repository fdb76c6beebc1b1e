"""Settings of the test suite: production's, on plain HTTP, with cheap passwords and no files left."""

import gc
import tempfile
from pathlib import Path

from .base import *

gc.set_threshold(50_000)  # thousands of short requests: what stays is looked at more seldom

SECRET_KEY = "only-for-tests"  # noqa: S105
ALLOWED_HOSTS = ["*"]
SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="techport-test-media-"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = MEDIA_ROOT / "static"  # WhiteNoise would look at each file of `make run` for every test client
STATIC_ROOT.mkdir()
TECHPORT_CACHE["DIRECTORY"] = MEDIA_ROOT
SERVE_MEDIA = True
WAGTAILADMIN_BASE_URL = "http://localhost"
WAGTAILAPI_BASE_URL = None
TECHPORT_WEBHOOKS = {"ALLOW_PRIVATE": True}  # receivers of the tests run on this machine
TECHPORT_HEADLESS = {"READ_LIMIT": None}  # the suite asks more often than anybody
