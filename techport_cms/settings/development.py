"""Settings of `make run` and `make dev`: plain HTTP on this machine, mail to the terminal."""

from django.core.management.utils import get_random_secret_key

from .base import *

DATA_DIR.mkdir(parents=True, exist_ok=True)


def kept_secret_key() -> str:
    """A key made once for this checkout, so that a restart does not end every session."""
    file = DATA_DIR / "secret_key"
    if not file.exists():
        file.touch(mode=0o600)
    if not file.read_text():
        file.write_text(get_random_secret_key())
    return file.read_text()


SECRET_KEY = SECRET_KEY or kept_secret_key()
DEBUG = env.bool("DEBUG", True)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", ".localhost"])

SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
SERVE_MEDIA = True
DEMO_USERS = True
TECHPORT_WEBHOOKS = {"ALLOW_PRIVATE": True}  # a receiver that is being written runs on this machine
TECHPORT_HEADLESS["READ_LIMIT"] = None  # nobody else asks this machine
