from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.models import Locale

from techport_cms.changes.log import latest

from .events import EVENTS, models_in_log
from .models import Endpoint

FIELDS = ["name", "url", "is_active", "events", "types", "locales"]


def _event_choices() -> list[tuple[str, Any]]:
    return [(name, f"{name}: {meaning}") for name, meaning in EVENTS.items()]


def _type_choices() -> list[tuple[str, str]]:
    choices = ((model._meta.label, str(capfirst(model._meta.verbose_name))) for model in models_in_log())
    return sorted(choices, key=lambda choice: choice[1].casefold())


def _locale_choices() -> list[tuple[str, str]]:
    return [(locale.language_code, str(locale)) for locale in Locale.objects.all()]


class EndpointForm(WagtailAdminModelForm):
    """Saves the fields that it shows and no other: the worker may have moved the cursor meanwhile."""

    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=_event_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all."),
    )
    types = forms.MultipleChoiceField(
        label=_("Content types"),
        choices=_type_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all."),
    )
    locales = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=_locale_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all. What has no language, such as an image, is always sent."),
    )

    class Meta:
        model = Endpoint
        fields = FIELDS

    def save(self, commit: bool = True) -> Endpoint:
        endpoint: Endpoint = super().save(commit=False)
        if endpoint.pk is None:
            endpoint.cursor = latest()
            endpoint.replace_secret(timezone.now())
            endpoint.save()
            return endpoint
        changed = set(FIELDS)
        if endpoint.is_active and {"is_active", "url"} & set(self.changed_data):
            endpoint.activate()
            changed |= {"failures", "failing_since", "next_attempt_at", "disabled_at"}
        endpoint.save(update_fields=changed)
        return endpoint
