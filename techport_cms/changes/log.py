"""The publication log: `record()` writes to it, everything downstream reads from it.

record(Kind.SAVE, image)            # in the transaction of the change
latest()                            # the newest number
for change in after(number): ...    # what came since, oldest first
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import models, transaction
from django.dispatch import Signal
from django.utils import timezone
from wagtail.models import Locale, Page

from .models import Change, Horizon, Kind

BATCH = 1000  # rows

recorded = Signal()  # rows were written, by the sender Change; their transaction has not committed yet


class BehindHorizonError(Exception):
    """What came after the reader's number was trimmed: it must start over from a full copy."""

    def __init__(self, horizon: int) -> None:
        super().__init__(f"The log begins after {horizon}.")
        self.horizon = horizon


def record(kind: Kind, *objects: models.Model) -> None:
    """Write a row for each object. Who changes rows in bulk, past Django's signals, calls this."""
    write([describe(kind, instance) for instance in objects])


def write(changes: Iterable[Change]) -> None:
    if Change.objects.bulk_create(changes, batch_size=BATCH):
        recorded.send(Change)


def describe(
    kind: Kind, instance: models.Model, old_url_path: str = "", language: str | None = None
) -> Change:
    """The row of the log for this object, not yet written. Who knows its language spares a query."""
    return Change(
        kind=kind,
        model=_label(instance),
        object_id=str(instance.pk),
        locale=_language_of(instance) if language is None else language,
        translation_key=getattr(instance, "translation_key", None),
        old_url_path=old_url_path,
    )


def _language_of(instance: models.Model) -> str:
    locale = getattr(instance, "locale", None)
    return locale.language_code if isinstance(locale, Locale) else ""


def latest() -> int:
    """The newest number, 0 in an empty log. One query on an index."""
    return Change.objects.aggregate(newest=models.Max("sequence"))["newest"] or 0


def after(sequence: int, limit: int = BATCH) -> list[Change]:
    """What came after this number, oldest first. Raises BehindHorizonError where some of it was trimmed."""
    changes = list(Change.objects.filter(sequence__gt=sequence).order_by("sequence")[:limit])
    trimmed = horizon()  # read last: rows may be trimmed in between
    if sequence < trimmed:
        raise BehindHorizonError(trimmed)
    return changes


def horizon() -> int:
    """Everything up to and including this number was trimmed; 0 where nothing was."""
    return Horizon.objects.values_list("sequence", flat=True).first() or 0


@transaction.atomic
def trim(keep: timedelta) -> int:
    """Delete the rows that are older than `keep`, but for the newest; return how many they were."""
    old = Change.objects.filter(made_at__lt=timezone.now() - keep, sequence__lt=latest())
    newest = old.aggregate(newest=models.Max("sequence"))["newest"]
    if newest is None:
        return 0
    Horizon.objects.update_or_create(pk=1, defaults={"sequence": newest})
    return Change.objects.filter(sequence__lte=newest).delete()[0]


def _label(instance: models.Model) -> str:
    specific = isinstance(instance, Page) and instance.specific_class
    return (specific or type(instance))._meta.label
