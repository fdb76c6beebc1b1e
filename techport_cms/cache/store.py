"""Entries in memory, bounded in bytes. Which one goes is decided as by the CLOCK algorithm:

the oldest, unless it was asked for since it was last passed over. So a hit writes one flag
and takes no lock.
"""

import sys
import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from .entries import Entry


class Store:
    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._entries: OrderedDict[Hashable, Entry] = OrderedDict()
        self._lock = threading.Lock()
        self.size = 0  # bytes

    def get(self, key: Hashable) -> Entry | None:
        return self._entries.get(key)

    def put(self, key: tuple[Any, ...], entry: Entry) -> None:
        """A key may be long: a query has no limit of ours. It counts as what the entry takes."""
        entry.size += sum(map(sys.getsizeof, key))
        with self._lock:
            self._remove(key)
            if entry.size > self._max_bytes:
                return
            self._entries[key] = entry
            self.size += entry.size
            while self.size > self._max_bytes:
                self._evict()

    def remove(self, key: Hashable) -> None:
        with self._lock:
            self._remove(key)

    def __len__(self) -> int:
        return len(self._entries)

    def _remove(self, key: Hashable) -> None:
        old = self._entries.pop(key, None)
        if old is not None:
            self.size -= old.size

    def _evict(self) -> None:
        key, entry = self._entries.popitem(last=False)
        if entry.referenced:
            entry.referenced = False
            self._entries[key] = entry
        else:
            self.size -= entry.size
