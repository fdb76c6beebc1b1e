"""Within one request, what is going to be needed is loaded together.

Whoever knows what a page points to announces it to a loader; the first question for any of it
loads all of it. So the number of queries is that of the kinds of things, not of the things.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_shared: ContextVar[dict[Hashable, Any] | None] = ContextVar("shared", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Within this context (or the one around it) `shared` and `once` remember. For reading only:
    what is loaded is not asked for again, so a change would not be seen."""
    if _shared.get() is not None:
        yield
        return
    token = _shared.set({})
    try:
        yield
    finally:
        _shared.reset(token)


def is_together() -> bool:
    return _shared.get() is not None


def shared(loader: Callable[[], T]) -> T:
    """The one loader of this class within `together`; elsewhere a new one for each call."""
    return once(loader)


def once(function: Callable[..., T], *arguments: Hashable) -> T:
    """What the function answers to these arguments, asked once within `together`."""
    kept = _shared.get()
    if kept is None:
        return function(*arguments)
    key = (function, arguments)
    if key not in kept:
        kept[key] = function(*arguments)
    return kept[key]
