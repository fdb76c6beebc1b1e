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
ACTIVATED = {"is_active", "failures", "failing_since", "next_attempt_at", "disabled_at", "notice_due"}


def _event_choices() -> list[tuple[str, Any]]:
    return [(name, f"{name}: {meaning}") for name, meaning in EVENTS.items()]


def _type_choices() -> list[tuple[str, str]]:
    choices = ((model._meta.label, str(capfirst(model._meta.verbose_name))) for model in models_in_log())
    return sorted(choices, key=lambda choice: choice[1].casefold())


def _locale_choices() -> list[tuple[str, str]]:
    return [(locale.language_code, str(locale)) for locale in Locale.objects.all()]


class EndpointForm(WagtailAdminModelForm):
    """Saves what the person may have changed and no other: the worker may have moved the cursor or
    switched the webhook off since the form was opened."""

    was_active = forms.BooleanField(required=False, widget=forms.HiddenInput)  # when it was opened

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["was_active"].initial = self.instance.is_active

    def clean_was_active(self) -> bool:
        is_told = self.add_prefix("was_active") in self.data
        return self.cleaned_data["was_active"] if is_told else bool(self.initial.get("is_active"))

    def save(self, commit: bool = True) -> Endpoint:
        endpoint: Endpoint = super().save(commit=False)
        if endpoint.pk is None:
            endpoint.cursor = latest()
            endpoint.replace_secret(timezone.now())
            endpoint.save()
            return endpoint
        changed = set(FIELDS)
        is_switched = endpoint.is_active != self.cleaned_data["was_active"]
        if not is_switched:
            changed.remove("is_active")
        if endpoint.is_active and (is_switched or "url" in self.changed_data):
            endpoint.activate()
            changed |= ACTIVATED
        endpoint.save(update_fields=changed)
        return endpoint
