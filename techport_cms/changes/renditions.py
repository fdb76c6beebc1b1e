"""Tells the log of an image's sizes that are deleted without the image: what shows them names files that go
with them. That they are made, when a page first shows them, changes nothing.
"""

from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.signals import post_delete, pre_delete
from wagtail.images import get_image_model
from wagtail.images.models import AbstractRendition

from .log import record
from .models import Kind


def connect() -> None:
    model = get_image_model().get_rendition_model()
    for signal, receiver in ((pre_delete, expect_deletion), (post_delete, record_deletion)):
        signal.connect(receiver, sender=model, dispatch_uid="techport_changes.renditions")


def expect_deletion(
    sender: type[AbstractRendition], instance: Any, origin: Model | QuerySet | None = None, **kwargs: Any
) -> None:
    """Many sizes of an image go at once, and one row tells it. So its key waits at the origin, which is
    what was asked to be deleted."""
    if isinstance(origin, sender) or (isinstance(origin, QuerySet) and origin.model is sender):
        vars(origin).setdefault("_images_to_tell", set()).add(instance.image_id)


def record_deletion(
    sender: type[AbstractRendition], instance: Any, origin: Model | QuerySet | None = None, **kwargs: Any
) -> None:
    waiting: set[Any] = getattr(origin, "_images_to_tell", set())
    if instance.image_id in waiting:
        waiting.remove(instance.image_id)
        record(Kind.SAVE, instance.image)
