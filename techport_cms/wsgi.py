"""The application that the server (granian in `make run`) calls."""

import os

from django.core.wsgi import get_wsgi_application

from techport_cms.cache.wsgi import cached

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "techport_cms.settings.base")

application = cached(get_wsgi_application())
