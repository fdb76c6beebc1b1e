"""Shared caches in front: how long they keep an answer, and how they are emptied."""

import time

import pytest
from cache_visitor import Visitor, new_stage

from techport_cms.cache import purge as purging
from techport_cms.changes.head import Head

pytestmark = pytest.mark.django_db

QUESTION = "/vragen/waarom/"
purged: list[list[str]] = []
failures: list[Exception] = []


def purge(keys: list[str]) -> None:
    if failures:
        raise failures.pop()
    purged.append(keys)


@pytest.fixture
def front(stage, tmp_path, monkeypatch):
    purged.clear()
    Visitor(stage).get(QUESTION)  # rendered once, it takes less than the log is trusted for
    monkeypatch.setattr(purging, "PAUSE", 0.1)
    heads = [Head.of(1)]
    options = {"purge": f"{__name__}.purge", "poll_interval": 0.05, "trust": 0.2}
    front = new_stage(tmp_path, read=lambda: heads[-1], **options)
    front.heads = heads
    return front


def wait_for_purges(number: int) -> None:
    deadline = time.monotonic() + 10
    while len(purged) < number and time.monotonic() < deadline:
        time.sleep(0.02)
    assert purged == [["techport"]] * number


def test_with_a_purge_answers_are_kept_long(front) -> None:
    told = Visitor(front).get(QUESTION).headers["Cache-Control"]
    assert told == "public, max-age=0, s-maxage=86400, stale-while-revalidate=60"


def test_each_epoch_is_purged_once(front) -> None:
    wait_for_purges(1)  # though nobody has asked for anything since the start
    front.heads.append(Head.of(2))
    wait_for_purges(2)
    time.sleep(0.3)
    wait_for_purges(2)


def test_a_purge_that_fails_is_made_again(front) -> None:
    wait_for_purges(1)
    failures.append(OSError("unreachable"))
    front.heads.append(Head.of(2))
    wait_for_purges(2)
    assert not failures
