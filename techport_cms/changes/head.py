"""The head of the publication log as one number, equal on every host that has seen the same log."""

import hashlib
from datetime import UTC, datetime
from typing import NamedTuple

from .models import Change

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class Head(NamedTuple):
    sequence: int
    stamp: int  # 1 to 2**63 - 1; another one whenever the log has another newest row
    made_at: datetime = BEGINNING  # of the newest row

    @classmethod
    def of(cls, sequence: int, made_at: datetime = BEGINNING) -> "Head":
        """The time tells the log of a restored backup from the one that it replaced."""
        digest = hashlib.blake2b(f"{sequence} {made_at.isoformat()}".encode(), digest_size=8).digest()
        return cls(sequence, int.from_bytes(digest) >> 1 or 1, made_at)


def read_head() -> Head:
    """The newest row of the log that is committed. One query on an index."""
    rows = Change.objects.filter(sequence__isnull=False).order_by("-sequence")
    newest = rows.only("sequence", "made_at").first()
    if newest is None:
        return Head.of(0)
    return Head.of(newest.sequence or 0, newest.made_at)
