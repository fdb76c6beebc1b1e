"""What happens at a time, besides publishing and expiring: rooms register it, the worker does it.

So what is public never depends on the clock, only on the publication log.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Model


@dataclass(frozen=True)
class ScheduledJob:
    name: str  # for the log of the worker
    is_due: Callable[[], bool]  # only reads, and often
    # In a transaction; answers what readers see differently now, for the publication log. Two workers may run
    # it at once: it locks what it changes, and leaves what another one has locked.
    run: Callable[[], Iterable[Model]]


_jobs: list[ScheduledJob] = []


def register(job: ScheduledJob) -> None:
    if job not in _jobs:
        _jobs.append(job)


def scheduled_jobs() -> tuple[ScheduledJob, ...]:
    return tuple(_jobs)
