"""Tells the log of the redirects that Wagtail makes for pages that move, in bulk, past signals."""

from functools import wraps

from django.db import transaction
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.redirects.signal_handlers import BatchRedirectCreator

from .log import record
from .models import Kind


def wrap_batches() -> None:
    """Called once more, it changes nothing."""
    process = BatchRedirectCreator.process
    if hasattr(process, "is_recorded"):
        return

    @wraps(process)
    def process_and_record(self: BatchRedirectCreator) -> None:
        paths = {redirect.old_path for redirect in self.items}  # they are not told their ids
        with transaction.atomic():
            process(self)
            record(Kind.SAVE, *Redirect.objects.filter(old_path__in=paths, automatically_created=True))

    process_and_record.is_recorded = True  # type: ignore[attr-defined]
    BatchRedirectCreator.process = process_and_record
