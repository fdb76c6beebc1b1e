"""The bounds of the cache: memory, renders at the same time, a database that is away, a restored log."""

import os
import signal
import threading
import time
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from cache_visitor import Visitor, new_stage
from django.db import Error
from django.test import Client

from techport_cms.cache.epoch import SharedEpoch
from techport_cms.cache.stage import CacheStage
from techport_cms.changes.head import Head

MONDAY, TUESDAY = (datetime(2026, 1, day, tzinfo=UTC) for day in (5, 6))

pytestmark = pytest.mark.django_db

HTML = ("Content-Type", "text/html; charset=utf-8")
QUESTION = "/vragen/waarom/"


class TestMemory:
    def test_bytes_are_bounded_and_what_is_asked_for_stays(self, stage, tmp_path) -> None:
        def application(environ, start_response):
            start_response("200 OK", [HTML])
            return [(environ["PATH_INFO"].encode() + bytes(range(256))) * 40]

        bounded = new_stage(tmp_path, application, max_bytes=1024 * 1024)
        visitor = Visitor(bounded)
        visitor.get("/often/")
        for number in range(300):
            visitor.get(f"/page-{number}/")
            visitor.get(f"/?page={number}")
            assert visitor.get("/often/").cached == "hit"
        assert 10 < len(bounded.pages) < 100
        assert bounded.pages.size + bounded.lists.size <= 1024 * 1024

    def test_a_long_answer_is_not_kept(self, stage, tmp_path) -> None:
        def application(environ, start_response):
            start_response("200 OK", [HTML])
            return [b"x" * 100_000]

        visitor = Visitor(new_stage(tmp_path, application, max_entry_bytes=50_000))
        visitor.get("/")
        assert visitor.get("/").cached != "hit"

    def test_long_addresses_count(self, visitor, stage, settings) -> None:
        settings.TECHPORT_HEADLESS = {"READ_LIMIT": None}
        before = stage.lists.size
        assert visitor.get("/api/v2/pages/?slug=" + "1" * 60_000).cached == "stored"
        assert stage.lists.size - before > 60_000

    def test_headers_of_clients_are_not_remembered(self, visitor) -> None:
        visitor.get(QUESTION)
        tracemalloc.start()
        for number in range(100):
            reply = visitor.get(QUESTION, accept_encoding=f"gzip, {number}" + "a" * 100_000)
            assert (reply.cached, reply.headers.get("Content-Encoding")) == ("hit", None)
        kept, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert kept < 2_000_000

    @pytest.mark.parametrize("port", ["080", "00443", "9" * 30, "9" * 4500])
    def test_other_spellings_of_a_port(self, visitor, port: str) -> None:
        reply = visitor.get(QUESTION, host=f"localhost:{port}")
        assert (reply.status, reply.cached) == (200, "miss")


class TestStampede:
    def test_one_render_for_all_who_ask_at_the_same_time(self, db, stage, tmp_path) -> None:
        renders = []

        def application(environ, start_response):
            renders.append(environ["PATH_INFO"])
            time.sleep(0.3)
            start_response("200 OK", [HTML])
            return [b"slow"]

        replies = self.ask_together(new_stage(tmp_path, application))
        assert renders == ["/"]
        assert {reply.body for reply in replies} == {b"slow"}

    def test_also_where_something_is_published_meanwhile(self, stage, tmp_path) -> None:
        """What was waited for is old then: one of those who waited renders it again for all."""
        renders = []

        def application(environ, start_response):
            renders.append(environ["PATH_INFO"])
            time.sleep(0.3)
            if len(renders) == 1:
                heads.append(Head.of(2))
                slow._epoch.look()
            start_response("200 OK", [HTML])
            return [b"%d" % len(renders)]

        slow = new_stage(tmp_path, application)
        heads = [Head.of(1)]
        slow._epoch._read = lambda: heads[-1]
        replies = self.ask_together(slow)
        assert len(renders) == 2
        assert sorted(reply.body for reply in replies) == [b"1", *[b"2"] * 7]

    def test_one_render_for_each_media_type(self, stage, tmp_path) -> None:
        renders = []

        def application(environ, start_response):
            kind = "text/html" if "html" in environ.get("HTTP_ACCEPT", "") else "application/json"
            renders.append(kind)
            time.sleep(0.3)
            start_response("200 OK", [("Content-Type", kind), ("Vary", "Accept")])
            return [kind.encode()]

        slow = new_stage(tmp_path, application)
        browser = "text/html,application/xhtml+xml,*/*;q=0.8"
        replies = self.ask_together(slow, ["application/json", *[browser] * 7])
        assert sorted(renders) == ["application/json", "text/html"]
        assert sorted(reply.body for reply in replies) == [b"application/json", *[b"text/html"] * 7]

    def test_who_waited_for_what_is_not_kept_renders_it(self, stage, tmp_path) -> None:
        def application(environ, start_response):
            time.sleep(0.1)
            start_response("404 Not Found", [HTML])
            return [b"nothing"]

        replies = self.ask_together(new_stage(tmp_path, application))
        assert [reply.status for reply in replies] == [404] * 8

    @pytest.fixture(autouse=True)
    def hosts_without_database(self, monkeypatch) -> None:
        monkeypatch.setattr("techport_cms.cache.stage.is_known", lambda host, port: True)
        monkeypatch.setattr("techport_cms.cache.derived.Site.clear_site_root_paths_cache", lambda: None)

    def ask_together(self, stage: CacheStage, accept: Sequence[str | None] = (None,) * 8) -> list[Any]:
        replies: list[Any] = []

        def ask(accept: str | None) -> None:
            headers = {"accept": accept} if accept else {}
            replies.append(Visitor(stage).get("/", **headers))

        threads = [threading.Thread(target=ask, args=[one]) for one in accept]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return replies


class TestWithoutDatabase:
    @pytest.fixture
    def log(self) -> list[Any]:
        return [Head.of(1)]

    @pytest.fixture
    def away(self, stage, tmp_path, log) -> CacheStage:
        """A stage whose log is what the last item of `log` says, or raises."""

        def read() -> Head:
            if isinstance(log[-1], Exception):
                raise log[-1]
            return log[-1]

        Visitor(stage).get(QUESTION)  # rendered once, it takes less than the log is trusted for
        away = new_stage(tmp_path, trust=0.3, poll_interval=0.1, stale_for=60)
        away._epoch._read = read
        return away

    def test_entries_are_served_for_the_stated_time_and_say_so(self, away, log, monkeypatch) -> None:
        visitor = Visitor(away)
        assert visitor.get(QUESTION).cached == "stored"
        log.append(Error("gone"))
        time.sleep(0.5)
        reply = visitor.get(QUESTION)
        assert reply.cached == "hit"
        assert reply.headers["Warning"].startswith("110 ")
        started = time.monotonic()
        visitor.get(QUESTION)
        assert time.monotonic() - started < 2, "only the first one waits"
        with monkeypatch.context() as later:
            later.setattr(away._watcher, "away_for", lambda: 61.0)
            assert visitor.get(QUESTION).cached == "stored"
        log.append(Head.of(1))
        time.sleep(0.3)
        assert "Warning" not in visitor.get(QUESTION).headers

    def test_what_is_known_to_be_old_is_not_served(self, away, log) -> None:
        visitor = Visitor(away)
        visitor.get(QUESTION)
        log.append(Head.of(2))
        time.sleep(0.5)
        visitor.get("/")
        log.append(Error("gone"))
        time.sleep(0.5)
        assert visitor.get(QUESTION).cached != "hit"

    def test_what_another_host_publishes_is_seen_within_a_second(self, away, log) -> None:
        visitor = Visitor(away)
        visitor.get(QUESTION)
        assert visitor.get(QUESTION).cached == "hit"
        log.append(Head.of(2))
        time.sleep(0.35)
        assert visitor.get(QUESTION).cached == "stored"


def test_a_restored_log_is_believed(tmp_path) -> None:
    heads = [Head.of(9, MONDAY), Head.of(5, TUESDAY), Head.of(5, TUESDAY)]
    epoch = SharedEpoch(tmp_path / "epoch", lambda: heads.pop(0))
    epoch.look()
    assert epoch.stamp == Head.of(9, MONDAY).stamp
    epoch.look()
    assert epoch.stamp == Head.of(5, TUESDAY).stamp


def test_a_late_answer_never_lowers_the_epoch(tmp_path) -> None:
    heads = [Head.of(9, MONDAY), Head.of(8, TUESDAY), Head.of(9, MONDAY)]
    epoch = SharedEpoch(tmp_path / "epoch", lambda: heads.pop(0))
    epoch.look()
    epoch.look()
    assert epoch.stamp == Head.of(9, MONDAY).stamp


def test_a_fork_inherits_no_lock_that_is_held(tmp_path) -> None:
    """The thread of the parent that would give it back is not in the child."""
    epoch = SharedEpoch(tmp_path / "epoch", lambda: Head.of(2))
    with epoch._thread_lock:
        child = os.fork()
        if child == 0:  # pragma: no cover - another process
            signal.alarm(20)
            epoch.look()
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_the_site_works_without_the_stage(stage) -> None:
    assert Client().get(QUESTION).status_code == 200
