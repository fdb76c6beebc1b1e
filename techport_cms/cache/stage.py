"""The stage in front of Django, see wsgi.py.

A hit is answered here, before Django's middleware. Everything else goes on to the application,
and what it answers to somebody of whom nothing is known is kept, until the publication log
moves on (see epoch.py). Without this line the site is the same, only slower.
"""

import math
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from techport_cms.core.kept import keeping

from . import policy
from .answers import HIT, STALE, STORED, Stream, capture, send, send_once
from .conf import CacheSettings
from .derived import Derived
from .entries import Answer, Entry, make_entry, suits
from .epoch import SharedEpoch, Watcher
from .host import HostStore
from .hosts import is_known
from .purge import Purge
from .renders import Renders
from .requests import Environ, Key, RequestReader, accepts
from .shared import SharedStore
from .store import Store

Application = Callable[[Environ, Any], Iterable[bytes]]

PARAMETERS_SHARE = 4  # a quarter of the memory is for addresses with parameters: there is no end of those


def cache_control(config: CacheSettings) -> str:
    """What shared caches in front are told. A browser asks each time, which a 304 answers."""
    if not config.purge:
        return policy.UNTIL_PUBLISHED
    shared, stale = config.shared_max_age, config.stale_while_revalidate
    return f"public, max-age=0, s-maxage={shared}, stale-while-revalidate={stale}"


def stores_of_others(config: CacheSettings, epoch: SharedEpoch) -> list[HostStore | SharedStore]:
    """Where what other processes have rendered is found, the nearest first."""
    stores: list[HostStore | SharedStore] = []
    if config.host_bytes:
        stores.append(HostStore(epoch.file, config.host_bytes))
    if config.redis_url:
        stores.append(SharedStore(config.redis_url, config.redis_timeout))
    return stores


class CacheStage:
    def __init__(self, application: Application, config: CacheSettings, epoch: SharedEpoch) -> None:
        self._application = application
        self._config = config
        self._epoch = epoch
        purge = Purge(epoch, config.purge, config.purge_again).follow if config.purge else None
        self._watcher = Watcher(epoch, config.poll_interval, config.trust, purge)
        if purge:
            self._watcher.start()  # visitors may never come here: the shared cache answers them
        self._requests = RequestReader(config)
        self._renders = Renders(config.wait)
        self._trust = int(config.trust * 1e9)
        self._cache_control = cache_control(config)
        self._started_at = int(time.time())  # another release may render the same log otherwise
        self._elsewhere = stores_of_others(config, epoch)
        self._derived = Derived()
        of_parameters = config.max_bytes // PARAMETERS_SHARE
        self.pages, self.lists = Store(config.max_bytes - of_parameters), Store(of_parameters)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or self._requests.is_personal(environ):
            return self._pass_on(environ, start_response)
        key = self._requests.quick_key(environ)
        entry = (self.lists if key[2] else self.pages).get(key)
        if entry is not None and self._is_fresh(entry) and suits(entry, environ):
            return send(entry, environ, start_response, HIT)
        return self._answer(environ, start_response)

    def _is_fresh(self, entry: Entry) -> bool:
        now = time.monotonic_ns()
        looked_ago = now - self._epoch.looked_at
        return entry.stamp == self._epoch.stamp and now < entry.expires and 0 <= looked_ago <= self._trust

    def _answer(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """The way of everything that is no plain hit."""
        key = self._requests.key(environ)
        if key is None:
            return self._pass_on(environ, start_response)
        current = self._watcher.confirm()
        entry = self._find(key, environ)
        if entry is None or not self._may_serve(entry, current):
            return self._render_once(key, environ, start_response)
        return send(entry, environ, start_response, HIT if current else STALE)

    def _pass_on(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        stamp, made_at = self._epoch.stamp, self._epoch.made_at
        with self._keeping(environ, stamp, made_at):
            self._derived.follow(stamp)
            return self._application(environ, start_response)

    def _keeping(self, environ: Environ, stamp: int, made_at: int) -> AbstractContextManager[None]:
        """Tell the application the head, unless nobody knows it or the request is no plain reading:
        it may move the head, or show a draft."""
        reads = environ["REQUEST_METHOD"] in {"GET", "HEAD"} and not self._requests.is_excluded(environ)
        knows = reads and self._watcher.is_current(time.monotonic_ns())
        return keeping(stamp, made_at) if knows else nullcontext()

    def _may_serve(self, entry: Entry, current: bool) -> bool:
        """While the database is away, what was fresh when it was last seen may be served for a time."""
        if current:
            return self._is_fresh(entry)
        stale_for = self._config.stale_for
        too_late = entry.expires + int(stale_for * 1e9)
        same = entry.stamp == self._epoch.stamp
        return same and self._watcher.away_for() < stale_for and time.monotonic_ns() < too_late

    def _find(self, key: Key, environ: Environ) -> Entry | None:
        store = self._store(key)
        entry = store.get(key)
        if entry is not None and suits(entry, environ):
            return entry
        return store.get((*key, accepts(environ)))

    def _store(self, key: Key) -> Store:
        return self.lists if key.query else self.pages

    def _render_once(self, key: Key, environ: Environ, start_response: Any) -> Iterable[bytes]:
        stamp = self._epoch.stamp
        claim: tuple[Any, ...] = key
        while (other := self._renders.begin(claim)) is not None:
            entry = self._find(key, environ)
            if entry is not None and self._is_fresh(entry):
                return send(entry, environ, start_response, HIT)
            if stamp != self._epoch.stamp:
                stamp = self._epoch.stamp  # what was waited for is of before a publication
            elif other.media_type and claim == key:
                claim = (*key, accepts(environ))  # it is for those who want another media type
            else:  # it is not to be kept, or takes too long
                return self._render(key, environ, start_response)
        try:
            entry = self._fetch(key, environ)
            if entry is not None:
                return send(entry, environ, start_response, HIT)
            return self._render(key, environ, start_response)
        finally:
            made = self._find(key, environ)
            self._renders.end(claim, made.media_type if made else "")

    def _render(self, key: Key, environ: Environ, start_response: Any) -> Iterable[bytes]:
        # Before anything else is read: what is rendered is as new or newer.
        stamp, made_at = self._epoch.stamp, self._epoch.made_at
        with self._keeping(environ, stamp, made_at):
            self._derived.follow(stamp)
            answer = capture(self._application, self._requests.impersonal(environ, key))
        if isinstance(answer, Stream):
            return answer.send(environ, start_response)
        seconds = policy.lifetime(answer.status, answer.headers, self._config.max_age)
        if not seconds or not is_known(key.host, environ.get("SERVER_PORT", "")):
            return send_once(answer, environ, start_response)
        entry = self._make_entry(answer, stamp, made_at, seconds)
        wanted = accepts(environ)
        self._keep(key, entry, wanted)
        # What is older than a publication by now nobody asks for any more.
        if stamp == self._epoch.stamp and not (entry.media_type and wanted):
            for store in self._elsewhere:
                store.put(stamp, key, answer, seconds)
        return send(entry, environ, start_response, STORED)

    def _fetch(self, key: Key, environ: Environ) -> Entry | None:
        """What another process has rendered at this epoch."""
        stamp, made_at = self._epoch.stamp, self._epoch.made_at
        found = next(filter(None, (store.get(stamp, key) for store in self._elsewhere)), None)
        if found is None:
            return None
        answer, seconds = found
        entry = self._make_entry(answer, stamp, made_at, seconds)
        self._keep(key, entry, "")
        return entry if suits(entry, environ) and self._is_fresh(entry) else None

    def _make_entry(self, answer: Answer, stamp: int, made_at: int, seconds: float) -> Entry:
        expires = time.monotonic_ns() + int(seconds * 1e9)
        told = self._told(answer, stamp, seconds)
        return make_entry(answer, stamp, max(made_at, self._started_at), expires, told)

    def _told(self, answer: Answer, stamp: int, seconds: float) -> str:
        """The Cache-Control of this answer. A purge empties shared caches of what is published: not of what
        comes after it and is older, and not of what has a time of its own."""
        if stamp != self._epoch.stamp:
            return policy.UNTIL_PUBLISHED
        if not self._config.purge or policy.lifetime(answer.status, answer.headers, math.inf) == math.inf:
            return self._cache_control
        return f"public, max-age=0, s-maxage={min(self._config.shared_max_age, int(seconds))}"

    def _keep(self, key: Key, entry: Entry, wanted: str) -> None:
        """Under the address; what only one media type asks for under that too."""
        if entry.size > self._config.max_entry_bytes:
            return
        if not entry.media_type or not wanted:
            self._store(key).put(key, entry)
        elif wanted == entry.media_type:
            self._store(key).put((*key, wanted), entry)
