"""Signatures as Standard Webhooks has them, and the secrets behind them."""

import base64
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from factories import FaqIndexPageFactory, published_home
from made_once import made_once
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from wagtail.models import Page
from webhook_receiver import Clock, make_endpoint, number_at_once, receiving

from techport_cms.webhooks import signing
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


class TestSignature:
    def test_of_the_specification(self) -> None:
        """The example in the specification's own libraries."""
        at = datetime.fromtimestamp(1614265330, UTC)
        headers = signing.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, '{"test": 2432232314}', [SECRET])
        assert headers == {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        }

    def test_does_not_depend_on_the_time_zone(self) -> None:
        at = datetime.fromtimestamp(1614265330, UTC)
        assert signing.sign("a", at.astimezone(), "{}", [SECRET]) == signing.sign("a", at, "{}", [SECRET])

    def test_verifies_at_the_receiver(self, index, receiver, send) -> None:
        index.save_revision().publish()
        send()
        (message,) = receiver.received
        assert Webhook(SECRET).verify(message.body, message.headers)["type"] == "page.published"
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(message.body.replace("page", "Page"), message.headers)
        assert message.headers["content-type"] == "application/json"
        assert message.headers["path"] == "/hook?from=techport"

    def test_secrets_are_long_enough_and_differ(self) -> None:
        first, second = signing.new_secret(), signing.new_secret()
        assert first.startswith("whsec_") and first != second
        assert 24 <= len(base64.b64decode(first.removeprefix("whsec_"))) <= 64

    def test_secrets_are_not_stored_as_they_are(self, endpoint) -> None:
        stored = Endpoint.objects.values().get(pk=endpoint.pk)
        assert not [value for value in stored.values() if SECRET[6:] in str(value)]
        assert endpoint.secrets(datetime.now(UTC)) == [SECRET]

    def test_a_new_secret_key_of_the_site_with_the_old_one_as_fallback(self, endpoint, settings) -> None:
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another"
        assert endpoint.secrets(datetime.now(UTC)) == [SECRET]
        settings.SECRET_KEY_FALLBACKS = []
        with pytest.raises(signing.LostSecretError):
            endpoint.secrets(datetime.now(UTC))

    def test_a_lost_secret_is_told(self, endpoint, index, settings, receiver, send) -> None:
        settings.SECRET_KEY = "another"
        index.save_revision().publish()
        send()
        assert not receiver.received
        assert Delivery.objects.get().error == Delivery.Error.LOST_SECRET

    def test_a_replaced_secret_signs_for_a_day_more(self, endpoint, index, receiver, send, clock) -> None:
        endpoint.replace_secret(clock.now)
        endpoint.save()
        new = endpoint.secrets(clock.now)[0]
        index.save_revision().publish()
        send()
        for secret in (new, SECRET):
            Webhook(secret).verify(receiver.received[0].body, receiver.received[0].headers)
        clock.forward(hours=24)
        assert endpoint.secrets(clock.now) == [new]


def test_the_example_in_the_documentation_verifies() -> None:
    page = (Path(__file__).resolve().parents[1] / "docs/channel-developers.md").read_text()
    code = next(
        block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "is_genuine" in block
    )
    example: dict = {}
    exec(code, example)  # noqa: S102
    headers = signing.sign("msg_1", datetime.now(UTC), "{}", [signing.new_secret(), SECRET])
    assert example["is_genuine"](SECRET, headers, b"{}")
    assert not example["is_genuine"](SECRET, headers, b"{ }")
    assert not example["is_genuine"](SECRET, headers | {"webhook-timestamp": "1614265330"}, b"{}")
