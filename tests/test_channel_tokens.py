"""Channel tokens: what each lets in, and how people keep them in the admin."""

import re
from datetime import timedelta
from typing import Any

import pytest
from channels import api_token, bearer
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from factories import published_home
from made_once import made_once
from wagtail.models import GroupPagePermission
from wagtail.users.models import UserProfile

from home.models import HomePage
from techport_cms.headless.models import ChannelToken, digest

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r"tp_[A-Za-z0-9_-]{43}")


@made_once
def home() -> HomePage:
    return published_home()


def signed_in(user: User, language: str = "en") -> Client:
    UserProfile.objects.create(user=user, preferred_language=language)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin() -> Client:
    return signed_in(User.objects.create_superuser("root", "root@example.org", "x"))


def staff(*codenames: str, name: str = "staff") -> User:
    user = User.objects.create_user(name, f"{name}@example.org", "x")
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", *codenames]))
    return user


def editor_of(page: HomePage, name: str = "editor") -> User:
    user = staff(name=name)
    group = Group.objects.create(name=f"{name}s")
    permission = Permission.objects.get(codename="change_page", content_type__app_label="wagtailcore")
    GroupPagePermission.objects.create(group=group, page=page, permission=permission)
    user.groups.add(group)
    return user


def read(page: HomePage, token: str, path: str = "pages") -> Any:
    return Client().get(f"/api/v2/{path}/{page.pk}/", headers=bearer(token))


class TestAccess:
    def test_a_token_never_sees_less(self, home: HomePage) -> None:
        anonymous = Client().get(f"/api/v2/pages/{home.pk}/")
        for scopes in ((), ("read:draft",), ("submit:form", "unlock")):
            answer = read(home, api_token(*scopes))
            assert answer.status_code == 200
            assert answer.json() == anonymous.json()
            assert answer["Cache-Control"] == "private, no-store"

    def test_draft(self, home: HomePage) -> None:
        home.title = "Nog niet"
        home.save_revision()
        token = api_token("read:draft", user=editor_of(home))
        answer = read(home, token, "preview")
        assert answer.json()["title"] == "Nog niet"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Robots-Tag"] == "noindex"
        assert read(home, token).json()["title"] == "Techport"

    def test_draft_needs_the_scope_and_a_token(self, home: HomePage) -> None:
        answer = read(home, api_token("unlock", user=editor_of(home)), "preview")
        assert answer.status_code == 403
        assert 'error="insufficient_scope", scope="read:draft"' in answer["WWW-Authenticate"]
        anonymous = Client().get(f"/api/v2/preview/{home.pk}/")
        assert anonymous.status_code == 401
        assert anonymous["WWW-Authenticate"] == 'Bearer realm="api"'

    def test_rights_are_asked_at_each_request(self, home: HomePage) -> None:
        user = editor_of(home)
        token = api_token("read:draft", user=user)
        assert read(home, token, "preview").status_code == 200
        user.groups.clear()
        assert read(home, token, "preview").status_code == 404
        superuser = User.objects.create_superuser("root", "root@example.org", "x")
        token = api_token("read:draft", user=superuser)
        assert Client().get("/api/v2/preview/999999/", headers=bearer(token)).status_code == 404

    @pytest.mark.parametrize(
        "change",
        [
            {"revoked_at": timezone.now()},
            {"expires_at": timezone.now() - timedelta(seconds=1)},
            {"digest": digest("tp_other")},
            {"digest": None},
        ],
    )
    def test_what_ends_a_token(self, home: HomePage, change: dict[str, Any]) -> None:
        token = api_token("read:draft")
        ChannelToken.objects.update(**change)
        answer = read(home, token)
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert 'error="invalid_token"' in answer["WWW-Authenticate"]
        assert answer["Cache-Control"] == "private, no-store"

    def test_of_an_inactive_user(self, home: HomePage) -> None:
        token = api_token()
        User.objects.update(is_active=False)
        assert read(home, token).status_code == 401

    @pytest.mark.parametrize(
        "header",
        [
            *("Bearer", "Bearer ", "Bearer x", "bearer tp_", "Bearer tp_x\x00", "Bearer tp_é"),
            *("Bearer " + "tp_" + "x" * 10_000, "Bearer wagtail_abc", "Bearer tp_a tp_b"),
        ],
    )
    def test_what_is_no_token(self, home: HomePage, header: str) -> None:
        answer = Client().get("/api/v2/pages/", headers={"Authorization": header})
        assert answer.status_code == 401

    def test_another_scheme_is_not_for_us(self, home: HomePage) -> None:
        answer = Client().get("/api/v2/pages/", headers={"Authorization": "Basic c3RhZ2luZzp4"})
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, no-store"

    def test_a_cookie_opens_nothing(self, home: HomePage, admin: Client) -> None:
        assert admin.get(f"/api/v2/preview/{home.pk}/").status_code == 401

    def test_last_used_is_written_once_a_minute(self, home: HomePage) -> None:
        token = api_token()
        read(home, token)
        first = ChannelToken.objects.get().last_used_at
        assert first
        with CaptureQueriesContext(
            connection,
        ) as queries:
            read(home, token)
        assert not [query for query in queries if query["sql"].startswith("UPDATE")]
        ChannelToken.objects.update(last_used_at=first - timedelta(seconds=61))
        read(home, token)
        assert ChannelToken.objects.get().last_used_at >= first

    def test_only_a_digest_is_stored(self) -> None:
        token = api_token()
        assert TOKEN.fullmatch(token)
        row = ChannelToken.objects.values().get()
        assert token not in str(row)
        assert row["hint"] == token[:7]


def form(user: User, **fields: Any) -> dict[str, Any]:
    return {
        "name": "App",
        "user": user.pk,
        "scopes": ["read:draft"],
        "expires_at": "2099-01-01 12:00",
        **fields,
    }


class TestAdmin:
    def test_made_and_shown_once(self, admin: Client) -> None:
        root = User.objects.get()
        assert (
            "There are no channel tokens"
            in admin.get(reverse("techport_channel_tokens:index")).content.decode()
        )
        answer = admin.post(reverse("techport_channel_tokens:add"), form(root))
        made = ChannelToken.objects.get()
        assert (made.scopes, made.digest) == (["read:draft"], None)
        assert "not made yet" in admin.get(reverse("techport_channel_tokens:index")).content.decode()
        url = reverse("techport_headless_token", args=[made.pk])
        assert answer.url == url
        assert not TOKEN.search(admin.get(url).content.decode())
        shown = admin.post(url)
        (token,) = set(TOKEN.findall(shown.content.decode()))
        assert "no-store" in shown["Cache-Control"]
        made.refresh_from_db()
        assert made.digest == digest(token)
        for page in (
            url,
            *(reverse(f"techport_channel_tokens:{name}", args=[made.pk]) for name in ("edit", "history")),
            reverse("techport_channel_tokens:index"),
        ):
            content = admin.get(page).content.decode()
            assert token not in content and made.digest not in content
        (second,) = set(TOKEN.findall(admin.post(url).content.decode()))
        assert second != token
        assert Client().get("/api/v2/pages/", headers=bearer(token)).status_code == 401

    def test_revoke(self, admin: Client) -> None:
        token = api_token()
        pk = ChannelToken.objects.get().pk
        url = reverse("techport_headless_revoke_token", args=[pk])
        assert "Revoke App?" in admin.get(url).content.decode()
        assert ChannelToken.objects.get().revoked_at is None
        assert admin.post(url).status_code == 302
        assert Client().get("/api/v2/pages/", headers=bearer(token)).status_code == 401
        listed = admin.get(reverse("techport_channel_tokens:index")).content.decode()
        assert "revoked" in listed
        # Who has lost it does not get it back through a new secret.
        assert not TOKEN.search(admin.post(reverse("techport_headless_token", args=[pk])).content.decode())

    def test_delete(self, admin: Client) -> None:
        api_token()
        admin.post(reverse("techport_channel_tokens:delete", args=[ChannelToken.objects.get().pk]))
        assert not ChannelToken.objects.exists()

    def test_wrong_scope(self, admin: Client) -> None:
        answer = admin.post(reverse("techport_channel_tokens:add"), form(User.objects.get(), scopes=["root"]))
        assert answer.status_code == 200
        assert not ChannelToken.objects.exists()

    def test_in_dutch(self) -> None:
        client = signed_in(User.objects.create_superuser("anna", "anna@example.org", "x"), "nl")
        listed = client.get(reverse("techport_channel_tokens:index")).content.decode()
        assert "Kanaaltokens" in listed
        added = client.get(reverse("techport_channel_tokens:add")).content.decode()
        assert "concepten lezen die de eigenaar mag bewerken" in added


class TestPermissions:
    MANAGE = ("add_channeltoken", "change_channeltoken", "delete_channeltoken", "view_channeltoken")

    def urls(self, pk: int) -> list[str]:
        own = [
            reverse(name, args=[pk]) for name in ("techport_headless_token", "techport_headless_revoke_token")
        ]
        names = ("edit", "delete", "history", "usage")
        return [*own, *(reverse(f"techport_channel_tokens:{name}", args=[pk]) for name in names)]

    def test_nobody_without_permission(self) -> None:
        user = staff()
        client = signed_in(user)
        api_token(user=user)
        pk = ChannelToken.objects.get().pk
        indexes = [reverse(f"techport_channel_tokens:{name}") for name in ("index", "add")]
        for url in [*self.urls(pk), *indexes]:
            assert client.get(url).status_code in (302, 403), url
            assert client.post(url).status_code in (302, 403, 405), url
        token = ChannelToken.objects.get()
        assert token.revoked_at is None and token.hint

    def test_nobody_but_an_administrator_gives_away_rights_of_others(self) -> None:
        root = User.objects.create_superuser("root", "root@example.org", "x")
        user = staff(*self.MANAGE)
        client = signed_in(user)
        add = reverse("techport_channel_tokens:add")
        assert client.post(add, form(root)).status_code == 200
        assert not ChannelToken.objects.exists()
        assert client.post(add, form(user)).status_code == 302
        own = ChannelToken.objects.get()
        for url in self.urls(own.pk):
            assert client.get(url).status_code == 200, url
        edit = reverse("techport_channel_tokens:edit", args=[own.pk])
        client.post(edit, form(root))
        own.refresh_from_db()
        assert own.user == user

    def test_tokens_of_others_are_not_there(self) -> None:
        root = User.objects.create_superuser("root", "root@example.org", "x")
        api_token("submit:form", user=root)
        token = ChannelToken.objects.get()
        client = signed_in(staff(*self.MANAGE))
        for url in self.urls(token.pk):
            assert client.get(url).status_code == 404, url
            assert client.post(url, form(root, scopes=["read:draft"])).status_code in (404, 405), url
        assert token.hint not in client.get(reverse("techport_channel_tokens:index")).content.decode()
        assert ChannelToken.objects.get().scopes == ["submit:form"]
