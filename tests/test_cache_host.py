"""What one process of a server has rendered, the others find in files; and how often anything is rendered."""

import os
import random
import stat
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from cache_visitor import NEVER, Visitor

from techport_cms.cache.conf import CacheSettings
from techport_cms.cache.entries import Answer
from techport_cms.cache.epoch import SharedEpoch
from techport_cms.cache.host import HostStore, own_directory
from techport_cms.cache.requests import Key
from techport_cms.cache.stage import CacheStage
from techport_cms.changes.head import Head

HTML = ("Content-Type", "text/html; charset=utf-8")
MEGABYTE = 1024 * 1024


class Server:
    """Processes of one server, each a stage with a memory of its own."""

    def __init__(self, directory: Path, processes: int, **options) -> None:
        self.head = Head.of(1)
        self.renders = count()
        self.epoch = SharedEpoch(directory / "epoch", lambda: self.head)
        self.epoch.look()
        config = CacheSettings(enabled=True, trust=NEVER, **options)
        self.visitors = [Visitor(CacheStage(self.render, config, self.epoch)) for _ in range(processes)]

    def render(self, environ, start_response):
        number = next(self.renders)
        start_response("200 OK", [HTML])
        return [f"{environ['PATH_INFO']} {number} ".encode() * 80]

    def publish(self) -> None:
        self.head = Head.of(self.head.sequence + 1)
        self.epoch.look()


@pytest.fixture(autouse=True)
def without_database(monkeypatch) -> None:
    monkeypatch.setattr("techport_cms.cache.stage.is_known", lambda host, port: True)
    monkeypatch.setattr("techport_cms.cache.derived.Site.clear_site_root_paths_cache", lambda: None)


def test_one_renders_for_all(tmp_path) -> None:
    server = Server(tmp_path, 3)
    first = server.visitors[0].get("/")
    others = [visitor.get("/") for visitor in server.visitors]
    assert [reply.cached for reply in others] == ["hit", "hit", "hit"]
    assert {reply.body for reply in others} == {first.body}
    assert server.visitors[1].get("/", accept_encoding="br").headers["Content-Encoding"] == "br"


def test_nothing_outlives_a_publication(tmp_path) -> None:
    server = Server(tmp_path, 2)
    first = server.visitors[0].get("/")
    server.publish()
    second = server.visitors[1].get("/")
    assert (second.cached, second.body == first.body) == ("stored", False)
    assert server.visitors[0].get("/").body == second.body
    (own,) = tmp_path.glob("epoch-answers-*")
    assert len(list(own.iterdir())) == 1  # what was rendered before is deleted


def test_what_is_rendered_too_late_deletes_nothing(tmp_path) -> None:
    """Somebody publishes during a render, and another process has stored since."""
    server = Server(tmp_path, 2)
    early, late = server.visitors

    def publish_meanwhile(environ, start_response):
        server.publish()
        early.get("/new/")
        return server.render(environ, start_response)

    late.stage._application = publish_meanwhile
    late.get("/slow/")
    late.stage._application = server.render
    assert late.get("/new/").cached == "hit"
    assert early.get("/slow/").cached == "stored"
    assert late.get("/slow/").cached == "hit"  # not what it has rendered itself, which is of before
    assert early.get("/other/").cached == "stored"
    assert late.get("/other/").cached == "hit"


def test_two_that_have_seen_different_epochs_go_on_sharing(tmp_path) -> None:
    """A process that was held up between looking at the epoch and writing."""
    one, other = (HostStore(tmp_path / "epoch", MEGABYTE) for _ in range(2))
    answer = Answer("200 OK", (HTML,), b"text")
    key = Key("example.org", "/", "", False)
    for stamp, store in ((1, one), (1, other), (2, one), (1, other), (2, one), (2, other)):
        store.put(stamp, key, answer, 60)  # each tidies up what the other one has
    one.put(2, key, answer, 60)
    assert other.get(2, key) is not None


def test_the_files_are_bounded(tmp_path) -> None:
    server = Server(tmp_path, 2, host_bytes=40_000)
    for number in range(100):
        server.visitors[0].get(f"/{number}/")
    files = [file for file in tmp_path.rglob("*") if file.is_file() and file.name != "epoch"]
    assert 20_000 < sum(file.stat().st_size for file in files) < 50_000
    assert server.visitors[1].get("/99/").cached == "stored"


def test_it_can_be_switched_off(tmp_path) -> None:
    server = Server(tmp_path, 2, host_bytes=0)
    assert [visitor.get("/").cached for visitor in server.visitors] == ["stored", "stored"]
    assert not list(tmp_path.glob("epoch-answers-*"))


def test_broken_files_are_no_answers(tmp_path) -> None:
    server = Server(tmp_path, 2)
    server.visitors[0].get("/")
    server.visitors[1].get("/other/")
    for file in tmp_path.glob("epoch-answers-*/*/*"):
        file.write_bytes(b"x" * 50)
    assert server.visitors[1].get("/").cached == "stored"


def test_a_disk_that_refuses_is_done_without(tmp_path, monkeypatch) -> None:
    def refuse(self, data) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    server = Server(tmp_path, 1)
    assert [server.visitors[0].get("/").cached for _ in range(2)] == ["stored", "hit"]


class TestDirectory:
    def test_nobody_else_reads_it(self, tmp_path) -> None:
        own = own_directory(tmp_path / "epoch")
        assert stat.S_IMODE(own.stat().st_mode) == 0o700
        assert own == own_directory(tmp_path / "epoch")

    def test_a_server_that_is_the_first_process_of_a_container_is_found(self, tmp_path, monkeypatch) -> None:
        monkeypatch.setattr(os, "getppid", lambda: 1)
        monkeypatch.setattr("techport_cms.cache.host._program", lambda pid: "/usr/bin/python3")
        assert own_directory(tmp_path / "epoch").name.startswith("epoch-answers-1-")
        monkeypatch.setattr("techport_cms.cache.host._program", str)  # init, and this process
        assert own_directory(tmp_path / "epoch").name.startswith(f"epoch-answers-{os.getpid()}-")

    def test_what_an_earlier_server_with_the_same_number_has_left_is_removed(self, tmp_path) -> None:
        old = tmp_path / f"epoch-answers-{os.getppid()}-1-x"
        old.mkdir()
        own_directory(tmp_path / "epoch")
        assert not old.exists()

    def test_somebody_elses_is_not_used(self, tmp_path) -> None:
        own = own_directory(tmp_path / "epoch")
        own.rmdir()
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        own.symlink_to(elsewhere)
        with pytest.raises(PermissionError):
            own_directory(tmp_path / "epoch")

    def test_that_of_a_server_that_has_ended_is_removed(self, tmp_path) -> None:
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        old, running = (tmp_path / f"epoch-answers-{pid}-x" for pid in (ended.pid, os.getpid()))
        old.mkdir()
        running.mkdir()
        own_directory(tmp_path / "epoch")
        assert (old.exists(), running.exists()) == (False, True)


# The load that the cache is made for: 20 requests a second over 1,000 addresses, of which the one in
# place n is asked for 1/n as often as the first (Zipf), and an edit every ten minutes.
# Each edit lets everything be rendered again, so one period of ten minutes is like the next.
ADDRESSES, REQUESTS = 1000, 20 * 600


@pytest.mark.parametrize("processes", [1, 2])
def test_nine_of_ten_requests_are_hits(tmp_path, processes) -> None:
    rate = hit_rate(Server(tmp_path, processes))
    print(f"{processes} processes: {rate:.1%} of {REQUESTS} requests were hits")  # noqa: T201
    assert rate >= 0.9


def test_two_processes_on_their_own_do_not_reach_that(tmp_path) -> None:
    """Which is what the files are for."""
    rate = hit_rate(Server(tmp_path, 2, host_bytes=0))
    print(f"2 processes without files: {rate:.1%}")  # noqa: T201
    assert rate < 0.9


def hit_rate(server: Server) -> float:
    chance = random.Random(1)  # noqa: S311
    addresses = [f"/{number}/" for number in range(ADDRESSES)]
    popularity = [1 / (number + 1) for number in range(ADDRESSES)]
    asked = chance.choices(addresses, popularity, k=REQUESTS)
    hits = sum(chance.choice(server.visitors).get(address).cached == "hit" for address in asked)
    return hits / REQUESTS


def test_the_files_are_bounded_though_workers_begin_anew(tmp_path) -> None:
    answer = Answer("200 OK", (HTML,), b"x" * 1000)
    for worker in range(5):
        store = HostStore(tmp_path / "epoch", 10_000)
        for number in range(50):
            store.put(7, Key("example.org", f"/{worker}-{number}/", "", False), answer, 60)
    assert sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()) <= 11_000
