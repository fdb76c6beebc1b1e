"""The one line for wsgi.py:

from techport_cms.cache.wsgi import cached
application = cached(get_wsgi_application())
"""

from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def cached(application: Application) -> Application:
    """The application behind the cache, or as it is where TECHPORT_CACHE["ENABLED"] says no.

    Raises ImproperlyConfigured where TECHPORT_CACHE is wrong.
    """
    from .conf import load  # imported here: Django is set up by now, not yet when this file is read
    from .epoch import shared_epoch
    from .stage import CacheStage

    config = load()
    return CacheStage(application, config, shared_epoch()) if config.enabled else application
