"""Who writes to the log raises this host's epoch, after the commit and before the answer."""

from typing import Any

from django.db import transaction

from techport_cms.changes.log import recorded

from .epoch import shared_epoch


def connect() -> None:
    recorded.connect(raise_epoch_on_commit, dispatch_uid="techport_cache")


def raise_epoch_on_commit(sender: Any, **kwargs: Any) -> None:
    """What is raised by none of it, since the writer was killed or could not ask, the watchers find."""
    transaction.on_commit(_look, robust=True)


def _look() -> None:
    shared_epoch().look()
