"""Publishing and taking down what is due, and what other rooms registered, each by itself.

Wagtail's `publish_scheduled` does the same, but stops at the first that cannot be published, each time again.
"""

from collections.abc import Callable, Iterator
from functools import partial

from django.apps import apps
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

    Each job is a transaction of its own (see `changes.actions`), and does nothing where somebody else
    has done it meanwhile.
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


def _take_down(model: type[Model], pk: object) -> None:
    found = _expired(model).filter(pk=pk).first()
    if found:
        found.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def _publish(pk: int) -> None:
    revision = _to_publish().filter(pk=pk).first()
    if revision:
        revision.publish(log_action="wagtail.publish.scheduled")


def _run(job: ScheduledJob) -> None:
    with transaction.atomic():
        record(Kind.SAVE, *job.run())


def _with_schedule() -> list[type[Model]]:
    models = (model for model in apps.get_models() if issubclass(model, DraftStateMixin))
    return [Page, *(model for model in models if not issubclass(model, Page))]
