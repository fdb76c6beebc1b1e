"""What tests look at in the publication log."""

from datetime import timedelta

from django.utils import timezone

from techport_cms.changes.models import Change


def age_log() -> None:
    """As if all that is in the log had been written an hour ago."""
    Change.objects.update(made_at=timezone.now() - timedelta(hours=1))


class Log:
    """What was written since the last look: (kind, object)."""

    def __init__(self) -> None:
        self.seen = 0
        self.news()

    def news(self) -> list[tuple[str, str]]:
        return [(change.kind, change.model) for change in self.rows()]

    def rows(self) -> list[Change]:
        changes = list(Change.objects.filter(pk__gt=self.seen).order_by("pk"))
        self.seen = max([self.seen, *(change.pk for change in changes)])
        return changes

    def of(self, model: str) -> list[str]:
        """The kinds that were written about objects of this model."""
        return [kind for kind, of in self.news() if of == model]
