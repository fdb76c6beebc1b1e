"""Edits of every kind that the publication log tells of, at random."""

from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.db import transaction
from object_edits import ObjectEdits
from page_edits import PageEdits


class Edits(PageEdits, ObjectEdits):
    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.chief = get_user_model().objects.create_superuser("chief", "", "x")
        self.kinds = sorted(name for kinds in (PageEdits, ObjectEdits) for name in _public_methods(kinds))
        self.waiting: list[str] = []

    def make(self) -> str:
        """Make an edit and commit it; return the name of its kind. Each kind comes once in a round."""
        if not self.waiting:
            self.waiting = self.random.sample(self.kinds, len(self.kinds))
        self.number += 1
        kind = self.waiting.pop()
        edit: Callable[[], None] = getattr(self, kind)
        with transaction.atomic():
            edit()
        return kind


def _public_methods(cls: type) -> list[str]:
    return [name for name in vars(cls) if not name.startswith("_")]
