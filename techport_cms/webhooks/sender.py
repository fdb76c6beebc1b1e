"""Tells one endpoint what is in the log: in order, each event until it has arrived.

The cursor is saved after the answer, in the transaction that writes the delivery log. A worker
that dies in between sends the same event again, with the same id: at least once, never none.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, cast

from django.db import transaction
from django.utils import timezone

from techport_cms.changes.log import BehindHorizonError, after
from techport_cms.changes.models import Change

from . import notices, signing, transport
from .addresses import RefusedAddressError
from .conf import WebhookSettings, load
from .events import Event, event_of, is_wanted, is_wanted_event, test_event, truncated
from .models import Delivery, Endpoint
from .transport import printable

logger = logging.getLogger(__name__)

BATCH = 200  # rows of the log that are read at once
KEPT_HEADERS = 20  # of an answer
KEPT_HEADER = 200  # characters of each
LONGEST_ERROR = 300  # characters
ERRORS: dict[type[Exception], str] = {
    RefusedAddressError: Delivery.Error.REFUSED,
    transport.TimedOutError: Delivery.Error.TIMED_OUT,
    signing.LostSecretError: Delivery.Error.LOST_SECRET,
}

Post = Callable[[str, bytes, Mapping[str, str], float], transport.Answer]


def always() -> bool:
    return True


class Sender:
    """`clock` and `post` are those of the tests, else the time and the network."""

    def __init__(self, clock: Callable[[], datetime] = timezone.now, post: Post = transport.post) -> None:
        self.clock = clock
        self.post = post
        self.settings: WebhookSettings = load()

    def run(self, endpoint_id: int, may_go_on: Callable[[], bool] = always) -> None:
        """Send what is due, until there is no more, one fails or `may_go_on` says no."""
        endpoint = Endpoint.objects.filter(pk=endpoint_id).first()
        if endpoint is None or not endpoint.has_secret:
            return
        self._send_waiting(endpoint, may_go_on)
        may_be_more = True
        while may_be_more and self._is_due(endpoint) and may_go_on():
            may_be_more = self._send_batch(endpoint, may_go_on)
        if endpoint.notice_due:
            _tell_disabled(endpoint)

    def _is_due(self, endpoint: Endpoint) -> bool:
        waits = endpoint.next_attempt_at is not None and endpoint.next_attempt_at > self.clock()
        return endpoint.is_active and not waits

    def _send_batch(self, endpoint: Endpoint, may_go_on: Callable[[], bool]) -> bool:
        """Whether there may be more."""
        try:
            changes = after(endpoint.cursor, BATCH)
        except BehindHorizonError as behind:
            return self._tell(endpoint, truncated(behind.horizon, self.clock()), behind.horizon)
        skipped = endpoint.cursor
        for change in changes:
            if not may_go_on():
                break
            event = event_of(change) if is_wanted(endpoint, change) else None
            if event is None or not is_wanted_event(endpoint, event):
                skipped = _number(change)
            elif not self._tell(endpoint, event, _number(change)):
                return False
        if skipped > endpoint.cursor and not _move(endpoint, skipped):
            return False
        return bool(changes)

    def _tell(self, endpoint: Endpoint, event: Event, cursor: int) -> bool:
        """One attempt; whether the event arrived and this endpoint may be told of the next one."""
        delivery = Delivery(endpoint=endpoint, attempt=endpoint.failures + 1)
        gone = not self._attempt(delivery, event) and delivery.status == HTTPStatus.GONE
        with transaction.atomic():
            if delivery.succeeded:
                moved = _move(endpoint, cursor, failures=0, failing_since=None, next_attempt_at=None)
            else:
                moved = _move(endpoint, endpoint.cursor, **self._failure(endpoint, gone))
            if not moved:  # deleted, or another worker was faster
                return False
            delivery.save()
        return delivery.succeeded

    def _failure(self, endpoint: Endpoint, gone: bool) -> dict[str, Any]:
        """What becomes of an endpoint that failed once more: it is tried later, or not any more."""
        now = self.clock()
        since = endpoint.failing_since or now
        given_up = gone or now - since >= timedelta(hours=self.settings.disable_after_hours)
        values = {
            "failures": endpoint.failures + 1,
            "failing_since": since,
            "next_attempt_at": now + timedelta(seconds=self.delay(endpoint.failures + 1)),
        }
        if given_up:
            logger.warning("Webhook %s was switched off.", endpoint.pk)
            values |= {"is_active": False, "disabled_at": now, "notice_due": True}
        return values

    def delay(self, failures: int) -> float:
        """Seconds until the next attempt, after so many failures in a row."""
        doubled = min(failures - 1, 30)  # more is longer than any limit
        return min(self.settings.retry_first * 2**doubled, self.settings.retry_longest)

    def _attempt(self, delivery: Delivery, event: Event) -> bool:
        """Send the event and fill in the delivery, not yet saved; whether it arrived."""
        endpoint = delivery.endpoint
        delivery.event, delivery.sequence = event.name, event.sequence
        delivery.webhook_id = endpoint.webhook_id(event.key)
        delivery.body = signing.encode(event.payload)
        delivery.sent_at = now = self.clock()
        try:
            signed = signing.sign(delivery.webhook_id, now, delivery.body, endpoint.secrets(now))
            delivery.request_headers = {"content-type": "application/json", "user-agent": AGENT, **signed}
            body = delivery.body.encode()
            answer = self.post(endpoint.url, body, delivery.request_headers, self.settings.timeout)
        except (OSError, HTTPException, ValueError, signing.LostSecretError) as error:
            told = ERRORS.get(type(error)) or f"{type(error).__name__}: {error}"
            delivery.error = printable(told)[:LONGEST_ERROR]
            return False
        delivery.status, delivery.milliseconds = answer.status, answer.milliseconds
        delivery.response_headers = _kept(answer.headers)
        delivery.response_body = answer.body
        return delivery.succeeded

    def _send_waiting(self, endpoint: Endpoint, may_go_on: Callable[[], bool]) -> None:
        """What a person asked for: tests and replays, also to an endpoint that is switched off."""
        for delivery in endpoint.deliveries.filter(sent_at=None).order_by("pk"):
            if not may_go_on():
                return
            delivery.endpoint = endpoint
            event = self._asked_for(delivery)
            if event is None:
                delivery.sent_at, delivery.error = self.clock(), Delivery.Error.TRIMMED
            else:
                self._attempt(delivery, event)
            delivery.save()

    def _asked_for(self, delivery: Delivery) -> Event | None:
        """None where the log does not hold it any more. It is told as it is now, not as it was then."""
        if delivery.reason == Delivery.Reason.TEST:
            return test_event(f"test_{delivery.pk}", delivery.requested_at)
        change = Change.objects.filter(sequence=delivery.sequence).first()
        return event_of(change) if change else None


AGENT = "techport-cms"


def _number(change: Change) -> int:
    return cast(int, change.sequence)  # rows that `after` returns have committed


def _move(endpoint: Endpoint, cursor: int, **values: Any) -> bool:
    """Save the cursor and these values, unless somebody else moved it; whether that was so."""
    unmoved = Endpoint.objects.filter(pk=endpoint.pk, cursor=endpoint.cursor)
    if not unmoved.update(cursor=cursor, **values):
        return False
    for name, value in {"cursor": cursor, **values}.items():
        setattr(endpoint, name, value)
    return True


def _tell_disabled(endpoint: Endpoint) -> None:
    """Once more where a worker was killed before it could say that it had been done."""
    last = endpoint.deliveries.filter(reason=Delivery.Reason.LOG).order_by("pk").last()
    if last:
        notices.tell_disabled(endpoint, last)
    Endpoint.objects.filter(pk=endpoint.pk).update(notice_due=False)


def _kept(headers: dict[str, str]) -> dict[str, str]:
    kept = list(headers.items())[:KEPT_HEADERS]
    return {printable(name[:KEPT_HEADER]): printable(value[:KEPT_HEADER]) for name, value in kept}


def trim(now: datetime) -> int:
    """Delete what is old or too much in the delivery log; return how many rows that were."""
    settings = load()
    sent = Delivery.objects.filter(sent_at__isnull=False)
    deleted = sent.filter(sent_at__lt=now - timedelta(days=settings.keep_days)).delete()[0]
    for endpoint_id in Endpoint.objects.values_list("pk", flat=True):
        of_endpoint = sent.filter(endpoint_id=endpoint_id).order_by("-pk")
        oldest = of_endpoint.values_list("pk", flat=True)[settings.keep_rows : settings.keep_rows + 1].first()
        if oldest:
            deleted += of_endpoint.filter(pk__lte=oldest).delete()[0]
    return deleted
