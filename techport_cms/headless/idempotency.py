"""Idempotency-Key, as draft-ietf-httpapi-idempotency-key-header has it: what is sent again because
its answer got lost is done once, and answered the same."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .access import caller
from .conf import conf
from .models import Submission
from .parameters import Parameter
from .problems import ApiError, bad_request

Json = dict[str, Any]

KEY = re.compile('"?([!#-~]{1,255})"?')  # a string in quotes; many clients leave them out
IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "Names this submission: sent again with the same key it is done once, and answered the same.",
    {"type": "string", "pattern": f"^{KEY.pattern}$"},
)
WORKING = timedelta(minutes=1)  # then whoever worked on it was killed


def once(request: HttpRequest, scope: str, sent: Json, work: Callable[[], Json]) -> Json:
    """The answer of `work`, which is one transaction, or the one that was given to this key before.

    What `work` refuses (ApiError) is not remembered: it has done nothing, and may be tried again.
    Raises ApiError with 400 for a key that is none, 409 while the first is being worked on, and 422
    where the key came with another body.
    """
    key = _key(request)
    if key is None:
        with transaction.atomic():
            return work()
    asking = caller(request).token
    name = sha256(f"{scope}:{asking.pk if asking else ''}:{key}".encode()).hexdigest()
    mine = Submission(pk=name, body=_body_digest(sent), started_at=timezone.now())
    before = _claim(mine)
    return before if before is not None else _work(mine, work)


def _key(request: HttpRequest) -> str | None:
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    match = KEY.fullmatch(given.strip())
    if match is None:
        raise bad_request("Idempotency-Key must be a string of 1 to 255 ASCII characters without spaces.")
    return match[1]


def _claim(mine: Submission) -> Json | None:
    """The answer that was given; None: it is ours to work on."""
    try:
        with transaction.atomic():
            mine.save(force_insert=True)
        return None
    except IntegrityError:
        pass
    if _take_over(mine, mine.started_at - timedelta(seconds=conf().idempotency_seconds)):
        return None
    other = Submission.objects.filter(pk=mine.pk).first()
    if other is not None and other.body != mine.body:
        raise ApiError(422, "This Idempotency-Key was used with another body.")
    if other is not None and other.answer is not None:
        return other.answer
    if _take_over(mine, mine.started_at - WORKING, answer__isnull=True):
        return None
    raise ApiError(409, "The first request with this key is being worked on.", headers={"Retry-After": "1"})


def _take_over(mine: Submission, before: datetime, **having: Any) -> bool:
    """Where the row is from before this moment it becomes ours, also if several try at once."""
    rows = Submission.objects.filter(pk=mine.pk, started_at__lt=before, **having)
    return bool(rows.update(body=mine.body, started_at=mine.started_at, answer=None))


def _work(mine: Submission, work: Callable[[], Json]) -> Json:
    own = Submission.objects.filter(pk=mine.pk, started_at=mine.started_at)
    try:
        with transaction.atomic():
            answer = work()
            if not own.update(answer=answer):
                raise ApiError(409, "Another request with this key was faster.")
            return answer
    except ApiError:
        own.delete()
        raise


def _body_digest(sent: Json) -> str:
    """With the site's key: what people send is guessed more easily than a token."""
    text = json.dumps(sent, sort_keys=True)
    return salted_hmac("techport_headless.idempotency", text, algorithm="sha256").hexdigest()
