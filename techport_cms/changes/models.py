from django.db import models


class Kind(models.TextChoices):
    """What happened to the object. Whether it is public now is asked of `core.visibility`."""

    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    MOVE = "move"  # to another parent or another place among its siblings
    SLUG = "slug"
    DELETE = "delete"
    SAVE = "save"  # of what has no drafts: an image, a redirect, a site
    PRIVACY = "privacy"  # a view restriction was set or lifted, here or above


class Change(models.Model):
    """One row of the publication log, written in the transaction of the change itself.

    The database numbers the rows (see the migration) in the order in which their transactions
    commit: a reader who has seen N never later finds a number below N. Until its transaction
    commits, a row has no number on PostgreSQL.
    """

    sequence = models.BigIntegerField(unique=True, null=True, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    model = models.CharField(max_length=100)  # "app_label.ModelName", the specific one of a page
    object_id = models.CharField(max_length=255)  # as Wagtail's own log and revisions have it
    locale = models.CharField(max_length=16, blank=True)  # language code
    translation_key = models.UUIDField(null=True)
    old_url_path = models.TextField(blank=True)  # Page.url_path that it is no longer found at
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "change"
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.kind} {self.model} {self.object_id}"


class Horizon(models.Model):
    """One row: everything up to and including this number was trimmed from the log."""

    sequence = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "horizon of the log"

    def __str__(self) -> str:
        return str(self.sequence)


class Tombstone(models.Model):
    """Where something public was (see tombstones.py)."""

    digest = models.CharField(max_length=32, primary_key=True)  # of url_path
    url_path = models.TextField()  # Page.url_path
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "tombstone"

    def __str__(self) -> str:
        return self.url_path
