"""For which channels a page is meant, and until when.

The choice is a field of the page: it has drafts, revisions and translations like every other. What is
published of it is kept in one table too (`ChannelPlan`), so that a list of pages of all types can be
filtered in its own query, and so that the end is an event in the log and not a look at the clock.
docs/decisions/0020-channels.md
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.signals import post_save
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import MultiFieldPanel
from wagtail.models import Page

from techport_cms.core import channels, schedule

from .conf import CHANNEL, load

FIELDS = {"channels", "channels_until"}


def labels() -> list[tuple[str, Any]]:
    """Name and label of each channel besides the website."""
    return list(load().channels.items())


def names() -> Iterable[str]:
    return load().channels.keys()


class ChannelsField(models.JSONField):
    """A list of names of channels: checkboxes in the admin. Empty: all of them.

    A name that the settings do not know any more is kept until somebody chooses anew.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"default": list, "blank": True, **kwargs})

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        if not isinstance(value, list) or not all(isinstance(n, str) and CHANNEL.fullmatch(n) for n in value):
            raise ValidationError(_("Give a list of names of channels."))

    def formfield(self, **kwargs: Any) -> forms.Field:
        return forms.MultipleChoiceField(
            **{
                "label": capfirst(self.verbose_name),
                "help_text": self.help_text,
                "choices": labels,
                "widget": forms.CheckboxSelectMultiple,
                "required": False,
                **kwargs,
            }
        )


class ChannelsPanel(MultiFieldPanel):
    """Not shown where the settings name no channel."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        def is_shown(self) -> bool:
            return bool(labels()) and super().is_shown()


def connect() -> None:
    channels.register(channels.ChannelSource(names, meant_for))
    schedule.register(schedule.ScheduledJob("Ending channels", has_ended, end))
    post_save.connect(keep_plan, dispatch_uid="techport_content.channels")


def meant_for(channel: str) -> Q:
    """For a queryset of pages of any types."""
    plans = _plans().filter(page=OuterRef("pk"))
    elsewhere = ~Q(names="") & ~Q(names__contains=f",{channel},")
    return Q(~Exists(plans.filter(elsewhere | Q(ended=True))))


def keep_plan(
    sender: type[models.Model], instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """A revision is saved with `update_fields`: the choice of a draft does not come here."""
    if raw or not isinstance(instance, Page) or not hasattr(instance, "channels_until"):
        return
    if update_fields is not None and not FIELDS.intersection(update_fields):
        return
    until = instance.channels_until
    if not instance.channels and until is None:
        _plans().filter(page=instance.pk).delete()
        return
    _plans().update_or_create(
        page_id=instance.pk,
        defaults={
            "names": "".join(f",{name}" for name in instance.channels) + "," * bool(instance.channels),
            "until": until,
            "ended": until is not None and until <= timezone.now(),
        },
    )


def has_ended() -> bool:
    return _due().exists()


def end() -> Iterable[Page]:
    """The pages that are not meant for any channel but the website from now on."""
    due = _due().select_for_update(skip_locked=True, no_key=True)
    ids = list(due.values_list("page", flat=True))
    _due().filter(page__in=ids).update(ended=True)
    return Page.objects.filter(pk__in=ids, live=True).select_related("locale", "content_type")


def _due() -> models.QuerySet:
    return _plans().filter(ended=False, until__lte=timezone.now())


def _plans() -> models.QuerySet:
    from .models import ChannelPlan  # which has the field from here

    return ChannelPlan.objects.all()
