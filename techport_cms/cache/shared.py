"""Redis as a second store behind each process's memory, where REDIS_URL names one.

It spares renders, and nothing else depends on it: what it holds is found under the epoch that it
was rendered at, and an error of its leaves the site alone with its memory for a few seconds.
"""

import hashlib
import logging
import time

from django.core.exceptions import ImproperlyConfigured

from .entries import Answer
from .packing import pack, release, unpack
from .requests import Key

logger = logging.getLogger(__name__)

PAUSE = 5.0  # seconds without a question after an error


class SharedStore:
    """Answers by epoch and key. No method raises because of Redis."""

    def __init__(self, url: str, timeout: float) -> None:
        """Raises ImproperlyConfigured without the package redis, or with an address that is none."""
        try:
            import redis
        except ImportError as error:
            raise ImproperlyConfigured("TECHPORT_CACHE['REDIS_URL'] needs the package redis.") from error
        try:
            self._client = redis.Redis.from_url(
                url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=None
            )
        except ValueError as error:
            raise ImproperlyConfigured(f"TECHPORT_CACHE['REDIS_URL']: {error}") from error
        self._errors = (redis.RedisError, OSError)
        self._resumes_at = 0.0
        self._release = release()

    def get(self, stamp: int, key: Key) -> tuple[Answer, float] | None:
        """The answer and for how many seconds it may be kept."""
        if time.monotonic() < self._resumes_at:
            return None
        name = self._name(stamp, key)
        try:
            pipeline = self._client.pipeline(transaction=False)
            pipeline.get(name)
            pipeline.pttl(name)
            kept, milliseconds = pipeline.execute()
            return (unpack(kept), milliseconds / 1000) if kept and milliseconds > 0 else None
        except self._errors:
            self._pause()
        except (ValueError, TypeError):  # somebody else's value
            logger.warning("Redis holds something under %s that is no answer.", name)
        return None

    def put(self, stamp: int, key: Key, answer: Answer, seconds: float) -> None:
        if time.monotonic() < self._resumes_at:
            return
        try:
            self._client.set(self._name(stamp, key), pack(answer), px=max(1, int(seconds * 1000)))
        except self._errors:
            self._pause()

    def _pause(self) -> None:
        self._resumes_at = time.monotonic() + PAUSE
        logger.warning("Redis does not answer; for %s seconds the cache does without.", PAUSE, exc_info=True)

    def _name(self, stamp: int, key: Key) -> str:
        digest = hashlib.blake2b(repr(tuple(key)).encode(), digest_size=16).hexdigest()
        return f"techport:{self._release}:{stamp:x}:{digest}"
