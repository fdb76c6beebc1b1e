import secrets
import uuid
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.core.signing import BadSignature, Signer
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

TOKEN_PREFIX = "tp_"  # noqa: S105 - by which people and secret scanners recognise one
TOKEN_BYTES = 32
HINT_LENGTH = len(TOKEN_PREFIX) + 4
USED_TOLD_EVERY = timedelta(minutes=1)


def digest(token: str) -> str:
    """A plain SHA-256: a token has 256 random bits, which no guessing finds, however fast the hash is.
    (Passwords need a slow hash and a salt, since people choose them.) So a token is found by an index."""
    return sha256(token.encode()).hexdigest()


def in_a_year() -> datetime:
    return timezone.now() + timedelta(days=365)


class ChannelToken(models.Model):
    """What a channel's server shows (`Authorization: Bearer tp_…`) to do more than read what is public.

    Only its digest is stored; without one, no token was made yet.
    """

    class Scope(models.TextChoices):
        READ_DRAFT = "read:draft", _("read drafts that the owner may edit")
        SUBMIT_FORM = "submit:form", _("submit forms for visitors")
        UNLOCK = "unlock", _("unlock protected pages for visitors")

    name = models.CharField(_("name"), max_length=100, help_text=_("Which channel uses it: “App”."))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        on_delete=models.CASCADE,
        related_name="channel_tokens",
        help_text=_("Drafts are read with this person's rights. The token ends when the account does."),
    )
    scopes = models.JSONField(_("what it may do"), default=list, blank=True)
    expires_at = models.DateTimeField(_("valid until"), default=in_a_year)
    digest = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 - unique
    hint = models.CharField(_("begins with"), max_length=16, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    class Meta:
        verbose_name = _("channel token")
        verbose_name_plural = _("channel tokens")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def replace_token(self) -> str:
        """A new token, its digest not yet saved; the one before is worth nothing once it is."""
        token = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        self.digest, self.hint = digest(token), token[:HINT_LENGTH]
        return token

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now() and self.user.is_active

    @property
    def state(self) -> Any:
        """For people: why it is not valid, or that it is."""
        if self.revoked_at:
            return _("revoked")
        if self.expires_at <= timezone.now():
            return _("expired")
        if not self.user.is_active:
            return _("owner inactive")
        return _("valid") if self.digest else _("not made yet")

    def tell_used(self) -> None:
        """At most one write a minute, whoever asks at the same time."""
        now = timezone.now()
        if self.last_used_at is None or self.last_used_at <= now - USED_TOLD_EVERY:
            unused = models.Q(last_used_at=None) | models.Q(last_used_at__lte=now - USED_TOLD_EVERY)
            ChannelToken.objects.filter(unused, pk=self.pk).update(last_used_at=now)


class PreviewToken(models.Model):
    """Opens one draft in the API, for whom it was made: with that user's rights, until it expires.

    With `content` it shows that (what stands in an editor's form, unsaved); without, the newest draft.
    The token itself is the key, signed: who reads the database alone has none.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # Of a page that is not saved yet: what it will stand under.
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    content = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    is_shared = models.BooleanField(default=False)  # made to be handed on
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"), db_index=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    wagtail_reference_index_ignore = True  # that somebody looks at a page is no use of it

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.page} ({self.user})"

    @property
    def token(self) -> str:
        return _signer().sign(self.key.hex)

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    @classmethod
    def find(cls, token: str) -> "PreviewToken | None":
        """None for what we did not sign, and for what is no more."""
        try:
            key = uuid.UUID(hex=_signer().unsign(token))
        except (BadSignature, ValueError):
            return None
        return cls.objects.select_related("user", "page", "content_type").filter(pk=key).first()

    @classmethod
    def revoke_unshared(cls, user: AbstractBaseUser) -> None:
        cls.objects.filter(user=user, is_shared=False, revoked_at=None).update(revoked_at=timezone.now())


def _signer() -> Signer:
    return Signer(salt="techport_headless.preview", sep=".")  # a colon has a meaning in addresses


class Attempts(models.Model):
    """How often something was tried in a span of time that began with the first try."""

    key = models.CharField(max_length=64, primary_key=True)  # a digest: no addresses of people are kept
    count = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("attempts")

    def __str__(self) -> str:
        return self.key


class Submission(models.Model):
    """What was answered to an Idempotency-Key; without `answer`, it is being worked on."""

    key = models.CharField(max_length=64, primary_key=True)  # a digest of key, form and who asked
    body = models.CharField(max_length=64)  # a digest of what was sent
    started_at = models.DateTimeField(db_index=True)
    answer = models.JSONField(null=True)

    class Meta:
        verbose_name = _("submission")

    def __str__(self) -> str:
        return self.key
