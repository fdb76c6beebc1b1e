"""Drafts in a front end: by a token that expires, can be revoked and has its user's rights, no more."""

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.core.signing import Signer
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from factories import add_page, language_homes, published_home
from made_once import made_once
from wagtail.models import GroupPagePermission, Page
from wagtail.users.models import UserProfile

from home.models import HomePage, JoinPage, StandardPage
from techport_cms.headless.models import PreviewToken

pytestmark = pytest.mark.django_db

PREVIEW_URL = "https://app.example.org/preview?token={token}&type={type}"
LINK = re.compile(r"https://app\.example\.org/preview\?token=([^&]+)&(?:amp;)?type=([\w.]+)")


@pytest.fixture(autouse=True)
def front_end(settings: Any) -> None:
    settings.TECHPORT_HEADLESS = {"PREVIEW_URL": PREVIEW_URL, "READ_LIMIT": None}


@made_once
def home() -> HomePage:
    return published_home()


@made_once
def page(home: HomePage) -> StandardPage:
    return add_page(home, StandardPage(title="Gepubliceerd", slug="over-ons", introduction="Oud"))


def signed_in(user: User, language: str = "en") -> Client:
    UserProfile.objects.create(user=user, preferred_language=language)
    client = Client()
    client.force_login(user)
    return client


def staff(name: str, *codenames: str) -> User:
    user = User.objects.create_user(name, f"{name}@example.org", "x")
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", *codenames]))
    return user


@made_once
def editor(home: HomePage) -> User:
    user = staff("editor")
    group = Group.objects.create(name="Team")
    for codename in ("change_page", "add_page"):
        permission = Permission.objects.get(codename=codename, content_type__app_label="wagtailcore")
        GroupPagePermission.objects.create(group=group, page=home, permission=permission)
    user.groups.add(group)
    return user


@pytest.fixture
def editing(editor: User) -> Client:
    return signed_in(editor)


def typed(page: StandardPage, **fields: Any) -> dict[str, Any]:
    """The form of the page as the editor sends it."""
    empty = {"body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}
    return {"title": page.title, "slug": page.slug, "introduction": page.introduction, **empty, **fields}


def preview(client: Client, page: StandardPage, **fields: Any) -> str:
    """The token with which the panel sends the front end to what was typed."""
    url = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    assert client.post(url, typed(page, **fields)).json() == {"is_valid": True, "is_available": True}
    answer = client.get(url, {"in_preview_panel": "true", "mode": "front-end"})
    assert "no-store" in answer["Cache-Control"] and answer["X-Frame-Options"] == "SAMEORIGIN"
    match = LINK.search(answer.content.decode())
    assert match
    return match[1]


def token_of(answer: Any) -> str:
    assert answer.status_code == 302
    assert "no-store" in answer["Cache-Control"]
    match = LINK.fullmatch(answer["Location"])
    assert match, answer["Location"]
    return match[1]


def read(token: str) -> Any:
    return Client().get(f"/api/v2/preview/{token}/")


class TestPanel:
    def test_shows_what_is_typed_and_not_saved(self, editing: Client, page: StandardPage) -> None:
        answer = read(preview(editing, page, title="Getypt", introduction="Nieuw"))
        assert answer.status_code == 200
        assert (answer.json()["id"], answer.json()["title"]) == (page.pk, "Getypt")
        assert answer.json()["introduction"] == "Nieuw"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert answer["Content-Language"] == "nl"
        assert Client().get(f"/api/v2/pages/{page.pk}/").json()["title"] == "Gepubliceerd"
        assert not page.revisions.exists()

    def test_parameters_of_a_detail(self, editing: Client, page: StandardPage) -> None:
        token = preview(editing, page, title="Getypt")
        answer = Client().get(f"/api/v2/preview/{token}/?fields=_,title&rich_text_format=ast")
        assert answer.json() == {"title": "Getypt"}
        for query in ("fields=bogus", "fields=(", "bogus=1", "rich_text_format=x", "fields=%00"):
            bad = Client().get(f"/api/v2/preview/{token}/?{query}")
            assert bad.status_code == 400, query
            assert bad["Content-Type"] == "application/problem+json"

    def test_the_token_stays_the_same_while_typing(self, editing: Client, page: StandardPage) -> None:
        first = preview(editing, page, title="Een")
        assert preview(editing, page, title="Twee") == first
        assert read(first).json()["title"] == "Twee"
        assert PreviewToken.objects.count() == 1

    def test_two_editors_see_each_their_own(self, editing: Client, page: StandardPage) -> None:
        other = signed_in(User.objects.create_superuser("root", "root@example.org", "x"))
        tokens = preview(editing, page, title="Een"), preview(other, page, title="Twee")
        assert [read(token).json()["title"] for token in tokens] == ["Een", "Twee"]

    def test_a_page_that_is_not_saved_yet(self, editing: Client, home: HomePage, page: StandardPage) -> None:
        url = reverse("wagtailadmin_pages:preview_on_add", args=["home", "standardpage", home.pk])
        assert editing.post(url, typed(page, title="Nieuw", slug="nieuw")).json()["is_valid"]
        token = token_of(editing.get(url, {"mode": "front-end"}))
        answer = read(token).json()
        assert (answer["id"], answer["title"], answer["meta"]["slug"]) == (0, "Nieuw", "nieuw")
        assert answer["meta"]["html_url"].endswith("/nieuw/")
        GroupPagePermission.objects.all().delete()
        assert read(token).status_code == 401

    def test_is_the_first_mode_beside_the_website(
        self, editing: Client, page: StandardPage, settings: Any
    ) -> None:
        assert [mode for mode, _ in page.preview_modes] == ["front-end", ""]
        assert page.default_preview_mode == "front-end"
        assert [mode for mode, _ in JoinPage().preview_modes] == ["front-end", "form", "landing"]
        preview(editing, page, title="Getypt")
        url = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
        website = editing.get(url, {"mode": ""})
        assert website.status_code == 200 and "Getypt" in website.content.decode()
        settings.TECHPORT_HEADLESS = {}
        assert [mode for mode, _ in page.preview_modes] == [""]
        assert editing.get(url, {"mode": "front-end"}).status_code == 200

    def test_a_page_without_previews_gets_none(self, home: HomePage, monkeypatch: Any) -> None:
        monkeypatch.setattr(StandardPage.preview_modes, "own", [])
        assert StandardPage().preview_modes == []

    def test_drafts_and_old_revisions(self, editing: Client, page: StandardPage) -> None:
        old = page.save_revision()
        page.title = "Concept"
        page.save_revision()
        draft = token_of(editing.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])))
        revision = token_of(editing.get(reverse("wagtailadmin_pages:revisions_view", args=[page.pk, old.pk])))
        assert [read(token).json()["title"] for token in (draft, revision)] == ["Concept", "Gepubliceerd"]

    def test_address_of_the_front_end(self, editing: Client, page: StandardPage) -> None:
        url = reverse("wagtailadmin_pages:view_draft", args=[page.pk])
        match = LINK.fullmatch(editing.get(url)["Location"])
        assert match and match[2] == "home.StandardPage"

    def test_what_is_not_public_stays_out_of_it(self, editing: Client, home: HomePage) -> None:
        secret = add_page(home, StandardPage(title="GEHEIM", slug="geheim", live=False))
        join = add_page(home, JoinPage(title="Word partner", slug="word-partner", purpose_notice="x"))
        join.privacy_page = secret
        join.save_revision()
        token = token_of(editing.get(reverse("wagtailadmin_pages:view_draft", args=[join.pk])))
        answer = read(token)
        assert answer.json()["privacy_page"] is None
        assert "GEHEIM" not in answer.content.decode()


class TestEnd:
    """When a token opens nothing any more: always 401, always the same sentence."""

    @pytest.fixture
    def token(self, editing: Client, page: StandardPage) -> str:
        token = preview(editing, page, title="Getypt")
        assert read(token).status_code == 200
        return token

    def refused(self, token: str) -> None:
        answer = read(token)
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"] == "The preview is unknown, or it has expired or was revoked."
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer["Cache-Control"] == "private, no-store"

    def test_expired(self, token: str) -> None:
        row = PreviewToken.objects.get()
        assert timedelta(minutes=59) < row.expires_at - timezone.now() <= timedelta(hours=1)
        PreviewToken.objects.update(expires_at=timezone.now())
        self.refused(token)
        call_command("purge_api")
        assert not PreviewToken.objects.exists()
        self.refused(token)

    def test_tampered(self, token: str) -> None:
        key, _, signature = token.partition(".")
        other = uuid.uuid4().hex
        for bad in (
            f"{other}.{signature}",
            f"{key}.{'A' * 43}",
            key,
            f"{key}.",
            token + "x",
            token.swapcase(),
            f"%00{token}",
            "x" * 3000,
            "é",
        ):
            self.refused(bad)

    def test_foreign(self, token: str) -> None:
        key = PreviewToken.objects.get().key.hex
        self.refused(Signer(salt="techport_headless.preview", sep=".", key="another site's").sign(key))
        self.refused(Signer(salt="another purpose", sep=".").sign(key))
        self.refused(Signer(salt="techport_headless.preview", sep=".").sign("no key"))

    def test_signed_with_a_key_that_was_replaced(self, token: str) -> None:
        with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["only-for-tests"]):
            assert read(token).status_code == 200
        with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[]):
            self.refused(token)

    def test_logout(self, token: str, editing: Client) -> None:
        editing.post(reverse("wagtailadmin_logout"))
        self.refused(token)
        assert PreviewToken.objects.get().revoked_at

    def test_disabled_user(self, token: str, editor: User) -> None:
        editor.is_active = False
        editor.save()
        self.refused(token)

    def test_lost_permission(self, token: str, editor: User) -> None:
        editor.groups.clear()
        self.refused(token)

    def test_lost_access_to_the_admin(self, token: str, editor: User) -> None:
        editor.user_permissions.clear()
        self.refused(token)

    def test_deleted_user_and_page(self, token: str, editor: User, page: StandardPage) -> None:
        page.delete()
        self.refused(token)
        editor.delete()
        self.refused(token)

    def test_of_an_unsaved_page_of_a_disabled_user(
        self, editing: Client, editor: User, home: HomePage, page: StandardPage
    ) -> None:
        url = reverse("wagtailadmin_pages:preview_on_add", args=["home", "standardpage", home.pk])
        editing.post(url, typed(page, slug="nieuw"))
        token = token_of(editing.get(url, {"mode": "front-end"}))
        editor.is_active = False
        editor.save()
        self.refused(token)

    def test_the_database_alone_holds_no_token(self, token: str) -> None:
        rows = json.dumps(list(PreviewToken.objects.values()), default=str)
        assert token not in rows and token.partition(".")[2] not in rows


class TestLinks:
    """Links to the newest draft, which somebody hands on."""

    def share(self, client: Client, page: Page) -> str:
        url = reverse("techport_headless_share", args=[page.pk])
        assert client.post(url).status_code == 302
        match = LINK.search(client.get(url).content.decode())
        assert match
        return match[1]

    def test_shows_the_newest_draft(self, editing: Client, page: StandardPage) -> None:
        token = self.share(editing, page)
        assert read(token).json()["title"] == "Gepubliceerd"
        page.title = "Later"
        page.save_revision()
        assert read(token).json()["title"] == "Later"
        editing.post(reverse("wagtailadmin_logout"))
        assert read(token).status_code == 200

    def test_button_in_the_editor(self, editing: Client, page: StandardPage, settings: Any) -> None:
        url = reverse("techport_headless_share", args=[page.pk])
        edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
        assert f'href="{url}"' in editing.get(edit).content.decode()
        settings.TECHPORT_HEADLESS = {}
        assert f'href="{url}"' not in editing.get(edit).content.decode()
        assert "no app or front end" in editing.get(url).content.decode()
        editing.post(url)
        assert not PreviewToken.objects.exists()

    def test_list_and_revoke(self, editing: Client, page: StandardPage) -> None:
        listed = reverse("techport_headless_preview_links")
        assert "There are no preview links" in editing.get(listed).content.decode()
        token = self.share(editing, page)
        assert token in editing.get(listed).content.decode()
        revoke = reverse("techport_headless_revoke_link", args=[PreviewToken.objects.get().pk])
        assert editing.get(revoke).status_code == 405
        assert editing.post(revoke + "?all").url == listed
        assert token not in editing.get(listed).content.decode()
        assert read(token).status_code == 401

    def test_those_of_others(self, editing: Client, page: StandardPage) -> None:
        token = self.share(editing, page)
        revoke = reverse("techport_headless_revoke_link", args=[PreviewToken.objects.get().pk])
        listed = reverse("techport_headless_preview_links")
        other = signed_in(staff("other"))
        assert token not in other.get(listed).content.decode()
        assert other.post(revoke).status_code == 404
        assert other.get(reverse("techport_headless_share", args=[page.pk])).status_code in (302, 403)
        assert other.post(reverse("techport_headless_share", args=[page.pk])).status_code in (302, 403)
        assert PreviewToken.objects.count() == 1
        manager = signed_in(staff("manager", "change_previewtoken"))
        assert token in manager.get(listed).content.decode()
        manager.post(revoke)
        assert read(token).status_code == 401

    def test_in_dutch(self, editor: User, page: StandardPage) -> None:
        client = signed_in(editor, "nl")
        shown = client.get(reverse("techport_headless_share", args=[page.pk])).content.decode()
        assert "Maak een voorbeeldlink" in shown
        assert "7 dagen" in shown


def test_a_page_of_wagtails_own_class() -> None:
    """Whatever class a page is of, nothing is to be inherited."""
    homes = language_homes()
    root = User.objects.create_superuser("root", "root@example.org", "x")
    answer = signed_in(root).get(reverse("wagtailadmin_pages:view_draft", args=[homes["en"].pk]))
    page = read(token_of(answer))
    assert page.json()["title"] == "Thuis"
    assert page["Content-Language"] == "en"
