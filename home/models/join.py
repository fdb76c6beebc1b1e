"""The form with which somebody becomes a partner: its page, its fields, what happens to what is sent."""

import logging
from datetime import timedelta
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.mail import send_mail
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.contrib.forms.forms import FormBuilder
from wagtail.contrib.forms.models import (
    FORM_FIELD_CHOICES,
    AbstractFormField,
    AbstractFormSubmission,
    EmailFormMixin,
    FormMixin,
)
from wagtail.contrib.forms.panels import FormSubmissionsPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.images.models import AbstractImage
from wagtail.models import TranslatableMixin
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from techport_cms.content.blocks import BodyBlocks
from techport_cms.content.models import BasePage
from techport_cms.content.serializers import ImageField, PageField
from techport_cms.core.kept import kept
from techport_cms.core.public_forms import CookielessFormMixin
from techport_cms.core.references import public_pages_by_id

logger = logging.getLogger(__name__)

MAX_MESSAGE_LENGTH = 5000  # characters
SENT_TWICE_WITHIN = timedelta(days=1)


class JoinFormField(TranslatableMixin, AbstractFormField):
    """A field of the form. Its `clean_name` is made once, in the source language, and is the same
    in every translation, so that what is sent in each language comes out under the same keys."""

    page = ParentalKey("home.JoinPage", on_delete=models.CASCADE, related_name="form_fields")
    field_type = models.CharField(
        _("field type"), max_length=16, choices=[*FORM_FIELD_CHOICES, ("phone", _("Phone number"))]
    )
    autocomplete = models.CharField(
        _("browser may fill in"),
        max_length=20,
        blank=True,
        choices=[
            ("name", _("Name of the visitor")),
            ("organization", _("Name of the organisation")),
            ("email", _("E-mail address")),
            ("tel", _("Phone number")),
        ],
        help_text=_("What this field asks about the visitor, so that browsers can fill it in."),
    )
    error_message = models.CharField(
        _("message when it is not right"),
        max_length=255,
        blank=True,
        help_text=_("Say what to do: “Enter your name.”"),
    )

    panels = [*AbstractFormField.panels, FieldPanel("autocomplete"), FieldPanel("error_message")]
    api_fields = [*AbstractFormField.api_fields, APIField("autocomplete"), APIField("error_message")]
    translatable_fields = [
        SynchronizedField("sort_order", overridable=False),
        SynchronizedField("clean_name", overridable=False),
        TranslatableField("label"),
        SynchronizedField("field_type", overridable=False),
        SynchronizedField("required", overridable=False),
        TranslatableField("choices"),
        TranslatableField("default_value"),
        TranslatableField("help_text"),
        SynchronizedField("autocomplete", overridable=False),
        TranslatableField("error_message"),
    ]

    class Meta(TranslatableMixin.Meta, AbstractFormField.Meta):
        verbose_name = _("form field")
        verbose_name_plural = _("form fields")

    def clean(self) -> None:
        # Already in the first draft: a revision that kept no name would make a new one from
        # every label that it is published with.
        super().clean()
        if self.label and not self.clean_name:  # type: ignore[has-type]
            self.clean_name = self.get_field_clean_name()


class JoinFormBuilder(FormBuilder):
    def create_phone_field(self, field: JoinFormField, options: dict[str, Any]) -> forms.Field:
        number = RegexValidator(
            r"^\+?[0-9 ()/.-]{6,25}$", _("Use digits, spaces, hyphens and a + at the start.")
        )
        options.setdefault("widget", forms.TextInput(attrs={"type": "tel"}))
        return forms.CharField(validators=[number], **options)

    def create_multiline_field(self, field: JoinFormField, options: dict[str, Any]) -> forms.Field:
        return super().create_multiline_field(field, {"max_length": MAX_MESSAGE_LENGTH, **options})

    def get_create_field_function(self, type: str) -> Any:  # noqa: A002 (Wagtail's name)
        create = super().get_create_field_function(type)

        def create_with_autocomplete(field: JoinFormField, options: dict[str, Any]) -> forms.Field:
            form_field = create(field, options)
            if field.autocomplete:
                form_field.widget.attrs["autocomplete"] = field.autocomplete
            return form_field

        return create_with_autocomplete

    def get_field_options(self, field: JoinFormField) -> dict[str, Any]:
        options = super().get_field_options(field)
        if field.error_message:
            # Not max_length: there the length itself is what the visitor has to know.
            kinds = ("required", "invalid", "invalid_choice", "invalid_list")
            options["error_messages"] = dict.fromkeys(kinds, field.error_message)
        return options


class JoinPage(CookielessFormMixin, EmailFormMixin, FormMixin, BasePage):
    introduction = models.TextField(_("introduction"), blank=True)
    image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    body = StreamField(BodyBlocks(), verbose_name=_("body"), blank=True)

    form_title = models.CharField(_("heading of the form"), max_length=120, blank=True)
    required_notice = models.CharField(
        _("which fields are required"),
        max_length=200,
        blank=True,
        help_text=_("Stands above the first field."),
    )
    submit_label = models.CharField(
        _("button"), max_length=60, blank=True, help_text=_("Say what happens: “Send your details”.")
    )
    purpose_notice = models.TextField(
        _("what the details are used for"), help_text=_("Say for what, and how long they are kept.")
    )
    privacy_label = models.CharField(_("text of the link to the privacy page"), max_length=120, blank=True)
    privacy_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("privacy page"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    retention_months = models.PositiveSmallIntegerField(
        _("months that submissions are kept"),
        default=12,
        help_text=_("As the notice says. Then they are deleted."),
    )

    thank_you_title = models.CharField(_("heading"), max_length=120, blank=True)
    thank_you_text = models.TextField(_("text"), blank=True)
    thank_you_button = models.CharField(_("button"), max_length=40, blank=True)
    thank_you_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page that the button leads to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    form_builder = JoinFormBuilder
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    shown_relations = ("social_image", "image")
    page_description = _("A form with which companies, schools and governments apply.")
    template = "home/join_page.html"
    landing_page_template = "home/join_page_sent.html"

    content_panels = [
        *BasePage.content_panels,
        FormSubmissionsPanel(),
        FieldPanel("introduction"),
        FieldPanel("image"),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                "form_title",
                "required_notice",
                InlinePanel("form_fields", heading=_("Fields"), label=_("Field")),
                "purpose_notice",
                "privacy_label",
                "privacy_page",
                "retention_months",
                "submit_label",
            ],
            heading=_("Form"),
        ),
        MultiFieldPanel(
            ["thank_you_title", "thank_you_text", "thank_you_button", "thank_you_page"],
            heading=_("After sending"),
        ),
        MultiFieldPanel(["to_address", "from_address", "subject"], heading=_("E-mail to the office")),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("introduction"), index.SearchField("body")]
    api_fields = [
        *BasePage.api_fields,
        APIField("introduction"),
        APIField("image", serializer=ImageField()),
        APIField("body"),
        APIField("form_title"),
        APIField("required_notice"),
        APIField("form_fields"),
        APIField("submit_label"),
        APIField("purpose_notice"),
        APIField("privacy_label"),
        APIField("privacy_page", serializer=PageField()),
        APIField("thank_you_title"),
        APIField("thank_you_text"),
        APIField("thank_you_button"),
        APIField("thank_you_page", serializer=PageField()),
    ]
    translatable_fields = [
        *BasePage.translatable_fields,
        TranslatableField("introduction"),
        SynchronizedField("image"),
        TranslatableField("body"),
        TranslatableField("form_title"),
        TranslatableField("required_notice"),
        TranslatableField("form_fields"),
        TranslatableField("submit_label"),
        TranslatableField("purpose_notice"),
        TranslatableField("privacy_label"),
        SynchronizedField("privacy_page"),
        SynchronizedField("retention_months", overridable=False),
        TranslatableField("thank_you_title"),
        TranslatableField("thank_you_text"),
        TranslatableField("thank_you_button"),
        SynchronizedField("thank_you_page"),
        SynchronizedField("to_address"),
        SynchronizedField("from_address"),
        TranslatableField("subject"),
    ]

    class Meta:
        verbose_name = _("join form")
        verbose_name_plural = _("join forms")

    @property
    def share_image(self) -> AbstractImage | None:
        return self.social_image or self.image

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        targets = public_pages_by_id(id_ for id_ in (self.privacy_page_id, self.thank_you_page_id) if id_)
        context["privacy_target"] = targets.get(self.privacy_page_id)
        context["thank_you_target"] = targets.get(self.thank_you_page_id)
        context["form_key"] = self._form_key(request)
        return context

    def _form_key(self, request: HttpRequest) -> int | None:
        """For `{% keep %}`: the empty form."""
        return self.pk if request.method == "GET" and self._is_as_published() else None

    def _is_as_published(self) -> bool:
        return hasattr(self, "routed_ancestors")  # routing has found it; of a draft it knows nothing

    def get_form_class(self) -> type[forms.Form]:
        make = super().get_form_class
        return kept(("form class", self.pk), make) if self._is_as_published() else make()

    def process_form_submission(self, form: forms.Form) -> AbstractFormSubmission:
        """Store what was sent and have it mailed. Sent twice (double click, reload), it is kept once."""
        since = timezone.now() - SENT_TWICE_WITHIN
        same = self.get_submissions().filter(form_data=form.cleaned_data, submit_time__gte=since)
        return same.first() or super().process_form_submission(form)

    def send_mail(self, form: forms.Form) -> None:
        # After the commit: a slow mail server holds no lock, and one that fails loses no submission.
        transaction.on_commit(lambda: self._deliver(form), robust=True)

    def _deliver(self, form: forms.Form) -> None:
        addresses = [address.strip() for address in self.to_address.split(",")]
        reply_to = [
            form.cleaned_data[name]
            for name, field in form.fields.items()
            if isinstance(field, forms.EmailField)
        ]
        subject, text = self.subject or self.title, self.render_email(form)
        try:
            send_mail(subject, text, addresses, self.from_address, reply_to=[a for a in reply_to if a][:1])
        except OSError:  # the base of SMTPException too
            logger.exception(
                "Submission of page %s is stored, but the mail to %s failed", self.pk, self.to_address
            )
