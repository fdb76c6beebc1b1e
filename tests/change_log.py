"""What tests look at in the publication log."""

from techport_cms.changes.models import Change


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
