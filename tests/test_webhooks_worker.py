"""The worker as a process: what it sends, what it publishes, and what becomes of it when it is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from factories import FaqIndexPageFactory, QuestionPageFactory, published_home
from wagtail.models import Page
from webhook_receiver import make_endpoint, number_at_once, receiving

from faq.models import QuestionPage
from techport_cms.changes.log import latest, record
from techport_cms.changes.models import Kind
from techport_cms.webhooks import leases, schedule
from techport_cms.webhooks import worker as worker_module
from techport_cms.webhooks.models import Delivery, Endpoint, Lease
from techport_cms.webhooks.sender import Sender, trim
from techport_cms.webhooks.worker import Pauses, Worker, due_endpoints

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
class TestOnce:
    @pytest.fixture
    def endpoint(self, receiver) -> Endpoint:
        number_at_once()
        home = published_home()
        endpoint = make_endpoint(receiver.url)
        record(Kind.SAVE, home)
        return endpoint

    def test_does_what_is_due(self, endpoint, receiver) -> None:
        Worker().run_once()
        assert len(receiver.received) == 1
        assert due_endpoints() == []

    def test_not_what_another_worker_does(self, endpoint, receiver) -> None:
        assert leases.acquire(f"endpoint:{endpoint.pk}", "another")
        [(name, job)] = [due for due in Worker()._due() if due[0] != "trim"]
        job()
        assert name == f"endpoint:{endpoint.pk}" and not receiver.received

    def test_one_that_fails_does_not_stop_the_others(self, endpoint, receiver, monkeypatch, caplog) -> None:
        with receiving() as other:
            make_endpoint(other.url, cursor=latest() - 1)
            real = Sender.run

            def fail(self, endpoint_id: int, *args) -> None:
                if endpoint_id == endpoint.pk:
                    raise OperationalError("the database has gone")
                real(self, endpoint_id, *args)

            monkeypatch.setattr(Sender, "run", fail)
            Worker().run_once()
            assert len(other.received) == 1
        assert "the database has gone" in caplog.text

    def test_switched_off_by_one_that_was_killed_before_it_told(
        self, endpoint, receiver, admin_user, monkeypatch
    ) -> None:
        def be_killed(*args) -> None:
            raise SystemExit

        receiver.statuses = [410]
        with monkeypatch.context() as patch, pytest.raises(SystemExit):
            patch.setattr("techport_cms.webhooks.notices.tell_disabled", be_killed)
            Worker().run_once()
        assert not Endpoint.objects.get().is_active and not mail.outbox
        assert due_endpoints() == [endpoint.pk]
        Worker().run_once()
        assert [message.to for message in mail.outbox] == [[admin_user.email]]
        assert mail.outbox[0].subject == "Webhook Scherm is uitgezet"
        assert due_endpoints() == []

    def test_a_due_test_of_an_endpoint_that_is_off(self, endpoint, receiver) -> None:
        Endpoint.objects.update(is_active=False)
        assert due_endpoints() == []
        endpoint.deliveries.create(reason=Delivery.Reason.TEST)
        assert due_endpoints() == [endpoint.pk]

    def test_waits_for_the_next_attempt(self, endpoint) -> None:
        Endpoint.objects.update(next_attempt_at=timezone.now() + timedelta(seconds=60))
        assert due_endpoints() == []
        Endpoint.objects.update(next_attempt_at=timezone.now())
        assert due_endpoints() == [endpoint.pk]

    def test_takes_down_what_has_expired(self, endpoint) -> None:
        page = FaqIndexPageFactory(parent=published_home())
        assert not list(schedule.due())
        leases.acquire("schedule", "one that was killed")  # there is no such lease any more
        type(page).objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
        Worker(webhooks=False).run_once()
        page.refresh_from_db()
        assert not page.live

    def test_what_cannot_be_published_keeps_nobody_else_waiting(self, endpoint, caplog) -> None:
        """Its address is somebody else's by now. It is tried again, ever more seldom."""
        index = FaqIndexPageFactory(parent=published_home())
        taken, later = (QuestionPageFactory(parent=index, answer=[]) for _ in range(2))
        for page, minutes in ((taken, 2), (later, 1)):
            page.title = "Tomorrow"
            page.slug = f"tomorrow-{page.pk}"
            page.go_live_at = timezone.now() + timedelta(hours=1)
            revision = page.save_revision()
            revision.publish()
            at = timezone.now() - timedelta(minutes=minutes)
            revision.content["go_live_at"] = at.isoformat()
            revision.approved_go_live_at = at
            revision.save()
        other = QuestionPageFactory(parent=index, answer=[])
        QuestionPage.objects.filter(pk=other.pk).update(slug=f"tomorrow-{taken.pk}")
        expired = QuestionPageFactory(parent=index, answer=[])
        type(expired).objects.filter(pk=expired.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
        worker = Worker(webhooks=False)
        worker.run_once()
        for page in (taken, later, expired):
            page.refresh_from_db()
        assert (taken.title, later.title, expired.live) != ("Tomorrow", "Tomorrow", True)
        assert (later.title, expired.live) == ("Tomorrow", False)
        assert caplog.text.count("Publishing revision") == 1 and "tomorrow" in caplog.text
        name, job = next(schedule.due())
        assert worker.pauses.has(name)
        QuestionPage.objects.filter(pk=other.pk).update(slug="moved")
        job()
        taken.refresh_from_db()
        assert taken.title == "Tomorrow"
        job()  # another worker has found it due as well
        assert not list(schedule.due())

    def test_a_revision_of_what_is_not_there_any_more_is_told(self, endpoint, caplog) -> None:
        home = published_home()
        revision = home.save_revision(approved_go_live_at=timezone.now() - timedelta(seconds=1))
        type(revision).objects.filter(pk=revision.pk).update(object_id="0")
        worker = Worker(webhooks=False)
        worker.run_once()
        assert f"revision {revision.pk} was made of is not there" in caplog.text
        assert worker.pauses.has(f"Publishing revision {revision.pk}")

    def test_old_rows_of_the_delivery_log_go(self, endpoint, settings) -> None:
        now = timezone.now()
        settings.TECHPORT_WEBHOOKS = {"KEEP_ROWS": 3, "KEEP_DAYS": 30}
        old = endpoint.deliveries.create(sent_at=now - timedelta(days=31))
        rows = [endpoint.deliveries.create(sent_at=now) for _ in range(5)]
        waiting = endpoint.deliveries.create()
        assert trim(now) == 3
        kept = set(endpoint.deliveries.values_list("pk", flat=True))
        assert kept == {row.pk for row in (*rows[2:], waiting)} and old.pk not in kept


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestTwoOfThem:
    """One that is killed holds up nothing: its locks end with its transaction."""

    @pytest.fixture
    def expired(self) -> list[Page]:
        index = FaqIndexPageFactory(parent=published_home())
        pages = [QuestionPageFactory(parent=index, answer=[]) for _ in range(2)]
        due = timezone.now() - timedelta(seconds=1)
        QuestionPage.objects.filter(pk__in=[page.pk for page in pages]).update(expire_at=due)
        return pages

    def test_what_one_is_doing_is_left_to_it(self, expired) -> None:
        def take_down_the_rest() -> None:
            Worker(webhooks=False).run_once()
            connection.close()

        started = latest()
        jobs = [job for name, job in schedule.due()]
        # The pool is outside: where the worker waits for the lock, the test fails and the worker ends.
        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            jobs[0]()
            pool.submit(take_down_the_rest).result(timeout=20)
            assert QuestionPage.objects.get(pk=expired[1].pk).live is False
            assert latest() == started + 1
        for job in jobs:
            job()
        assert not QuestionPage.objects.filter(pk__in=[page.pk for page in expired], live=True).exists()
        assert latest() == started + 2


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
