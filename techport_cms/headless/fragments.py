"""Objects in their serialised form, kept until the publication log moves on. Bounded in bytes.

A list of twenty is mostly the same twenty objects again. So a process keeps each as the bytes of
its JSON, under the head of the log at which it was made: any publication forgets all of them.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from django.db import connection

from .conf import conf

OVERHEAD = 400  # bytes of Python's own for a fragment


class Fragments:
    def __init__(self) -> None:
        self._stamp = 0
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._size = 0  # bytes
        self._lock = threading.Lock()

    def get(self, stamp: int, keys: Iterable[Hashable]) -> dict[Hashable, bytes]:
        with self._lock:
            if stamp != self._stamp:
                return {}
            found = {key: self._kept[key] for key in keys if key in self._kept}
            for key in found:
                self._kept.move_to_end(key)
            return found

    def put(self, stamp: int, made: dict[Hashable, bytes]) -> None:
        with self._lock:
            if stamp != self._stamp:
                self._stamp, self._size = stamp, 0
                self._kept.clear()
            for key, fragment in made.items():
                if key not in self._kept:
                    self._kept[key] = fragment
                    self._size += len(fragment) + OVERHEAD
            while self._size > conf().fragment_bytes:
                self._size -= len(self._kept.popitem(last=False)[1]) + OVERHEAD

    def clear(self) -> None:
        self.put(-1, {})


fragments = Fragments()


def fetch(
    stamp: int,
    ids: Sequence[Any],
    variant: Hashable,
    make: Callable[[list[Any]], dict[Any, bytes]],
) -> list[bytes]:
    """The serialised objects with these ids, in order; `make` makes those that are not kept.

    `variant` is all that their form depends on besides the log. An id that `make` does not know
    is left out. Within a transaction nothing is kept: the log does not tell of what it has written.
    """
    if connection.in_atomic_block:
        made = make(list(ids))
        return [made[id_] for id_ in ids if id_ in made]
    keys = {id_: (variant, id_) for id_ in ids}
    found = fragments.get(stamp, keys.values())
    missing = [id_ for id_, key in keys.items() if key not in found]
    if missing:
        made = make(missing)
        new: dict[Hashable, bytes] = {keys[id_]: fragment for id_, fragment in made.items()}
        fragments.put(stamp, new)
        found.update(new)
    return [found[key] for key in keys.values() if key in found]
