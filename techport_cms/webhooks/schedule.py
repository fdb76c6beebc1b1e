"""Publishing and taking down what is due, and what other rooms registered, each by itself.

Wagtail's `publish_scheduled` does the same, but stops at the first that cannot be published, each time again.
"""

from collections.abc import Callable, Iterator
from functools import partial

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from wagtail.models import DraftStateMixin, Page, Revision

from techport_cms.changes.log import record
from techport_cms.changes.models import Kind
from techport_cms.core.schedule import ScheduledJob, scheduled_jobs

Job = Callable[[], object]


def due() -> Iterator[tuple[str, Job]]:
    """What is due now, by name: the oldest first. Only reads, so that idling takes no lock.

    Each job is a transaction of its own, and does nothing where somebody else has done it meanwhile. What
    somebody else has locked, an editor or another worker, is left for the next look. Such a lock ends with
    its transaction, also where its worker was killed.
    """
    for model in _with_schedule():
        for pk in _expired(model).order_by("expire_at").values_list("pk", flat=True):
            yield f"Taking down {model._meta.label} {pk}", partial(_take_down, model, pk)
    for pk in _to_publish().order_by("approved_go_live_at").values_list("pk", flat=True):
        yield f"Publishing revision {pk}", partial(_publish, pk)
    for job in scheduled_jobs():
        if job.is_due():
            yield job.name, partial(_run, job)


def _expired(model: type[Model]) -> QuerySet:
    return model._default_manager.filter(live=True, expire_at__lt=timezone.now())


def _to_publish() -> QuerySet[Revision]:
    return Revision.objects.filter(approved_go_live_at__lt=timezone.now())


@transaction.atomic
def _take_down(model: type[Model], pk: object) -> None:
    found = _lock(model._base_manager.filter(pk=pk)) and _expired(model).filter(pk=pk).first()
    if found:
        found.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


@transaction.atomic
def _publish(pk: int) -> None:
    scheduled = _to_publish().filter(pk=pk).first()
    if scheduled is None:
        return
    # The object before its revisions, as the page editor does.
    model = scheduled.base_content_type.model_class()
    rows = model._base_manager.filter(pk=scheduled.object_id)
    if _lock(rows):
        for revision in _to_publish().filter(pk=pk):  # unless it was done before the lock
            revision.publish(log_action="wagtail.publish.scheduled")
    elif not rows.exists():
        raise ObjectDoesNotExist(f"What revision {pk} was made of is not there any more.")


@transaction.atomic
def _run(job: ScheduledJob) -> None:
    record(Kind.SAVE, *job.run())


def _lock(rows: QuerySet) -> bool:
    """Whether this one row is there, and nobody else's until the end of the transaction. (SQLite has one
    writer at a time as it is.)"""
    free = rows.select_for_update(skip_locked=True, no_key=True)
    return free.values_list("pk", flat=True).first() is not None


def _with_schedule() -> list[type[Model]]:
    models = (model for model in apps.get_models() if issubclass(model, DraftStateMixin))
    return [Page, *(model for model in models if not issubclass(model, Page))]
