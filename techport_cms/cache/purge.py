"""Shared caches in front are emptied when something is published, where TECHPORT_CACHE["PURGE"] says how.

It names a callable: purge(["techport"]) has the cache forget every answer with that surrogate key,
and raises what it likes where it could not; it is called again then. Several processes may call it.
"""

import logging
import math
import time
from collections.abc import Callable

from django.utils.module_loading import import_string

from techport_cms.core.surrogate_keys import SITE_KEY

from .epoch import SharedEpoch
from .packing import release

logger = logging.getLogger(__name__)

PAUSE = 5.0  # seconds after a purge that failed


class Purge:
    def __init__(self, epoch: SharedEpoch, path: str, again: float) -> None:
        """Raises ImportError where there is no such callable."""
        self._epoch = epoch
        self._purge: Callable[[list[str]], None] = import_string(path)
        self._release = int(release(), 16) >> 1  # what a cell of the epoch's file holds
        # Until it is known: an old process that has not ended yet and a new one do not purge by turns.
        self._may_be_first = True
        self._resumes_at = 0.0
        self._again = again or math.inf  # seconds
        self._again_at = math.inf

    def follow(self) -> None:
        """Purge unless it was done for this epoch, and once for a release, which may render the same log
        otherwise. The epoch is read first: what is published meanwhile is purged next time.

        Who has purged does it once more, a little later: an answer that had left before the publication may
        come to the shared cache after the first purge, and would stay.
        """
        stamp = self._epoch.stamp
        purged, by_release = self._epoch.purged
        self._may_be_first = self._may_be_first and by_release != self._release
        is_done = stamp == purged and not self._may_be_first
        now = time.monotonic()
        if now < self._resumes_at or (is_done and now < self._again_at):
            return
        try:
            self._purge([SITE_KEY])
        except Exception:
            self._resumes_at = now + PAUSE
            logger.exception("The shared cache in front could not be purged; it is tried again.")
        else:
            self._epoch.purged = stamp, self._release
            self._again_at = math.inf if is_done else now + self._again
