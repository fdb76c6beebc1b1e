"""Every action of Wagtail's is one transaction and tells the log its name, whoever asks for it.

The page editor, bulk actions, workflows and the scheduler construct Wagtail's action classes
themselves (its `register_actions` hook reaches only API v3), and an action is a series of
statements: the live row, aliases, the workflow, the audit entry. Killed in between, it is
half-done. So `execute` of each action is wrapped.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import Any

from django.db import transaction
from wagtail import actions
from wagtail.actions.base import BaseAction
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.publish_revision import PublishRevisionAction

from . import places
from .models import Kind
from .receivers import acting

KINDS: dict[type[BaseAction], Kind] = {PublishRevisionAction: Kind.PUBLISH, MovePageAction: Kind.MOVE}


def wrap_actions() -> None:
    """Wrap the actions that Wagtail has. Called once more, it changes nothing."""
    for module in pkgutil.iter_modules(actions.__path__, f"{actions.__name__}."):
        importlib.import_module(module.name)
    for action in _subclasses(BaseAction):
        execute = action.__dict__.get("execute")
        if execute is not None and not hasattr(execute, "is_transaction"):
            action.execute = _in_transaction(execute, KINDS.get(action))


def _in_transaction(execute: Any, kind: Kind | None) -> Any:
    @wraps(execute)
    def execute_in_transaction(self: BaseAction, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic(), _telling(kind, self):
            places.prepare(self)
            return execute(self, *args, **kwargs)

    execute_in_transaction.is_transaction = True  # type: ignore[attr-defined]
    return execute_in_transaction


def _telling(kind: Kind | None, action: BaseAction) -> AbstractContextManager[None]:
    if kind is None:
        return nullcontext()
    page = getattr(action, "page", None)
    return acting(kind, page.pk if page else None)


def _subclasses(base: Any) -> Iterator[Any]:
    for cls in base.__subclasses__():
        yield cls
        yield from _subclasses(cls)
