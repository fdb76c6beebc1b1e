from django.db import models
from wagtail.models import Locale, Revision

DIGEST = 32  # hexadecimal digits


class Freshness(models.Model):
    """What is known of an item that was published: a source, or how a translation stands to its own.

    Written where something is published (see `freshness`), so that readers need only look.
    """

    translation_key = models.UUIDField()
    locale = models.ForeignKey(Locale, on_delete=models.CASCADE, related_name="+")
    is_source = models.BooleanField()
    # Digest of the source that the published translation was made from; empty where sentences of
    # it are not translated, and for a source.
    made_from = models.CharField(max_length=DIGEST, blank=True)
    outdated_since = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "freshness"
        constraints = [
            models.UniqueConstraint(fields=["translation_key", "locale"], name="techport_freshness_unique")
        ]

    def __str__(self) -> str:
        return f"{self.translation_key} {self.locale_id}"


class RevisionSource(models.Model):
    """What a revision that came from the translators' desk was made from: it may be published later."""

    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, related_name="+", primary_key=True)
    digest = models.CharField(max_length=DIGEST, blank=True)  # as in Freshness.made_from

    class Meta:
        verbose_name = "source of a revision"

    def __str__(self) -> str:
        return f"{self.revision_id}: {self.digest}"
