"""One worker at a time for a job that is more than a transaction: a row that is claimed until a moment.

The claim is one conditional UPDATE. While the job runs its worker renews it; a worker that was
killed stops renewing, and another one goes on when the time is over. A lock of PostgreSQL would
be free at once, but belongs to a session, which a connection pool hands to others.
"""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from .models import Lease

SECONDS = 10


def acquire(name: str, holder: str) -> bool:
    """Whether the job is this holder's now."""
    now = timezone.now()
    free = Q(until__lt=now) | Q(holder="")
    claimed = {"holder": holder, "until": now + timedelta(seconds=SECONDS)}
    if Lease.objects.filter(free, name=name).update(**claimed):
        return True
    # Only the first time: the row stays. Two that begin at once make one row, and one of them updates it.
    return bool(
        not Lease.objects.filter(name=name).exists()
        and Lease.objects.bulk_create([Lease(name=name, holder="", until=now)], ignore_conflicts=True)
        and Lease.objects.filter(free, name=name).update(**claimed)
    )


def renew(holder: str) -> None:
    """Keep everything that this holder has."""
    Lease.objects.filter(holder=holder).update(until=timezone.now() + timedelta(seconds=SECONDS))


def release(name: str, holder: str) -> None:
    Lease.objects.filter(name=name, holder=holder).update(holder="")
