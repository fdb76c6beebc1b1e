"""Webhooks: what is told to whom, in which order, and what happens when the receiver fails."""

from datetime import UTC, datetime, timedelta
from http.client import BadStatusLine
from random import Random

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from factories import (
    FaqCategoryFactory,
    FaqIndexPageFactory,
    ImageFactory,
    make_private,
    published_home,
    translated,
)
from made_once import made_once
from wagtail.models import Collection, CollectionViewRestriction, Page
from wagtail.users.models import UserProfile
from webhook_receiver import Clock, Receiver, free_port, make_endpoint, number_at_once, receiving

from techport_cms.changes.log import latest, record
from techport_cms.changes.log import trim as trim_log
from techport_cms.changes.models import Change, Kind
from techport_cms.webhooks import sender as sender_module
from techport_cms.webhooks.models import Delivery, Endpoint
from techport_cms.webhooks.sender import Sender

pytestmark = pytest.mark.django_db

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(autouse=True)
def numbered(db) -> None:
    number_at_once()


@pytest.fixture
def receiver():
    with receiving() as server:
        yield server


@made_once
def home() -> Page:
    return published_home()


@made_once
def index(home) -> Page:
    page = FaqIndexPageFactory(parent=home, title="Geheime titel", slug="vragen")
    page.save_revision().publish()
    return page


@pytest.fixture
def endpoint(home, index, receiver) -> Endpoint:
    return make_endpoint(receiver.url, secret=SECRET)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def send(endpoint, clock):
    """Send what is due to the endpoint."""
    return lambda: Sender(clock).run(endpoint.pk)


class TestEvents:
    def names(self, receiver: Receiver) -> list[str]:
        return [message.type for message in receiver.received]

    def test_of_a_page(self, index, home, receiver, send) -> None:
        other = FaqIndexPageFactory(parent=home, slug="anders")
        other.save_revision().publish()
        send()
        receiver.received.clear()
        index.save_revision().publish()
        send()
        index.move(other, "last-child")
        send()
        Page.objects.get(pk=index.pk).unpublish()
        send()
        Page.objects.get(pk=index.pk).delete()  # and the redirect to it
        send()
        names = [name for name in self.names(receiver) if name.startswith("page.")]
        assert names == ["page.published", "page.moved", "page.unpublished", "page.deleted"]

    def test_of_other_things(self, home, receiver, endpoint, send) -> None:
        category = FaqCategoryFactory()
        category.save_revision().publish()
        image = ImageFactory()
        send()
        image.delete()
        category.delete()
        send()
        assert set(self.names(receiver)) == {
            "snippet.published",
            "image.saved",
            "image.deleted",
            "snippet.deleted",
        }

    def test_payload(self, index, receiver, send) -> None:
        index.save_revision().publish()
        send()
        change = Change.objects.latest("sequence")
        (message,) = receiver.received
        assert message.payload == {
            "type": "page.published",
            "timestamp": message.payload["timestamp"],
            "data": {
                "sequence": change.sequence,
                "model": "faq.FaqIndexPage",
                "id": index.pk,
                "locale": "nl",
                "translation_key": str(index.translation_key),
                "url": f"http://localhost/api/v2/pages/{index.pk}/",
            },
        }
        assert datetime.fromisoformat(message.payload["timestamp"]) - change.made_at < timedelta(seconds=1)
        assert "Geheime" not in message.body

    def test_of_a_page_that_became_private_before_it_was_told(self, index, receiver, send) -> None:
        index.save_revision().publish()
        make_private(index)
        send()
        assert set(self.names(receiver)) == {"page.unpublished"}
        assert [message.payload["data"]["url"] for message in receiver.received] == [None, None]
        told = "".join(message.body for message in receiver.received)
        assert "Geheime" not in told and "vragen" not in told

    def test_of_an_image_in_a_private_collection(self, endpoint, receiver, send) -> None:
        private = Collection.get_first_root_node().add_child(name="Alleen voor ons")
        CollectionViewRestriction.objects.create(collection=private, restriction_type="login")
        send()
        receiver.received.clear()
        ImageFactory(collection=private, title="Niet voor buiten")
        send()
        (message,) = receiver.received
        assert (message.type, message.payload["data"]["url"]) == ("image.deleted", None)
        assert "buiten" not in message.body

    def test_drafts_are_nobodys_business(self, index, receiver, send) -> None:
        index.save_revision()
        send()
        assert not receiver.received

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            ({"events": ["image.saved"]}, ["image.saved"]),
            ({"types": ["faq.FaqIndexPage"]}, ["page.published", "page.published"]),
            ({"locales": ["en"], "types": ["faq.FaqIndexPage"]}, ["page.published"]),
            ({"locales": ["en"], "events": ["image.saved"]}, ["image.saved"]),
            ({"events": ["page.deleted"]}, []),
        ],
    )
    def test_an_endpoint_gets_what_it_asked_for(
        self, endpoint, home, index, receiver, send, filters, expected
    ) -> None:
        translated(home, "en")
        Endpoint.objects.update(cursor=latest(), **filters)
        index.save_revision().publish()
        translated(index, "en")
        ImageFactory()
        send()
        assert self.names(receiver) == expected
        endpoint.refresh_from_db()
        assert endpoint.cursor == latest()

    def test_a_model_that_is_not_installed_any_more(self, endpoint, index, receiver, send) -> None:
        index.save_revision().publish()
        Change.objects.filter(sequence=latest()).update(model="gone.Model")
        send()
        assert not receiver.received
        endpoint.refresh_from_db()
        assert endpoint.cursor == latest()


class TestDelivery:
    def test_in_order_with_ids_that_stay(self, endpoint, index, receiver, send) -> None:
        for _ in range(5):
            record(Kind.SAVE, index)
        send()
        sequences = [message.payload["data"]["sequence"] for message in receiver.received]
        assert sequences == sorted(sequences) and len(sequences) == 5
        assert len({message.id for message in receiver.received}) == 5
        first = receiver.received[0]
        Endpoint.objects.update(cursor=sequences[0] - 1)
        send()
        assert receiver.received[5].id == first.id

    def test_a_receiver_that_fails_half_of_the_time_gets_every_event_in_order(
        self, endpoint, index, receiver, send, clock
    ) -> None:
        random = Random(3)  # noqa: S311
        receiver.statuses = [random.choice([200, 500, 503, 404]) for _ in range(200)] + [200]
        for _ in range(30):
            record(Kind.SAVE, index)
        while Endpoint.objects.get().cursor < latest():
            send()
            clock.forward(hours=1)
        sequences = [message.payload["data"]["sequence"] for message in receiver.accepted]
        assert sequences == sorted(set(sequences)) and len(sequences) == 30
        assert len(receiver.received) > 40
        failed = Delivery.objects.exclude(status=200)
        assert failed.count() == len(receiver.received) - 30

    def test_waits_longer_with_each_failure(self, endpoint, index, receiver, send, clock) -> None:
        receiver.statuses = [500]
        index.save_revision().publish()
        waits = []
        for _ in range(12):
            send()
            send()  # too early: nothing happens
            endpoint.refresh_from_db()
            waits.append((endpoint.next_attempt_at - clock.now).total_seconds())
            clock.now = endpoint.next_attempt_at
        assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]
        assert len(receiver.received) == 12
        assert len({message.id for message in receiver.received}) == 1
        receiver.statuses = [200]
        send()
        endpoint.refresh_from_db()
        assert (endpoint.failures, endpoint.failing_since, endpoint.next_attempt_at) == (0, None, None)
        assert list(Delivery.objects.order_by("pk").values_list("attempt", flat=True)) == list(range(1, 14))

    def test_nobody_listens(self, endpoint, index, send) -> None:
        Endpoint.objects.update(url=f"http://127.0.0.1:{free_port()}/")
        index.save_revision().publish()
        send()
        delivery = Delivery.objects.get()
        assert delivery.status is None and "ConnectionRefusedError" in delivery.error
        endpoint.refresh_from_db()
        assert endpoint.failures == 1

    def test_is_logged_with_request_and_answer(self, index, receiver, send) -> None:
        receiver.answer = b"x" * 5000
        receiver.answer_headers = {"X-Trace": "7"}
        index.save_revision().publish()
        send()
        delivery = Delivery.objects.get()
        assert delivery.succeeded and delivery.sequence == latest()
        assert delivery.body == receiver.received[0].body
        assert delivery.request_headers["webhook-id"] == receiver.received[0].id
        assert delivery.response_headers["X-Trace"] == "7"
        assert delivery.response_body == "x" * 2048

    def test_what_a_stranger_answers_can_be_stored(self, index, receiver, send) -> None:
        receiver.answer, receiver.answer_headers = b"\xff\0", {"X-Nul": "a\0b"}
        index.save_revision().publish()
        send()
        delivery = Delivery.objects.get()
        assert (delivery.response_body, delivery.response_headers["X-Nul"]) == ("\ufffd\ufffd", "a\ufffdb")

    def test_an_answer_that_is_no_http(self, endpoint, index, clock) -> None:
        def answer(*args, **kwargs):
            raise BadStatusLine("SSH-2.0\0")

        index.save_revision().publish()
        Sender(clock, answer).run(endpoint.pk)
        assert Delivery.objects.get().error == "BadStatusLine: SSH-2.0\ufffd"

    def test_a_database_that_fails_after_the_answer_means_a_duplicate_and_no_loss(
        self, endpoint, index, receiver, send, monkeypatch
    ) -> None:
        index.save_revision().publish()

        def fail(*args, **kwargs) -> None:
            raise RuntimeError("the worker was killed here")

        with monkeypatch.context() as patch:
            patch.setattr(sender_module, "_move", fail)
            with pytest.raises(RuntimeError):
                send()
        send()
        assert [message.id for message in receiver.received] == [receiver.received[0].id] * 2

    def test_behind_the_horizon(self, endpoint, index, receiver, send) -> None:
        for _ in range(3):
            record(Kind.SAVE, index)
        Change.objects.exclude(sequence=latest()).update(made_at=datetime(2020, 1, 1, tzinfo=UTC))
        trim_log(timedelta(days=30))
        send()
        assert [message.type for message in receiver.received] == ["log.truncated", "page.published"]
        assert receiver.received[0].payload["data"] == {"sequence": latest() - 1}

    def test_an_endpoint_without_secret_or_that_is_off(self, endpoint, index, receiver, send) -> None:
        index.save_revision().publish()
        Endpoint.objects.update(is_active=False)
        send()
        Endpoint.objects.update(is_active=True, sealed_secret="")
        send()
        assert not receiver.received

    def test_what_was_asked_for_by_hand(self, endpoint, index, receiver, send) -> None:
        index.save_revision().publish()
        send()
        Endpoint.objects.update(is_active=False)
        endpoint.deliveries.create(reason="test")
        endpoint.deliveries.create(reason="replay", sequence=latest(), event="page.published")
        endpoint.deliveries.create(reason="replay", sequence=latest() + 1, event="page.published")
        send()
        first, test, again = receiver.received
        assert again.id == first.id and test.type == "webhook.test"
        assert Delivery.objects.latest("pk").error == Delivery.Error.TRIMMED
        assert not Delivery.objects.filter(sent_at=None).exists()

    def test_an_endpoint_that_was_deleted_meanwhile(self, endpoint, index, receiver) -> None:
        index.save_revision().publish()

        def delete(*args, **kwargs) -> None:
            Endpoint.objects.all().delete()
            raise ConnectionResetError

        Sender(post=delete).run(endpoint.pk)
        assert not Delivery.objects.exists()


class TestSwitchingOff:
    @pytest.fixture
    def staff(self) -> None:
        for name, language in (("anna", "nl"), ("bob", "en")):
            user = User.objects.create_user(name, f"{name}@example.org", "x")
            user.user_permissions.add(Permission.objects.get(codename="change_endpoint"))
            UserProfile.objects.create(user=user, preferred_language=language)
        User.objects.create_user("nobody", "nobody@example.org", "x")

    def fail_for(self, hours: float, clock: Clock, send) -> None:
        send()
        end = clock.now + timedelta(hours=hours)
        while clock.now < end:
            clock.forward(hours=1)
            send()

    def test_after_three_days_of_failures(self, staff, endpoint, index, receiver, send, clock) -> None:
        receiver.statuses = [500]
        index.save_revision().publish()
        self.fail_for(71, clock, send)
        endpoint.refresh_from_db()
        assert endpoint.is_active and not mail.outbox
        self.fail_for(2, clock, send)
        endpoint.refresh_from_db()
        assert not endpoint.is_active and endpoint.disabled_at
        mails = {message.to[0]: message for message in mail.outbox}
        assert mails.keys() == {"anna@example.org", "bob@example.org"}
        assert mails["bob@example.org"].subject == "Webhook Scherm was switched off"
        assert mails["anna@example.org"].subject == "Webhook Scherm is uitgezet"
        assert f"/admin/webhooks/edit/{endpoint.pk}/" in mails["anna@example.org"].body

    def test_a_success_begins_anew(self, endpoint, index, receiver, send, clock) -> None:
        index.save_revision().publish()
        index.save_revision().publish()
        receiver.statuses = [500] * 60 + [200, 500]
        self.fail_for(80, clock, send)
        endpoint.refresh_from_db()
        assert endpoint.is_active

    def test_a_name_of_two_lines(self, staff, endpoint, index, receiver, send) -> None:
        Endpoint.objects.update(name="Scherm\nhal")
        receiver.statuses = [410]
        index.save_revision().publish()
        send()
        assert "Webhook Scherm hal was switched off" in {message.subject for message in mail.outbox}

    def test_a_receiver_that_says_it_is_gone(self, staff, endpoint, index, receiver, send) -> None:
        receiver.statuses = [410]
        index.save_revision().publish()
        send()
        endpoint.refresh_from_db()
        assert not endpoint.is_active
        assert "gone for good" in {message.to[0]: message.body for message in mail.outbox}["bob@example.org"]

    def test_a_mail_server_that_fails(self, staff, endpoint, index, receiver, send, monkeypatch) -> None:
        def refuse(*args, **kwargs) -> None:
            raise ConnectionRefusedError

        monkeypatch.setattr("techport_cms.webhooks.notices.send_mail", refuse)
        receiver.statuses = [410]
        index.save_revision().publish()
        send()
        endpoint.refresh_from_db()
        assert not endpoint.is_active

    def test_nothing_is_lost_while_it_is_off(self, endpoint, index, receiver, send) -> None:
        receiver.statuses = [410, 200]
        index.save_revision().publish()
        send()
        index.save_revision().publish()
        endpoint.refresh_from_db()
        endpoint.activate()
        endpoint.save()
        send()
        assert len(receiver.accepted) == 2
