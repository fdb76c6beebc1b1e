"""The process beside the server: looks at the log and the schedule, and does what is due in threads.

There may be several workers: an endpoint and the trimming are done under a lease, and each object of the
schedule is locked in the transaction that publishes it. A job that raises is logged and waits, longer each
time; the others go on. So does each object of the schedule.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from django.db import DatabaseError, InterfaceError, close_old_connections, connections
from django.db.models import Q
from django.utils import timezone

from techport_cms.changes.log import latest

from . import leases, schedule
from .conf import load
from .models import Delivery, Endpoint
from .sender import Sender, trim

logger = logging.getLogger(__name__)

Job = Callable[[], object]  # False: another worker is doing it

SCHEDULE = "schedule"  # the name of the job that has a thread of its own
SLICE = 5.0  # seconds after which an endpoint lets others have its thread
HEARTBEAT = leases.SECONDS / 3
TRIM_INTERVAL = 3600.0  # seconds
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds after an error of our own


class Every:
    """Says yes once in so many seconds, beginning now."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.next = time.monotonic()

    def is_due(self) -> bool:
        now = time.monotonic()
        if now < self.next:
            return False
        self.next = now + self.seconds
        return True


class Pauses:
    """How long each job, by name, is left alone after it raised."""

    def __init__(self) -> None:
        self._until: dict[str, tuple[float, float]] = {}  # when it ends, how long it was

    def has(self, name: str) -> bool:
        return time.monotonic() < self._until.get(name, (0.0, 0.0))[0]

    def lengthen(self, name: str) -> float:
        """Seconds from now on."""
        last = self._until.get(name, (0.0, FIRST_PAUSE / 2))[1]
        seconds = min(last * 2, LONGEST_PAUSE)
        self._until[name] = (time.monotonic() + seconds, seconds)
        return seconds

    def forget(self, name: str) -> None:
        self._until.pop(name, None)


class Worker:
    def __init__(
        self, *, webhooks: bool = True, scheduled: bool = True, stop: threading.Event | None = None
    ) -> None:
        self.settings = load()
        self.webhooks, self.scheduled = webhooks, scheduled
        self.stop = stop or threading.Event()
        self.holder = uuid.uuid4().hex
        self.running: set[str] = set()
        self.pauses = Pauses()
        self.heartbeat = Every(HEARTBEAT)
        self.schedule_look = Every(self.settings.schedule_interval)
        self.trim_look = Every(TRIM_INTERVAL)

    def run(self) -> None:
        """Until `stop` is set; what is being sent then is finished first."""
        senders = ThreadPoolExecutor(self.settings.threads, "sender")
        others = ThreadPoolExecutor(1, "schedule")  # slow receivers do not delay what is scheduled
        while not self.stop.is_set():
            self.stop.wait(self._tick(senders, others))
        senders.shutdown(cancel_futures=True)
        others.shutdown(cancel_futures=True)

    def run_once(self) -> None:
        """Do what is due now, one thing after the other, and return.

        What fails waits for another time, and what another worker is doing is left to it.
        """
        left: set[str] = set()
        with self._renewing():
            while not self.stop.is_set() and (due := [item for item in self._due() if item[0] not in left]):
                left.update(name for name, job in due if not self._attempt(name, job))

    def _tick(self, senders: ThreadPoolExecutor, others: ThreadPoolExecutor) -> float:
        """Start what is due; the seconds until the next look."""
        try:
            close_old_connections()
            if self.running and self.heartbeat.is_due():
                leases.renew(self.holder)
            for name, job in self._due():
                if self._is_free(name):
                    self.running.add(name)
                    pool = others if name == SCHEDULE else senders
                    pool.submit(self._do_in_thread, name, job)
        except (DatabaseError, InterfaceError):
            seconds = self.pauses.lengthen("look")
            logger.exception("The database cannot be read; the next look is in %g seconds.", seconds)
            connections.close_all()
            return seconds
        self.pauses.forget("look")
        return self.settings.poll_interval

    def _is_free(self, name: str) -> bool:
        return name not in self.running and not self.pauses.has(name)

    def _due(self) -> Iterator[tuple[str, Job]]:
        if self.scheduled and self.schedule_look.is_due() and any(self._scheduled()):
            yield SCHEDULE, self._run_scheduled
        if not self.webhooks:
            return
        for endpoint_id in due_endpoints():
            name = f"endpoint:{endpoint_id}"
            yield name, partial(self._under_lease, name, partial(self._send, endpoint_id))
        if self.trim_look.is_due():
            yield "trim", partial(self._under_lease, "trim", lambda: trim(timezone.now()))

    def _scheduled(self) -> Iterator[tuple[str, Job]]:
        return ((name, job) for name, job in schedule.due() if self._is_free(name))

    def _run_scheduled(self) -> None:
        for name, job in self._scheduled():
            self._attempt(name, job)

    @contextmanager
    def _renewing(self) -> Iterator[None]:
        """What `_tick` does for `run`, while this thread is busy itself."""
        ended = threading.Event()
        thread = threading.Thread(target=self._renew_until, args=(ended,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _renew_until(self, ended: threading.Event) -> None:
        while not ended.wait(HEARTBEAT):
            try:
                leases.renew(self.holder)
            except (DatabaseError, InterfaceError):
                logger.exception("The leases cannot be renewed; again in %g seconds.", HEARTBEAT)
            finally:
                connections.close_all()  # of this thread

    def _send(self, endpoint_id: int) -> None:
        end = time.monotonic() + SLICE
        Sender().run(endpoint_id, lambda: not self.stop.is_set() and time.monotonic() < end)

    def _do_in_thread(self, name: str, job: Job) -> None:
        try:
            self._attempt(name, job)
        finally:
            connections.close_all()  # of this thread
            self.running.discard(name)

    def _under_lease(self, name: str, job: Job) -> bool:
        if not leases.acquire(name, self.holder):
            return False
        try:
            job()
        finally:
            leases.release(name, self.holder)
        return True

    def _attempt(self, name: str, job: Job) -> bool:
        """Whether it is done: it may have failed, or another worker has it."""
        try:
            done = job() is not False
        except Exception:
            seconds = self.pauses.lengthen(name)
            logger.exception("%s failed; it is tried again in %g seconds.", name, seconds)
            return False
        self.pauses.forget(name)
        return done


def due_endpoints() -> list[int]:
    """Who is behind the log and not waiting for a next attempt, who has something sent by hand, and who was
    switched off by a worker that was killed before it told anybody."""
    ready = Q(next_attempt_at=None) | Q(next_attempt_at__lte=timezone.now())
    behind = Q(is_active=True, cursor__lt=latest()) & ready
    switched_off = Q(notice_due=True)
    waiting = Q(pk__in=Delivery.objects.filter(sent_at=None).values("endpoint"))
    due = Endpoint.objects.filter(behind | waiting | switched_off).exclude(sealed_secret="")
    return list(due.order_by("pk").values_list("pk", flat=True))
