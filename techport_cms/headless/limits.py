"""How often somebody may ask: 429 with Retry-After, and what is left of which limit.

Reads are counted in each process, in a bucket that refills (a token bucket). What a cache answers
never comes here. What guesses or writes (passwords, forms) is counted in the database, for all
processes together, in a span of time that begins with the first try.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from threading import Lock

from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from .access import address_of, caller
from .conf import Limit, conf
from .models import Attempts
from .problems import ApiError

MAX_BUCKETS = 10_000  # of those who asked last; each takes some 200 bytes


@dataclass
class Bucket:
    left: float
    at: float  # seconds of a monotonic clock


class Buckets:
    """Safe for threads. Whoever has not asked for longest is forgotten first."""

    def __init__(self, size: int = MAX_BUCKETS, clock: Callable[[], float] = time.monotonic) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._size = size
        self._clock = clock
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str, times: int, seconds: int) -> float:
        """0 where one may go on, else how many seconds to wait."""
        with self._lock:
            now = self._clock()
            bucket = self._buckets.pop(key, None) or Bucket(times, now)
            bucket.left = min(times, bucket.left + (now - bucket.at) * times / seconds)
            bucket.at = now
            self._buckets[key] = bucket
            if len(self._buckets) > self._size:
                self._buckets.popitem(last=False)
            if bucket.left < 1:
                return (1 - bucket.left) * seconds / times
            bucket.left -= 1
            return 0

    def clear(self) -> None:
        with self._lock:
            self._buckets.clear()


buckets = Buckets()


def admit(request: HttpRequest) -> None:
    """At the door of every address of the API. Raises ApiError: 401 for a token that is none, 429."""
    try:
        key, factor = _key_and_factor(request)
    except ApiError:
        _spend(*_of_address(request))
        raise
    _spend(key, factor)


def _spend(key: str, factor: int) -> None:
    limit = conf().read_limit
    if limit is None:
        return
    times, seconds = limit[0] * factor, limit[1]
    if wait := buckets.take(key, times, seconds):
        raise too_many("read", times, seconds, wait)


def count(request: HttpRequest, name: str, limit: Limit, what: str, scope: str) -> None:
    """Count one try of this caller at `what`, of which the limit `name` allows so many, and more to a token
    with this scope; any other one counts as none. In autocommit mode, so that what is tried counts,
    however it ends. Raises ApiError with 429."""
    if limit is None:
        return
    key, factor = _key_and_factor(request) if caller(request).may(scope) else _of_address(request)
    times, seconds = limit[0] * factor, limit[1]
    digest = sha256(f"{name}:{what}:{key}".encode()).hexdigest()
    if not take(digest, times, seconds):
        until = Attempts.objects.filter(pk=digest).values_list("until", flat=True).first()
        raise too_many(name, times, seconds, (until - timezone.now()).total_seconds() if until else 1)


def take(key: str, times: int, seconds: int) -> bool:
    """Whether there was one left; then it is taken. Each step is one statement that checks what it
    changes, so that many at once never take more than there are."""
    now = timezone.now()
    until = now + timedelta(seconds=seconds)
    rows = Attempts.objects.filter(pk=key)
    if rows.filter(until__gt=now, count__lt=times).update(count=F("count") + 1):
        return True
    if rows.filter(until__lte=now).update(count=1, until=until):
        return True
    Attempts.objects.bulk_create([Attempts(pk=key, until=until)], ignore_conflicts=True)
    return bool(rows.filter(until__gt=now, count__lt=times).update(count=F("count") + 1))


def too_many(name: str, times: int, seconds: int, wait: float) -> ApiError:
    """The headers are those of draft-ietf-httpapi-ratelimit-headers."""
    whole = max(1, math.ceil(wait))
    headers = {
        "Retry-After": str(whole),
        "RateLimit-Policy": f'"{name}";q={times};w={seconds}',
        "RateLimit": f'"{name}";r=0;t={whole}',
    }
    return ApiError(429, f"Too many requests. Try again in {whole} seconds.", headers=headers)


def _of_address(request: HttpRequest) -> tuple[str, int]:
    return f"address:{address_of(request)}", 1


def _key_and_factor(request: HttpRequest) -> tuple[str, int]:
    asking = caller(request)
    return asking.key, conf().token_factor if asking.token else 1
