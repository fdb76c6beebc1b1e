"""Settings that are safe in production; development.py and test.py relax them.

Everything that differs between machines comes from the environment (or from a file
.env beside manage.py); .env.example lists every variable with its default.
"""

from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

BASE_DIR = Path(__file__).resolve().parents[2]
SITE_DIR = BASE_DIR / "techport_cms"

env = Env()
env.read_env(str(BASE_DIR / ".env"))

# Files that the running site writes: database (SQLite), media, collected static files.
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))

# Security

SECRET_KEY = env.str("SECRET_KEY", "")  # Django refuses to start while it is empty
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", [])
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = True
CSRF_FAILURE_VIEW = "home.views.csrf_failure"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the editor's preview panel is a frame of our own
if env.bool("BEHIND_TLS_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# No nonces: pages are cached. The admin needs inline styles; urls.py says so there.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "frame-src": [
            SELF,
            *env.list("EMBED_ORIGINS", ["https://www.youtube-nocookie.com", "https://player.vimeo.com"]),
        ],
        "img-src": [SELF],
        "manifest-src": [SELF],
        "media-src": [SELF],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}
ADMIN_CONTENT_SECURITY_POLICY = {
    "img-src": [SELF, "data:", "blob:", "https://www.gravatar.com"],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
}

# Other front ends. TRUSTED_PROXIES is how many proxies of ours a visitor passes.

PREVIEW_URL = env.str("PREVIEW_URL", "")
TECHPORT_HEADLESS = {
    "CORS_ORIGINS": env.list("CORS_ORIGINS", []),
    "PREVIEW_URL": PREVIEW_URL,
    "TRUSTED_PROXIES": env.int("TRUSTED_PROXIES", 0),
}
if PREVIEW_URL:  # the editor's preview is a frame, in which the front end shows the draft
    front_end = urlsplit(PREVIEW_URL)
    ADMIN_CONTENT_SECURITY_POLICY["frame-src"] = [f"{front_end.scheme}://{front_end.netloc}"]

# Applications

INSTALLED_APPS = [
    "home",
    "faq",
    "partners",
    "news",
    "techport_cms.headless",
    "techport_cms.translations",
    "techport_cms.webhooks",
    "techport_cms.changes",
    "techport_cms.cache",
    "techport_cms.content",
    "wagtail_localize",
    "wagtail.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.api.v2",
    "wagtail.api.v3",
    "wagtail.embeds",
    "wagtail.sites",
    "home.people.app.StaffAppConfig",  # wagtail.users
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "rest_framework",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.messages",
    "django.contrib.postgres",  # Wagtail's search index, from Django 6.1 on
    "django.contrib.staticfiles",
    "techport_cms.core",  # after wagtail.contrib.redirects, whose receiver it replaces
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "techport_cms.core.middleware.PathLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "techport_cms.changes.middleware.GoneMiddleware",  # before the redirects, which win
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "techport_cms.changes.middleware.WriteTransactionMiddleware",  # last: it wraps the view
]

ROOT_URLCONF = "techport_cms.urls"
WSGI_APPLICATION = "techport_cms.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SITE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database: SQLite unless DATABASE_URL names another one. Several processes share the file,
# so writers queue (IMMEDIATE, busy time-out) and readers never wait (WAL). A connection to a
# server is kept for a while, by each thread.

DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    options = DATABASES["default"].setdefault("OPTIONS", {})
    DATABASES["default"]["CONN_MAX_AGE"] = int(options.pop("conn_max_age", 60))  # seconds
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A server that has gone without a word is noticed within seconds, not when TCP gives up after minutes.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,  # seconds, as those of keepalives
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,  # milliseconds
        **options,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "wagtailadmin_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/admin/login/"

# Answers that are kept until something is published. wsgi.py puts this in front of Django.

WAGTAILFRONTENDCACHE = env.json("FRONTEND_CACHE", {})
PURGE = "techport_cms.cache.frontend.purge" if WAGTAILFRONTENDCACHE else ""
LIST_PARAMETERS = ["page", "kind", "sector", "founder", "q", "topic", "year"]
TECHPORT_CACHE = {
    "DIRECTORY": env.str("CACHE_DIR", ""),
    "MAX_BYTES": env.int("CACHE_MB", 32) * 1024 * 1024,
    "REDIS_URL": env.str("REDIS_URL", ""),
    "PURGE": env.str("CACHE_PURGE", PURGE),
    "EXCLUDED": ["/admin/", "/documents/", "/api/v3-preview/"],
    "PARAMETERS": {
        "/": LIST_PARAMETERS,
        "/search/": ["q", "p"],
        "/en/search/": ["q", "p"],
        "/sitemap.xml": ["p"],
        "/api/v2/": ["*"],  # the API answers 400 to a parameter that it does not know
    },
}

# Languages: Dutch at /, English at /en/. docs/languages.md tells how to add one.

LANGUAGE_CODE = "nl"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [
    (code, LANG_INFO[code]["name_local"].capitalize()) for code in env.list("CONTENT_LANGUAGES", ["nl", "en"])
]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Amsterdam"
USE_I18N = True
USE_TZ = True
WAGTAIL_USER_TIME_ZONES = sorted(available_timezones() - {"localtime"})  # which browsers do not know
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["techport_cms.formats"]

WAGTAIL_I18N_ENABLED = True
# A submitted translation starts as a draft: nobody sees Dutch on an English page.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False

# Wagtail's own background work (the reference index) is part of the transaction that asks for it.
TASKS = {"default": {"BACKEND": "techport_cms.changes.tasks.TransactionalBackend"}}

# Who reads the content besides the website: the names are those of the API's parameter `channel`.

TECHPORT_CONTENT = {
    "CHANNELS": {
        "screens": _("Screens in buildings"),
        "app": _("App"),
        "partner-sites": _("Websites of partners"),
    }
}

# Files

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [SITE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a long StreamField has more than Django's 1,000

# Mail

EMAIL_SCHEMES = ("smtp", "submission", "console", "file", "memory", "dummy")
if env.str("EMAIL_URL", "smtp:").partition(":")[0] not in EMAIL_SCHEMES:
    # Others are accepted by the parser, which then leaves out the encryption that they ask for.
    raise ImproperlyConfigured(
        "EMAIL_URL must be submission://user:password@host (STARTTLS), "
        "smtp://user:password@host:465/?ssl=true (TLS) or smtp://host:25 (no encryption)."
    )
EMAIL_CONFIG = env.dj_email_url("EMAIL_URL", "smtp://localhost:25")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_CONFIG["EMAIL_HOST"]
EMAIL_PORT = EMAIL_CONFIG["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL_CONFIG["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL_CONFIG["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL_CONFIG["EMAIL_USE_TLS"]
EMAIL_USE_SSL = EMAIL_CONFIG["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = EMAIL_CONFIG["EMAIL_TIMEOUT"] or 10  # seconds; a silent server would hold a thread for ever
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Techport <noreply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Wagtail

WAGTAIL_SITE_NAME = "Techport"
WAGTAILADMIN_BASE_URL = env.str("SITE_URL", "http://localhost:8000")
WAGTAILIMAGES_IMAGE_MODEL = "techport_content.ContentImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "techport_cms.content.forms.ImageForm"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "ods", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILEMBEDS_RESPONSIVE_HTML = True
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILADMIN_USER_LOGIN_FORM = "home.people.sign_in.StaffLoginForm"
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "home.people.mail.StaffPasswordResetForm"  # noqa: S105
WAGTAILUSERS_PASSWORD_REQUIRED = False  # without one, the new member of staff is invited by mail

WAGTAILAPI_BASE_URL = env.str("SITE_URL", "") or None
WAGTAILAPI_RICH_TEXT_FORMAT = "html"
WAGTAILAPI_LIMIT_MAX = 100
WAGTAILAPI_SEARCH_ENABLED = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],  # API v2 is anonymous: no cookie opens more of it
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}

SILENCED_SYSTEM_CHECKS = ["security.W019"]  # X_FRAME_OPTIONS, see there
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    # Each tells several lines per page that is saved; Wagtail keeps its own audit log.
    "loggers": {name: {"level": "WARNING"} for name in ("wagtail", "django_tasks", "django.tasks")},
}
