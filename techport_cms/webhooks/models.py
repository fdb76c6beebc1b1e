import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import addresses, signing
from .conf import load


def validate_url(url: str) -> None:
    """What can be told without asking a name server; the sender checks what the name stands for."""
    try:
        parts = addresses.split(url)
        addresses.resolve(parts.hostname or "", addresses.port_of(parts), numeric=True)
    except addresses.RefusedAddressError:
        raise ValidationError(
            _(
                "Enter an address of the public internet that begins with https:// and holds no user name "
                "or password."
            )
        ) from None


class Endpoint(models.Model):
    """A receiver, and how far in the publication log it has been told (`cursor`)."""

    name = models.CharField(_("name"), max_length=100)
    url = models.CharField(_("address"), max_length=500, validators=[validate_url])
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("While it is not, events wait; they are sent once it is active again."),
    )
    # Empty lists mean everything.
    events = models.JSONField(_("events"), default=list, blank=True)
    types = models.JSONField(_("content types"), default=list, blank=True)  # labels of models
    locales = models.JSONField(_("languages"), default=list, blank=True)  # language codes

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # begins every webhook-id
    sealed_secret = models.TextField(blank=True, editable=False)
    sealed_old_secret = models.TextField(blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    secret_shown = models.BooleanField(default=False, editable=False)

    cursor = models.BigIntegerField(default=0, editable=False)  # everything up to this number is done
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, editable=False)
    disabled_at = models.DateTimeField(null=True, editable=False)  # by the worker, not by a person
    notice_due = models.BooleanField(default=False, editable=False)  # who may change it is to be told of that

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def has_secret(self) -> bool:
        return bool(self.sealed_secret)

    def replace_secret(self, now: datetime | None = None) -> None:
        """Make a new secret, not yet saved; the one before signs beside it for a day or so."""
        now = now or timezone.now()
        self.sealed_old_secret = self.sealed_secret
        self.old_secret_until = now + timedelta(hours=load().rotation_hours) if self.sealed_secret else None
        self.sealed_secret = signing.seal(signing.new_secret())
        self.secret_shown = False

    def secrets(self, now: datetime) -> list[str]:
        """What to sign with, the newest first. Raises LostSecretError."""
        used = [signing.unseal(self.sealed_secret)]
        if self.sealed_old_secret and self.old_secret_until and now < self.old_secret_until:
            used.append(signing.unseal(self.sealed_old_secret))
        return used

    def webhook_id(self, event: str) -> str:
        """The same for each attempt to tell this receiver of this event (its number in the log)."""
        return f"msg_{self.key.hex}_{event}"

    def activate(self) -> None:
        """Forget the failures, not yet saved: the next attempt is made at once."""
        self.is_active = True
        self.failures = 0
        self.failing_since = self.next_attempt_at = self.disabled_at = None
        self.notice_due = False


class Delivery(models.Model):
    """One attempt to send one event: the delivery log. Without `sent_at` it waits for the worker."""

    class Reason(models.TextChoices):
        LOG = "log", _("publication log")
        REPLAY = "replay", _("sent again by hand")
        TEST = "test", _("test")

    class Error(models.TextChoices):
        """Why there is no answer. What the network says is kept as it says it."""

        REFUSED = "refused", _("The address is not one of the public internet. Nothing was sent.")
        TIMED_OUT = "timed_out", _("The receiver did not answer in time.")
        LOST_SECRET = (
            "lost_secret",
            _("The secret cannot be read any more. Make a new one."),
        )
        TRIMMED = "trimmed", _("The publication log does not hold this event any more. Nothing was sent.")

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices, default=Reason.LOG)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    requested_at = models.DateTimeField(_("asked for"), default=timezone.now)
    sequence = models.BigIntegerField(_("number in the log"), null=True)
    webhook_id = models.CharField(max_length=100)
    event = models.CharField(_("event"), max_length=40)
    attempt = models.PositiveIntegerField(_("attempt"), default=1)
    sent_at = models.DateTimeField(_("sent"), null=True, db_index=True)
    request_headers = models.JSONField(_("request headers"), default=dict)
    body = models.TextField(_("request"), blank=True)
    status = models.PositiveSmallIntegerField(_("status"), null=True)  # of HTTP; None without an answer
    response_headers = models.JSONField(_("response headers"), default=dict)
    response_body = models.TextField(_("response"), blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["endpoint", "-id"], name="techport_webhooks_of_endpoint")]

    def __str__(self) -> str:
        return f"{self.event} {self.webhook_id}"

    @property
    def is_waiting(self) -> bool:
        return self.sent_at is None

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def error_text(self) -> str:
        return str(dict(self.Error.choices).get(self.error, self.error))

    @property
    def may_be_replayed(self) -> bool:
        return self.sequence is not None and not self.is_waiting


class Lease(models.Model):
    """Who does a job that only one worker may do at a time, and until when unless it says so again."""

    name = models.CharField(max_length=50, primary_key=True)
    holder = models.CharField(max_length=32, blank=True)
    until = models.DateTimeField()

    class Meta:
        verbose_name = "lease"

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"
