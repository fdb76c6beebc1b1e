"""Shared caches in front: how long they keep an answer, and how they are emptied."""

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from cache_visitor import Visitor, new_stage

from techport_cms.cache import policy
from techport_cms.cache import purge as purging
from techport_cms.cache.epoch import SharedEpoch
from techport_cms.changes.head import Head

pytestmark = pytest.mark.django_db

QUESTION = "/vragen/waarom/"
purged: list[list[str]] = []
failures: list[Exception] = []


def purge(keys: list[str]) -> None:
    if failures:
        raise failures.pop()
    purged.append(keys)


def ignore(keys: list[str]) -> None:
    """For stages whose threads go on in the tests after theirs."""


OPTIONS = {"purge": f"{__name__}.purge", "purge_again": 0, "poll_interval": 0.05, "trust": 0.2}


@pytest.fixture
def front(stage, tmp_path, monkeypatch):
    purged.clear()
    Visitor(stage).get(QUESTION)  # rendered once, it takes less than the log is trusted for
    monkeypatch.setattr(purging, "PAUSE", 0.1)
    heads = [Head.of(1)]
    front = new_stage(tmp_path, read=lambda: heads[-1], **OPTIONS)
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


def test_a_new_release_purges_once_more(front, tmp_path, monkeypatch) -> None:
    wait_for_purges(1)
    new_stage(tmp_path, read=lambda: front.heads[-1], **OPTIONS)  # the same release, started again
    time.sleep(0.3)
    wait_for_purges(1)
    monkeypatch.setattr(purging, "release", lambda: "c0ffee")
    new_stage(tmp_path, read=lambda: front.heads[-1], **OPTIONS)
    wait_for_purges(2)
    time.sleep(0.3)  # the old one is still there
    wait_for_purges(2)
    front.heads.append(Head.of(2))
    time.sleep(0.3)
    assert len(purged) > 2


def answering(directives: str, meanwhile: Callable[[], None] = lambda: None) -> Any:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        meanwhile()
        start_response("200 OK", [("Content-Type", "text/plain"), ("Cache-Control", directives)])
        return [b"an answer"]

    return application


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ("max-age=60", "public, max-age=0, s-maxage=60"),
        ("public, s-maxage=999999", "public, max-age=0, s-maxage=3600"),  # nothing is kept longer here either
        (policy.UNTIL_PUBLISHED, "public, max-age=0, s-maxage=86400, stale-while-revalidate=60"),
    ],
)
def test_an_answer_with_a_time_of_its_own_is_kept_no_longer_in_front(tmp_path, declared, told) -> None:
    stage = new_stage(tmp_path, answering(declared), lambda: Head.of(1), purge=f"{__name__}.ignore")
    assert Visitor(stage).get("/").headers["Cache-Control"] == told


def test_without_a_purge_it_is_a_second(tmp_path) -> None:
    stage = new_stage(tmp_path, answering("max-age=60"), lambda: Head.of(1))
    assert Visitor(stage).get("/").headers["Cache-Control"] == policy.UNTIL_PUBLISHED


def test_what_ends_after_a_publication_is_kept_a_second_in_front(tmp_path) -> None:
    """The purge may have been there already, and nobody takes away what comes after it."""
    heads = [Head.of(1)]

    def publish() -> None:
        heads.append(Head.of(2))
        stage._epoch.look()

    stage = new_stage(tmp_path, answering("", publish), lambda: heads[-1], purge=f"{__name__}.ignore")
    assert Visitor(stage).get("/").headers["Cache-Control"] == policy.UNTIL_PUBLISHED


def test_a_purge_that_fails_is_made_again(front) -> None:
    wait_for_purges(1)
    failures.append(OSError("unreachable"))
    front.heads.append(Head.of(2))
    wait_for_purges(2)
    assert not failures


def test_once_more_for_what_was_on_its_way(tmp_path, monkeypatch) -> None:
    """An answer that left before the publication may arrive in front after the first purge."""
    now, heads = [100.0], [Head.of(1)]
    monkeypatch.setattr(purging, "time", SimpleNamespace(monotonic=lambda: now[0]))
    epoch = SharedEpoch(tmp_path / "epoch", lambda: heads[-1])
    ours, another = (purging.Purge(epoch, f"{__name__}.purge", 10.0) for _ in range(2))

    def purges_after(seconds: float) -> int:
        now[0] += seconds
        epoch.look()
        purged.clear()
        ours.follow()
        another.follow()
        return len(purged)

    assert [purges_after(seconds) for seconds in (0, 9.9, 0.2, 60)] == [1, 0, 1, 0]
    heads.append(Head.of(2))
    assert [purges_after(seconds) for seconds in (0, 1)] == [1, 0]
    heads.append(Head.of(3))  # begins the time anew
    assert [purges_after(seconds) for seconds in (0, 9.9)] == [1, 0]
    failures.append(OSError("unreachable"))
    assert [purges_after(seconds) for seconds in (0.2, 1, purging.PAUSE, 60)] == [0, 0, 1, 0]
