"""Redis as a second store: what one process has rendered another one finds; nothing depends on it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest
import redis
from cache_visitor import Visitor, new_stage
from demo_site import free_port
from django.contrib.staticfiles.storage import staticfiles_storage
from installed import installed

from techport_cms.cache.entries import Answer
from techport_cms.cache.shared import pack, release, unpack

pytestmark = pytest.mark.django_db

QUESTION = "/vragen/waarom/"


@pytest.fixture
def server(tmp_path) -> Iterator[tuple[str, subprocess.Popen]]:
    """A Redis of our own, which a test may kill."""
    executable = installed("redis-server")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen([executable, *options], stdout=subprocess.DEVNULL)  # noqa: S603
    url = f"redis://127.0.0.1:{port}/0"
    wait_for(url)
    yield url, process
    process.send_signal(signal.SIGCONT)
    process.kill()
    process.wait()


def wait_for(url: str) -> None:
    client = redis.Redis.from_url(url)
    for _ in range(100):
        try:
            client.ping()
        except redis.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)


@pytest.fixture
def processes(stage, server, tmp_path) -> list[Visitor]:
    """Two stages with the same epoch and memories of their own."""
    return [Visitor(new_stage(tmp_path, redis_url=server[0])) for _ in range(2)]


@pytest.mark.parametrize("path", [QUESTION, "/api/v2/pages/", "/search/?q=waarom"])
def test_another_process_finds_it(processes, path) -> None:
    first, second = processes
    made = first.get(path)
    found = second.get(path)
    assert (made.cached, found.cached) == ("stored", "hit")
    assert (made.body, made.headers["ETag"]) == (found.body, found.headers["ETag"])


def test_a_new_epoch_finds_nothing_old(processes, stage, question, committed) -> None:
    first, second = processes
    first.get(QUESTION)
    with committed():
        question.title = "Daarom!"
        question.save_revision().publish()
    reply = second.get(QUESTION)
    assert reply.cached == "stored"
    assert b"Daarom!" in reply.body


def test_what_depends_on_who_asks_is_not_in_it(processes, server) -> None:
    first, _ = processes
    for headers in ({"cookie": "sessionid=x"}, {"authorization": "Bearer x"}):
        first.get(QUESTION, **headers)
    first.get("/nope/")
    assert redis.Redis.from_url(server[0]).keys() == []


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
def test_when_redis_dies_the_site_goes_on(processes, server, end) -> None:
    first, second = processes
    first.get(QUESTION)
    os.kill(server[1].pid, end)
    started = time.monotonic()
    replies = [second.get(path) for path in (QUESTION, "/vragen/", "/", "/api/v2/pages/", QUESTION)]
    assert {reply.status for reply in replies} == {200}
    assert replies[-1].cached == "hit"
    assert time.monotonic() - started < 3
    assert first.get("/nope/").status == 404


def test_a_value_of_somebody_else_is_left_alone(processes, server) -> None:
    first, second = processes
    first.get(QUESTION)
    client = redis.Redis.from_url(server[0])
    for name in client.scan_iter():
        client.set(name, b"something else", px=60_000)
    assert second.get(QUESTION).cached == "stored"


def test_an_answer_comes_back_as_it_was() -> None:
    answer = Answer("200 OK", (("Content-Type", "text/plain"), ("X", "é")), b"\n\x00body\n")
    assert unpack(pack(answer)) == answer


def test_the_release_is_read_at_once() -> None:
    started = time.monotonic()
    assert release() == release()
    assert time.monotonic() - started < 4


def test_other_static_files_are_another_release(monkeypatch) -> None:
    """Pages name them with a digest of their content, which no code and no template tells."""
    before = release.__wrapped__()
    assert release.__wrapped__() == before
    monkeypatch.setattr(staticfiles_storage, "manifest_hash", "other", raising=False)
    assert release.__wrapped__() != before


def test_other_settings_are_another_release(settings) -> None:
    before = release.__wrapped__()
    settings.TECHPORT_CONTENT = {**settings.TECHPORT_CONTENT, "CHANNELS": {}}
    assert release.__wrapped__() != before


def test_what_another_process_has_made_of_the_settings_is_no_other_release(settings) -> None:
    settings.OF_A_HOST = {"backend": object(), ("a", "tuple"): 1}
    before = release.__wrapped__()
    settings.OF_A_HOST = {"backend": object(), ("a", "tuple"): 1}
    assert release.__wrapped__() == before
