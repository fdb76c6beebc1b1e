"""One render per key at a time: who comes second waits for the first."""

import threading
from collections.abc import Hashable


class Render:
    """One that is under way. `media_type` is of what was kept in the end, where the address has several."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.media_type = ""


class Renders:
    def __init__(self, wait: float) -> None:
        self._wait = wait  # seconds
        self._under_way: dict[Hashable, Render] = {}
        self._lock = threading.Lock()

    def begin(self, key: Hashable) -> Render | None:
        """None: render it, then call `end`. Else somebody has just done so, or takes too long."""
        with self._lock:
            other = self._under_way.get(key)
            if other is None:
                self._under_way[key] = Render()
                return None
        other.done.wait(self._wait)
        return other

    def end(self, key: Hashable, media_type: str = "") -> None:
        with self._lock:
            render = self._under_way.pop(key)
        render.media_type = media_type
        render.done.set()
