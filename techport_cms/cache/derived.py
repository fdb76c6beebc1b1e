"""What Django's cache keeps of the database in this process, which another process cannot clear.

Wagtail keeps the paths of the sites' root pages for an hour and clears them where they change;
with memory as Django's cache (the default) only in the process that changed them.
"""

import time

from wagtail.models import Site

SLOWEST = 60.0  # seconds in which a request that had read older data may put it back


class Derived:
    def __init__(self) -> None:
        self._stamp = 0
        self._moved_at = 0.0

    def follow(self, stamp: int) -> None:
        """Called before each request that Django answers; costs nothing while nothing is published."""
        now = time.monotonic()
        if stamp != self._stamp:
            self._stamp, self._moved_at = stamp, now
        if now - self._moved_at < SLOWEST:
            Site.clear_site_root_paths_cache()
