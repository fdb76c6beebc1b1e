"""Rows that tests in a row ask for are made once.

    @made_once
    def index() -> Page: ...

    @made_once
    def question(index: Page) -> Page: ...

are fixtures; their parameters are others of the kind. Rows are made before the test's own transaction, in
one of their own, and stay while the tests that follow ask for them; a test that does not ask for them does
not find them. Each test gets a copy of what the function returned, and may change it. For a test that
commits, they are made anew.
"""

from collections.abc import Callable
from contextlib import ExitStack
from copy import deepcopy
from inspect import Parameter, signature
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

Make = Callable[..., Any]

MAKERS: dict[Any, Make] = {}  # by the function of the fixture


class Rows:
    """What is there now, in the order in which it was made."""

    def __init__(self) -> None:
        self.made: list[tuple[Make, Any, ExitStack]] = []

    def turn_to(self, makers: list[Make], blocker: DjangoDbBlocker) -> None:
        with blocker.unblock():
            while [make for make, *_ in self.made] != makers[: len(self.made)]:
                self.made.pop()[-1].close()
            for make in makers[len(self.made) :]:
                self._add(make)

    def copy(self, make: Make, **needed: Any) -> Any:
        for made, value, _ in self.made:
            if made is make:
                return deepcopy(value)
        return make(**needed)

    def _add(self, make: Make) -> None:
        values = {made.__name__: value for made, value, _ in self.made}
        with ExitStack() as stack:
            stack.enter_context(transaction.atomic())
            stack.callback(transaction.set_rollback, True)
            value = make(**{name: values[name] for name in signature(make).parameters})
            if connection.vendor == "postgresql":
                connection.check_constraints()  # fires the trigger that numbers the log, as a commit does
            self.made.append((make, value, stack.pop_all()))


rows = Rows()


def made_once(make: Make) -> Any:
    def copy(db: None, **needed: Any) -> Any:
        return rows.copy(make, **needed)

    needed = [Parameter(name, Parameter.KEYWORD_ONLY) for name in ("db", *signature(make).parameters)]
    copy.__signature__ = signature(copy).replace(parameters=needed)  # type: ignore[attr-defined]
    copy.__doc__ = make.__doc__
    MAKERS[copy] = make
    return pytest.fixture(name=make.__name__)(copy)


def asked_for(item: pytest.Item) -> list[Make]:
    """What makes the rows of this test, what others need first."""
    known = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009 - pytest has no public name for it
    makers: list[Make] = []

    def ask(name: str) -> None:
        make = MAKERS.get(known[name][-1].func) if name in known else None
        if make is not None and make not in makers:
            for needed in signature(make).parameters:
                ask(needed)
            makers.append(make)

    for name in getattr(item, "fixturenames", ()):
        ask(name)
    return makers
