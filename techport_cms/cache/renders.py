"""One render per key at a time: who comes second waits for the first."""

import threading
from collections.abc import Hashable


class Renders:
    def __init__(self, wait: float) -> None:
        self._wait = wait  # seconds
        self._under_way: dict[Hashable, threading.Event] = {}
        self._lock = threading.Lock()

    def begin(self, key: Hashable) -> bool:
        """True: render it, then call `end`. False: somebody has just done so, or takes too long."""
        with self._lock:
            other = self._under_way.get(key)
            if other is None:
                self._under_way[key] = threading.Event()
                return True
        other.wait(self._wait)
        return False

    def end(self, key: Hashable) -> None:
        with self._lock:
            done = self._under_way.pop(key)
        done.set()
