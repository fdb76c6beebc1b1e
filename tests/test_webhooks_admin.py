"""Webhooks in the admin: who may see them, the secret that is shown once, tests and replays."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from factories import published_home
from wagtail.users.models import UserProfile
from webhook_receiver import make_endpoint, number_at_once, receiving

from techport_cms.changes.log import latest, record
from techport_cms.changes.models import Kind
from techport_cms.webhooks.models import Delivery, Endpoint
from techport_cms.webhooks.sender import Sender
from techport_cms.webhooks.wagtail_hooks import webhook_urls

pytestmark = pytest.mark.django_db

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture(autouse=True)
def numbered(db) -> None:
    number_at_once()


@pytest.fixture
def receiver():
    with receiving() as server:
        yield server


@pytest.fixture
def endpoint(receiver) -> Endpoint:
    published_home()
    return make_endpoint(receiver.url)


@pytest.fixture
def admin(db) -> Client:
    return signed_in(User.objects.create_superuser("root", "root@example.org", "x"))


def signed_in(user: User, language: str = "en") -> Client:
    UserProfile.objects.create(user=user, preferred_language=language)
    client = Client()
    client.force_login(user)
    return client


def staff(*codenames: str) -> Client:
    user = User.objects.create_user("staff", "staff@example.org", "x")
    names = ["access_admin", *codenames]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return signed_in(user)


def form(**fields) -> dict:
    return {"name": "Scherm", "url": "https://hooks.example.org/", "is_active": "on", **fields}


class TestEndpoint:
    def test_a_new_one_begins_now_and_shows_its_secret_once(self, admin, endpoint) -> None:
        answer = admin.post(reverse("techport_webhooks:add"), form(events=["page.published"], locales=["nl"]))
        made = Endpoint.objects.latest("pk")
        secret_url = reverse("techport_webhooks_secret", args=[made.pk])
        assert answer.status_code == 302 and answer.url == secret_url
        assert (made.cursor, made.events, made.types, made.locales) == (
            latest(),
            ["page.published"],
            [],
            ["nl"],
        )
        assert not SECRET.search(admin.get(secret_url).content.decode())
        shown = admin.post(secret_url)
        (secret,) = SECRET.findall(shown.content.decode())
        assert "no-store" in shown["Cache-Control"]
        assert made.secrets(timezone.now()) == [secret]
        assert not SECRET.search(admin.get(secret_url).content.decode())
        for name in ("edit", "history"):
            page = admin.get(reverse(f"techport_webhooks:{name}", args=[made.pk]))
            assert secret not in page.content.decode()

    def test_a_new_secret_replaces_the_one_that_was_shown(self, admin, endpoint) -> None:
        url = reverse("techport_webhooks_secret", args=[endpoint.pk])
        (first,) = SECRET.findall(admin.post(url).content.decode()) or [None]
        (second,) = SECRET.findall(admin.post(url).content.decode())
        assert first != second
        endpoint.refresh_from_db()
        assert endpoint.sealed_old_secret and endpoint.old_secret_until

    @pytest.mark.parametrize(
        "url", ["https://10.0.0.1/", "http://hooks.example.org/", "https://2130706433/", "https://[::1]/"]
    )
    def test_an_address_that_is_refused(self, admin, settings, url: str) -> None:
        settings.TECHPORT_WEBHOOKS = {}
        answer = admin.post(reverse("techport_webhooks:add"), form(url=url))
        assert "Enter an address of the public internet" in answer.content.decode()
        assert not Endpoint.objects.exists()

    def test_saving_the_form_does_not_turn_back_what_the_worker_did(
        self, admin, endpoint, monkeypatch
    ) -> None:
        url = reverse("techport_webhooks:edit", args=[endpoint.pk])
        real = Endpoint.save

        def save(self, *args, **kwargs) -> None:
            Endpoint.objects.filter(pk=self.pk).update(cursor=999)
            real(self, *args, **kwargs)

        monkeypatch.setattr(Endpoint, "save", save)
        assert admin.post(url, form(name="Ander scherm")).status_code == 302
        endpoint.refresh_from_db()
        assert (endpoint.name, endpoint.cursor) == ("Ander scherm", 999)

    def test_saving_the_form_does_not_switch_on_what_the_worker_has_switched_off(
        self, admin, endpoint
    ) -> None:
        url = reverse("techport_webhooks:edit", args=[endpoint.pk])
        opened = re.search(r'name="was_active" value="(\w+)"', admin.get(url).content.decode())
        assert opened and opened[1] == "True"
        Endpoint.objects.update(is_active=False, failures=9, disabled_at=timezone.now())
        admin.post(url, form(name="Ander scherm", url=endpoint.url, was_active="True"))
        endpoint.refresh_from_db()
        assert (endpoint.name, endpoint.is_active, endpoint.failures) == ("Ander scherm", False, 9)
        admin.post(url, form(url=endpoint.url, was_active="False"))  # opened again, and switched on
        endpoint.refresh_from_db()
        assert (endpoint.is_active, endpoint.failures, endpoint.disabled_at) == (True, 0, None)

    def test_made_active_again_it_is_tried_at_once(self, admin, endpoint) -> None:
        Endpoint.objects.update(is_active=False, failures=9, disabled_at=timezone.now())
        admin.post(reverse("techport_webhooks:edit", args=[endpoint.pk]), form())
        endpoint.refresh_from_db()
        assert (endpoint.is_active, endpoint.failures, endpoint.disabled_at) == (True, 0, None)

    def test_is_deleted_with_its_deliveries(self, admin, endpoint) -> None:
        endpoint.deliveries.create()
        admin.post(reverse("techport_webhooks:delete", args=[endpoint.pk]))
        assert not Endpoint.objects.exists() and not Delivery.objects.exists()


class TestDeliveries:
    @pytest.fixture
    def delivery(self, endpoint, receiver) -> Delivery:
        receiver.answer = b"<script>alert(1)</script>"
        receiver.answer_headers = {"X-Trace": "7", "Set-Cookie": "a=b"}
        record(Kind.SAVE, published_home())
        Sender().run(endpoint.pk)
        return Delivery.objects.latest("pk")

    def url(self, delivery: Delivery) -> str:
        return reverse("techport_webhooks_delivery", args=[delivery.endpoint_id, delivery.pk])

    def test_log(self, admin, delivery) -> None:
        listed = admin.get(reverse("techport_webhooks_deliveries", args=[delivery.endpoint_id]))
        assert "page.published" in listed.content.decode() and "arrived (200)" in listed.content.decode()
        page = admin.get(self.url(delivery)).content.decode()
        assert delivery.webhook_id in page and "X-Trace: 7" in page and "translation_key" in page
        assert "Set-Cookie" not in page
        assert "<script>alert" not in page

    def test_replay(self, admin, delivery, endpoint, receiver) -> None:
        answer = admin.post(self.url(delivery))
        again = Delivery.objects.latest("pk")
        assert answer.url == self.url(again)
        assert "waits for the worker" in admin.get(answer.url).content.decode()
        Sender().run(endpoint.pk)
        assert receiver.received[-1].id == delivery.webhook_id
        assert "arrived (200)" in admin.get(answer.url).content.decode()
        assert "root" in admin.get(answer.url).content.decode()

    def test_test_button(self, admin, endpoint, receiver) -> None:
        url = reverse("techport_webhooks_test", args=[endpoint.pk])
        assert admin.get(url).status_code == 200
        assert not Delivery.objects.exists()
        answer = admin.post(url)
        Sender().run(endpoint.pk)
        assert receiver.received[-1].type == "webhook.test"
        page = admin.get(answer.url).content.decode()
        assert "arrived (200)" in page and "Send again" not in page

    def test_a_redirect_is_explained(self, admin, endpoint, receiver) -> None:
        receiver.statuses = [308]
        answer = admin.post(reverse("techport_webhooks_test", args=[endpoint.pk]))
        Sender().run(endpoint.pk)
        assert "Redirects are not followed" in admin.get(answer.url).content.decode()

    def test_of_another_endpoint(self, admin, delivery, receiver) -> None:
        other = make_endpoint(receiver.url)
        assert (
            admin.get(reverse("techport_webhooks_delivery", args=[other.pk, delivery.pk])).status_code == 404
        )

    def test_in_dutch(self, delivery) -> None:
        user = User.objects.create_superuser("anna", "anna@example.org", "x")
        client = signed_in(user, "nl")
        assert "aangekomen (200)" in client.get(self.url(delivery)).content.decode()
        menu = client.get(reverse("techport_webhooks:index")).content.decode()
        assert "Webhooks" in menu


class TestPermissions:
    def urls(self, endpoint: Endpoint) -> list[str]:
        delivery = endpoint.deliveries.create()
        own = [
            reverse(pattern.name, args=[endpoint.pk, delivery.pk][: len(pattern.pattern.converters)])
            for pattern in webhook_urls()
        ]
        return [*own, reverse("techport_webhooks:edit", args=[endpoint.pk])]

    def test_nobody_without_permission(self, endpoint) -> None:
        client = staff()
        for url in [*self.urls(endpoint), reverse("techport_webhooks:index")]:
            assert client.get(url).status_code in (302, 403), url
            assert client.post(url).status_code in (302, 403, 405), url
        assert Delivery.objects.count() == 1
        endpoint.refresh_from_db()
        assert not endpoint.secret_shown

    def test_who_may_change_them(self, endpoint) -> None:
        client = staff("change_endpoint")
        for url in [*self.urls(endpoint), reverse("techport_webhooks:index")]:
            assert client.get(url).status_code == 200, url
        assert client.get(reverse("techport_webhooks:add")).status_code in (302, 403)
