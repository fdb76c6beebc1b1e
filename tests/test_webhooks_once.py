"""`run_worker --once`, and two workers at one schedule: what is due is done once and nobody is waited for."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

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
from techport_cms.webhooks.models import Delivery, Endpoint
from techport_cms.webhooks.sender import Sender, trim
from techport_cms.webhooks.worker import Worker, due_endpoints


@pytest.fixture
def receiver():
    with receiving() as server:
        yield server


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

    def test_what_another_worker_does_is_left_to_it(self, endpoint, receiver) -> None:
        assert leases.acquire(f"endpoint:{endpoint.pk}", "another")
        with receiving() as other:
            make_endpoint(other.url, cursor=latest() - 1)
            worker = Worker()
            timer = threading.Timer(10, worker.stop.set)  # one that waits for the other fails here
            timer.start()
            worker.run_once()
            timer.cancel()
            assert len(other.received) == 1
        assert not worker.stop.is_set() and not receiver.received
        assert due_endpoints() == [endpoint.pk]

    def test_keeps_its_lease_as_long_as_it_takes(self, endpoint, monkeypatch) -> None:
        renewed = threading.Event()
        holders = []

        def renew(holder: str) -> None:
            holders.append(holder)
            if len(holders) == 1:
                raise OperationalError("the database has gone")  # it goes on
            renewed.set()

        monkeypatch.setattr(worker_module, "HEARTBEAT", 0.01)
        monkeypatch.setattr(leases, "renew", renew)
        monkeypatch.setattr(Sender, "run", lambda *args: (renewed.wait(10), Endpoint.objects.all().delete()))
        worker = Worker()
        worker.run_once()
        assert renewed.is_set() and set(holders) == {worker.holder}
        threads = [thread.name for thread in threading.enumerate()]
        assert not [name for name in threads if "_renew" in name]

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
