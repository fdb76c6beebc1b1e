"""Publishing and taking down what is due, with Wagtail's own command, and what other rooms registered."""

from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from wagtail.models import DraftStateMixin, Page, Revision

from techport_cms.changes.log import record
from techport_cms.changes.models import Kind
from techport_cms.core.schedule import scheduled_jobs


def is_due() -> bool:
    """Whether `run` would find something. Only reads, so that idling takes no lock."""
    return _is_publishing_due() or any(job.is_due() for job in scheduled_jobs())


def run() -> None:
    """Each object in a transaction of its own (see `changes.actions`), each registered job in one."""
    if _is_publishing_due():
        call_command("publish_scheduled", verbosity=0)
    for job in scheduled_jobs():
        if job.is_due():
            with transaction.atomic():
                record(Kind.SAVE, *job.run())


def _is_publishing_due() -> bool:
    now = timezone.now()
    return Revision.objects.filter(approved_go_live_at__lt=now).exists() or any(
        model._default_manager.filter(live=True, expire_at__lt=now).exists() for model in _with_schedule()
    )


def _with_schedule() -> list[type[Model]]:
    models = (model for model in apps.get_models() if issubclass(model, DraftStateMixin))
    return [Page, *(model for model in models if not issubclass(model, Page))]
