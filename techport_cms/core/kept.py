"""What a process keeps from one request to the next: what follows from published content alone.

Whoever knows the head of the publication log tells it for the time of a request (`keeping`; the
cache does). A value is made at the head that is told or at a later one, and is dropped as soon as
another head is told. Where nobody tells it (a request that writes, a command, development),
nothing is kept and every question is asked anew.

    sites = kept(("sites", host), lambda: …)

What takes long to make of many pages of one kind outlasts another head, where the log (`rely_on`) says
that nothing since concerns such pages:

    articles = kept_of(ArticlePage, ("articles", path), lambda: …)

What is kept is shared by all threads: nobody may change it. Where there is no end of keys, since
visitors choose them, keep `Values` of their own, which push out nothing else.
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, NamedTuple, TypeVar, cast

from django.db.models import Model

T = TypeVar("T")

MOST = 4000  # values; one is a few kilobytes at most
MOST_LASTING = 50  # values; one is 100 bytes and a text for each page that it is made of
LONGEST = 3600.0  # seconds; nothing is kept longer, whatever the log says


class Values:
    """Bounded in number. The oldest goes where there are too many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[Hashable, Any] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        found = self._values.get(key, self)
        if found is not self:
            return cast(T, found)
        value = make()
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._most:
                del self._values[next(iter(self._values))]
        return value

    def has(self, key: Hashable) -> bool:
        return key in self._values


class Store(Values):
    """The values of one head of the log."""

    def __init__(self, stamp: int, made_at: int) -> None:
        super().__init__(MOST)
        self.stamp = stamp
        self.made_at = made_at
        self._ends = time.monotonic() + LONGEST

    def serves(self, stamp: int) -> bool:
        return self.stamp == stamp and time.monotonic() < self._ends


_latest = Store(0, 0)
_told: ContextVar[Store | None] = ContextVar("_told", default=None)


@contextmanager
def keeping(stamp: int, made_at: int = 0) -> Iterator[None]:
    """Within this context the log's head is this one: read before anything else was. `made_at` is its
    time in seconds since 1970, where that is known.

    Who reads an older head than another thread has told meanwhile gets a store of its own.
    """
    global _latest
    store = _latest
    if not store.serves(stamp):
        store = _latest = Store(stamp, made_at)
    token = _told.set(store)
    try:
        yield
    finally:
        _told.reset(token)


def is_kept(key: Hashable) -> bool:
    """Whether `kept` would answer without making anything."""
    store = _told.get()
    return store is not None and store.has(key)


def is_keeping() -> bool:
    return _told.get() is not None


def told() -> tuple[int, int] | None:
    """The stamp of the head that was told and its time (0: unknown); None where nobody told it."""
    store = _told.get()
    return None if store is None else (store.stamp, store.made_at)


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """What `make` answers, asked once by this process while the head stays the same."""
    store = _told.get()
    return make() if store is None else store.get(key, make)


# Of a mark that it gave earlier (None: none yet) and a model of pages: a new mark (None: what is made now is
# not to be relied on later), and whether what was made after the earlier one was given still holds for pages
# of this model.
Log = Callable[[Any, type[Model]], tuple[Any, bool]]


class Lasting(NamedTuple):
    """A value that was made after the log gave this mark."""

    mark: Any
    value: Any
    ends: float  # of time.monotonic()


_log: Log | None = None
_lasting: dict[Hashable, Lasting] = {}
_changing_lasting = threading.Lock()


def rely_on(log: Log) -> None:
    """Where nobody calls this, what is kept goes with every head."""
    global _log
    _log = log


def kept_of(model: type[Model], key: Hashable, make: Callable[[], T]) -> T:
    """What `make` answers, of pages of this model and of what is no page (snippets, sites, languages)."""
    if not is_keeping() or _log is None:
        return kept(key, make)
    return kept(key, partial(_last, _log, model, key, make))


def _last(log: Log, model: type[Model], key: Hashable, make: Callable[[], T]) -> T:
    with _changing_lasting:
        found = _lasting.pop(key, None)
    mark, holds = log(found and found.mark, model)  # before anything is read for the value
    if found is None or not holds or time.monotonic() >= found.ends:
        found = Lasting(mark, make(), time.monotonic() + LONGEST)
    with _changing_lasting:
        _lasting[key] = found._replace(mark=mark)
        while len(_lasting) > MOST_LASTING:
            del _lasting[next(iter(_lasting))]
    return cast(T, found.value)
