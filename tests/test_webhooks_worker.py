"""The worker as a process: what it sends, what it publishes, and what becomes of it when it is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.utils import timezone
from webhook_receiver import receiving

from techport_cms.webhooks import leases
from techport_cms.webhooks import worker as worker_module
from techport_cms.webhooks.models import Lease
from techport_cms.webhooks.worker import Pauses, Worker

ROOT = Path(__file__).resolve().parents[1]

# In the other process: what it finds in its own, fresh database.
PREPARE = """
import sys
sys.path.insert(0, "tests")
from factories import published_home
from webhook_receiver import make_endpoint
home = published_home()
for url in {urls}:
    make_endpoint(url)
"""
SAVE = """
from home.models import HomePage
home = HomePage.objects.first()
for number in range({count}):
    home.save_revision().publish()
"""
SCHEDULE = """
import time
from datetime import timedelta
from django.utils import timezone
from home.models import HomePage
home = HomePage.objects.first()
home.unpublish()
due = timezone.now() + timedelta(seconds=3)
home.go_live_at = due
home.save_revision().publish()
assert not HomePage.objects.first().live
while not HomePage.objects.first().live:
    time.sleep(0.1)
print((timezone.now() - due).total_seconds())
"""
STATE = """
from techport_cms.changes.log import latest
from techport_cms.webhooks.models import Endpoint
print(latest() - Endpoint.objects.first().cursor)
"""


@pytest.fixture
def receiver():
    with receiving() as server:
        yield server


def variables(database: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "techport_cms.settings.test",
        "WORKER_TESTS": "1",
    }


def manage(database: str, *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    result = subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=variables(database), capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def run(database: str, script: str) -> str:
    return manage(database, "shell", "--verbosity", "0", "-c", script)


@contextmanager
def worker(database: str, *options: str) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "manage.py", "run_worker", *options]
    process = subprocess.Popen(command, cwd=ROOT, env=variables(database))  # noqa: S603
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    assert condition()


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
class TestProcess:
    def test_killed_between_sending_and_saving(self, scratch, receiver) -> None:
        """The same event comes again with the same id; none is lost, and they stay in order."""
        receiver.delay = 60  # it takes the event, and the answer never comes
        run(scratch, PREPARE.format(urls=[receiver.url]) + SAVE.format(count=3))
        with worker(scratch) as process:
            receiver.wait_for(1)
            process.send_signal(signal.SIGKILL)
            process.wait()
        receiver.delay = 0
        with worker(scratch) as process:
            receiver.wait_for(4, seconds=30)
            process.terminate()
            assert process.wait(20) == 0
        ids = [message.id for message in receiver.received]
        assert ids[0] == ids[1] and len(set(ids)) == 3
        sequences = [message.payload["data"]["sequence"] for message in receiver.received]
        assert sequences == sorted(sequences)
        assert run(scratch, STATE).strip() == "0"

    def test_two_workers_send_nothing_twice(self, scratch, receiver) -> None:
        run(scratch, PREPARE.format(urls=[receiver.url]) + SAVE.format(count=20))
        with worker(scratch), worker(scratch):
            receiver.wait_for(20)
            wait_until(lambda: run(scratch, STATE).strip() == "0")
        sequences = [message.payload["data"]["sequence"] for message in receiver.received]
        assert sequences == sorted(set(sequences)) and len(sequences) == 20

    def test_a_slow_endpoint_does_not_hold_up_another(self, scratch, receiver) -> None:
        with receiving() as slow:
            slow.delay = 60
            run(scratch, PREPARE.format(urls=[slow.url, receiver.url]) + SAVE.format(count=5))
            with worker(scratch):
                slow.wait_for(1)
                receiver.wait_for(5, seconds=9)

    def test_publishes_within_five_seconds_of_the_due_time(self, scratch) -> None:
        with worker(scratch):
            assert 0 < float(run(scratch, PREPARE.format(urls=[]) + SCHEDULE)) < 5

    def test_ends_with_its_parent(self, scratch) -> None:
        script = "import subprocess, sys; print(subprocess.Popen(sys.argv[1:]).pid)"
        command = [sys.executable, "manage.py", "run_worker", "--verbosity", "0", "--stop-with-parent"]
        shell = subprocess.run(  # noqa: S603
            [sys.executable, "-c", script + "; import time; time.sleep(8)", *command],
            cwd=ROOT,
            env=variables(scratch),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        pid = int(shell.stdout)
        wait_until(lambda: not is_running(pid))


def is_running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


@pytest.mark.django_db
class TestLease:
    def test_one_holder_at_a_time(self) -> None:
        assert leases.acquire("job", "a")
        assert not leases.acquire("job", "b")
        leases.release("job", "b")  # it is not b's
        assert not leases.acquire("job", "b")
        leases.release("job", "a")
        assert leases.acquire("job", "b")

    def test_ends_unless_it_is_renewed(self) -> None:
        assert leases.acquire("job", "a")
        Lease.objects.update(until=timezone.now() - timedelta(seconds=1))
        leases.renew("a")
        assert not leases.acquire("job", "b")
        Lease.objects.update(until=timezone.now() - timedelta(seconds=1))
        assert leases.acquire("job", "b")


def test_a_database_that_is_away_is_survived(monkeypatch, settings, caplog) -> None:
    """The look at the log fails twice, then goes on; the worker waits longer each time."""
    settings.TECHPORT_WEBHOOKS = {"POLL_INTERVAL": 0.01}
    looks, waits = [], []
    stop = threading.Event()
    worker = Worker(stop=stop)

    def due():
        looks.append(len(looks))
        if len(looks) == 4:
            stop.set()
        if len(looks) < 3:
            raise OperationalError("connection refused")
        return []

    monkeypatch.setattr(worker, "_due", due)
    monkeypatch.setattr(worker_module, "close_old_connections", lambda: None)
    monkeypatch.setattr(worker_module.connections, "close_all", lambda: None)
    monkeypatch.setattr(stop, "wait", waits.append)
    worker.run()
    assert waits == [1.0, 2.0, 0.01, 0.01]
    assert "connection refused" in caplog.text


def test_pauses_become_longer_and_end() -> None:
    pauses = Pauses()
    assert [pauses.lengthen("a") for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert pauses.has("a") and not pauses.has("b")
    pauses.forget("a")
    assert not pauses.has("a")
