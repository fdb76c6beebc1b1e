"""Staff: what each group may do, and the mails that invite them, in their own language."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse
from factories import (
    FaqCategoryFactory,
    FaqIndexPageFactory,
    ImageFactory,
    QuestionPageFactory,
    published_home,
    translated,
)
from made_once import made_once
from wagtail.models import GroupPagePermission, Page, Site, Workflow, WorkflowPage
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, rich_text, streamfield
from wagtail.users.models import UserProfile
from webhook_receiver import make_endpoint

from home.models import HomePage
from home.people.demo import NotADemoSiteError, create_demo_users
from home.people.groups import CHIEF_EDITORS, EDITORS

pytestmark = pytest.mark.django_db

PASSWORD = "only-for-the-tests-1"
ROLES = ("anonymous", "nobody", "editor", "chief", "translator", "admin")


@made_once
def made() -> dict[str, Page]:
    """A question in both languages, and one user in each group."""
    home = published_home()
    translated(home, "en")
    index = FaqIndexPageFactory(parent=home)
    dutch = QuestionPageFactory(parent=index, title="Waarom?", category=FaqCategoryFactory())
    call_command("create_groups", verbosity=0)
    with override_settings(DEMO_USERS=True):
        call_command("create_demo_users", PASSWORD, verbosity=0)
    User.objects.create_user("nobody", "nobody@example.org", PASSWORD)
    return {"nl": dutch, "en": translated(dutch, "en", title="Why?"), "home": home}


@pytest.fixture
def site(made: dict[str, Page], settings) -> dict[str, Page]:
    settings.DEMO_USERS = True
    return made


def signed_in(username: str) -> Client:
    client = Client()
    if username != "anonymous":
        client.force_login(User.objects.get(username=username))
    return client


# What each group may do. "+" is an answer of 200, "-" a refusal: the sign-in page for those who are not
# signed in, the admin's home page or 403 for those who are. In the order of ROLES.
MATRIX = {
    "wagtailadmin_home": "--++++",
    "edit nl": "--++-+",
    "edit en": "--++++",
    "publish nl": "---+-+",
    "publish en": "---+++",
    "add question nl": "--++-+",
    "add question en": "--++++",
    "delete nl": "---+-+",
    "wagtailsnippets_faq_faqcategory:list": "--++++",
    "wagtailsnippets_faq_faqcategory:add": "--++++",
    "delete category": "---+-+",
    "wagtailsnippets_home_navigation:list": "---+++",
    "wagtailsnippets_home_navigation:add": "---+-+",
    "wagtailsnippets_home_sitesettings:add": "---+-+",
    "wagtailimages:index": "--++++",
    "wagtailimages:add": "--++++",
    "edit image": "--++++",
    "wagtaildocs:index": "--++++",
    "wagtailredirects:index": "---+-+",
    "wagtailforms:index": "--++++",
    "wagtailusers_users:index": "-----+",
    "wagtailusers_groups:index": "-----+",
    "wagtailsites:index": "-----+",
    "wagtaillocales:index": "-----+",
    "wagtailadmin_workflows:index": "-----+",
    "invite": "-----+",
    "techport_webhooks:index": "-----+",
    "techport_webhooks:add": "-----+",
    "techport_webhooks:edit": "-----+",
    "techport_webhooks_secret": "-----+",
    "techport_webhooks_test": "-----+",
    "techport_webhooks_deliveries": "-----+",
    "techport_webhooks_delivery": "-----+",
}


def address(row: str, site: dict[str, Page]) -> str:
    kind, _, rest = row.partition(" ")
    match kind:
        case "edit" if rest == "image":
            return reverse("wagtailimages:edit", args=[ImageFactory(title="Van een ander").pk])
        case "edit":
            return reverse("wagtailadmin_pages:edit", args=[site[rest].pk])
        case "publish":
            return reverse("wagtailadmin_pages:unpublish", args=[site[rest].pk])
        case "add":
            index = site[rest.removeprefix("question ")].get_parent()
            return reverse("wagtailadmin_pages:add", args=["faq", "questionpage", index.pk])
        case "delete" if rest == "category":
            return reverse("wagtailsnippets_faq_faqcategory:delete", args=[FaqCategoryFactory().pk])
        case "delete":
            return reverse("wagtailadmin_pages:delete", args=[site[rest].pk])
        case "invite":
            invited = User.objects.create(username="invited", email="invited@example.org", password="")
            return reverse("people_invite", args=[invited.pk])
    return reverse(row, args=arguments(row))


def arguments(row: str) -> list[int]:
    """Of the views of one webhook."""
    if not row.startswith("techport_webhooks") or row.endswith((":index", ":add")):
        return []
    delivery = make_endpoint("https://example.org/").deliveries.create()
    return [delivery.endpoint_id, delivery.pk] if row.endswith("_delivery") else [delivery.endpoint_id]


@pytest.mark.parametrize("row", MATRIX)
def test_what_each_group_may_open(site: dict[str, Page], row: str) -> None:
    url = address(row, site)
    answers = {role: signed_in(role).get(url) for role in ROLES}
    assert {answer.status_code for answer in answers.values()} <= {200, 302, 403}
    assert "".join("+" if answer.status_code == 200 else "-" for answer in answers.values()) == MATRIX[row]
    assert answers["anonymous"].url.startswith("/admin/login/")


def test_every_admin_view_of_ours_is_in_the_matrix() -> None:
    from home.wagtail_hooks import people_urls
    from techport_cms.webhooks.wagtail_hooks import webhook_urls

    assert {url.name for url in people_urls()} == {"people_invite"}
    assert {url.name for url in webhook_urls()} <= MATRIX.keys()


def test_an_editor_submits_for_review_and_the_chief_publishes(site: dict[str, Page]) -> None:
    page = site["nl"]
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = querydict_from_html(signed_in("editor").get(edit).content.decode(), form_id="page-edit-form")
    form["title"] = "Waarom dan?"
    form["action-submit"] = "1"
    # The editor's script writes what a stream holds.
    answer = [("paragraph", rich_text("<p>Daarom.</p>"))]
    form.update(nested_form_data({"answer": streamfield(answer)}))
    assert signed_in("editor").post(edit, form).status_code == 302
    page.refresh_from_db()
    assert page.title == "Waarom?"
    task = page.specific.current_workflow_task_state
    assert task is not None
    approve = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
    assert signed_in("editor").post(approve, {"comment": ""}).status_code in (302, 403)
    page.refresh_from_db()
    assert page.title == "Waarom?"
    signed_in("chief").post(approve, {"comment": "Goed."})
    page.refresh_from_db()
    assert page.title == "Waarom dan?"


class TestCreateGroups:
    def test_again_changes_nothing(self, site: dict[str, Page]) -> None:
        before = permissions()
        call_command("create_groups", verbosity=0)
        assert permissions() == before

    def test_again_takes_nothing_away(self, site: dict[str, Page]) -> None:
        group = Group.objects.get(name=EDITORS)
        own = Group.objects.create(name="Fotografen")
        extra = GroupPagePermission.objects.create(group=group, page=site["nl"], permission_type="publish")
        call_command("create_groups", verbosity=0)
        assert GroupPagePermission.objects.filter(pk=extra.pk).exists()
        assert Group.objects.filter(pk=own.pk).exists()

    def test_a_workflow_that_people_chose_stays(self, site: dict[str, Page]) -> None:
        own = Workflow.objects.create(name="Alleen de directie")
        WorkflowPage.objects.filter(page=site["home"]).update(workflow=own)
        call_command("create_groups", verbosity=0)
        assert WorkflowPage.objects.get(page=site["home"]).workflow == own

    def test_a_group_with_people_in_it_stays(self) -> None:
        published_home()
        moderators = Group.objects.get(name="Moderators")
        moderators.user_set.add(User.objects.create_user("someone"))
        call_command("create_groups", verbosity=0)
        assert Group.objects.filter(name="Moderators").exists()

    def test_the_example_group_of_wagtail_goes(self, site: dict[str, Page]) -> None:
        assert set(Group.objects.values_list("name", flat=True)) == {
            EDITORS,
            CHIEF_EDITORS,
            "Translators: en",
        }

    def test_a_new_language_gets_translators(self, site: dict[str, Page]) -> None:
        home = translated(site["home"], "de")
        call_command("create_groups", verbosity=0)
        given = GroupPagePermission.objects.filter(group__name="Translators: de")
        assert set(given.values_list("page", flat=True)) == {home.pk}


def permissions() -> set[tuple]:
    return {
        *Group.objects.values_list("name", "permissions__codename"),
        *GroupPagePermission.objects.values_list("group__name", "page", "permission__codename"),
        *Group.objects.values_list("name", "collection_permissions__permission__codename"),
    }


def test_demo_users_are_refused_on_a_real_site() -> None:
    with pytest.raises(CommandError, match="DEMO_USERS"):
        call_command("create_demo_users", PASSWORD)
    with pytest.raises(NotADemoSiteError):
        create_demo_users(PASSWORD)
    assert not User.objects.exists()


def test_a_demo_user_keeps_a_password_that_somebody_chose(site: dict[str, Page]) -> None:
    editor = User.objects.get(username="editor")
    editor.set_password("another-of-the-tests-2")
    editor.save()
    call_command("create_demo_users", PASSWORD, verbosity=0)
    assert User.objects.get(username="editor").check_password("another-of-the-tests-2")


def test_demo_users_read_the_admin_in_their_language(site: dict[str, Page]) -> None:
    assert "Uitloggen" in signed_in("chief").get("/admin/").content.decode()
    assert "Log out" in signed_in("translator").get("/admin/").content.decode()


NEW_USER = {
    "username": "anna",
    "email": "anna@example.org",
    "first_name": "Anna",
    "last_name": "Voorbeeld",
    "password1": "",
    "password2": "",
}


class TestInvitation:
    @pytest.fixture
    def admin(self, site: dict[str, Page]) -> Client:
        return signed_in("admin")

    @pytest.mark.parametrize(
        ("language", "subject", "greeting"),
        [("nl", "Je account bij Techport", "Beste"), ("en", "Your account at Techport", "Dear")],
    )
    def test_is_mailed_in_the_language_of_the_new_user(
        self, admin, language, subject, greeting, django_capture_on_commit_callbacks
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            self.invite(admin, language)
        message = mail.outbox[0]
        assert (message.subject, message.to) == (subject, ["anna@example.org"])
        assert message.body.lstrip().startswith(f"{greeting} Anna Voorbeeld,")

    def invite(self, admin: Client, language: str) -> None:
        answer = admin.post(reverse("wagtailusers_users:add"), {**NEW_USER, "preferred_language": language})
        assert answer.status_code == 302, answer.context["form"].errors

    def test_its_link_sets_the_password_once(self, admin, django_capture_on_commit_callbacks) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            self.invite(admin, "nl")
        link = re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[0].body)[1]
        visitor = Client()
        form = visitor.get(link, follow=True)
        data = {"new_password1": "een-lang-wachtwoord-9", "new_password2": "een-lang-wachtwoord-9"}
        visitor.post(form.request["PATH_INFO"], data)
        assert User.objects.get(username="anna").check_password("een-lang-wachtwoord-9")
        again = Client().get(link, follow=True)
        assert not again.context["validlink"]

    def test_can_be_mailed_again_until_a_password_is_set(
        self, admin, django_capture_on_commit_callbacks
    ) -> None:
        self.invite(admin, "nl")
        anna = User.objects.get(username="anna")
        url = reverse("people_invite", args=[anna.pk])
        assert url in admin.get(reverse("wagtailusers_users:index")).content.decode()
        assert "anna@example.org" in admin.get(url).content.decode()
        with django_capture_on_commit_callbacks(execute=True):
            admin.post(url)
        assert [message.to for message in mail.outbox] == [["anna@example.org"]]
        anna.set_password(PASSWORD)
        anna.save()
        mail.outbox.clear()
        answer = admin.post(url, follow=True)
        assert "heeft al een wachtwoord" in answer.content.decode()
        assert not mail.outbox
        assert url not in admin.get(reverse("wagtailusers_users:index")).content.decode()

    def test_a_mail_server_that_fails_loses_no_user(
        self, admin, monkeypatch, django_capture_on_commit_callbacks
    ) -> None:
        def refuse(*args, **kwargs) -> None:
            raise ConnectionRefusedError

        monkeypatch.setattr("home.people.mail.send_mail", refuse)
        with django_capture_on_commit_callbacks(execute=True):
            self.invite(admin, "nl")
        assert User.objects.filter(username="anna").exists()

    def test_a_user_with_a_password_gets_no_mail(self, admin, django_capture_on_commit_callbacks) -> None:
        data = {**NEW_USER, "preferred_language": "nl", "password1": PASSWORD, "password2": PASSWORD}
        with django_capture_on_commit_callbacks(execute=True):
            admin.post(reverse("wagtailusers_users:add"), data)
        assert not mail.outbox
        assert User.objects.get(username="anna").check_password(PASSWORD)

    def test_the_language_can_be_changed(self, admin) -> None:
        self.invite(admin, "nl")
        anna = User.objects.get(username="anna")
        url = reverse("wagtailusers_users:edit", args=[anna.pk])
        assert admin.get(url).context["form"]["preferred_language"].value() == "nl"
        admin.post(url, {**NEW_USER, "preferred_language": "en", "is_active": "on"})
        assert UserProfile.objects.get(user=anna).preferred_language == "en"


@pytest.mark.parametrize(
    ("username", "sentence"),
    [("chief", "Klik op de link hieronder"), ("translator", "Please follow the link below")],
)
def test_a_password_is_reset_in_the_language_of_its_owner(site, username: str, sentence: str) -> None:
    # Asked for by a browser in a third language, which does not matter.
    Client(headers={"accept-language": "de"}).post(
        reverse("wagtailadmin_password_reset"), {"email": f"{username}@example.org"}
    )
    assert sentence in mail.outbox[0].body


def test_a_new_site_begins_with_a_home_page_and_groups() -> None:
    call_command("create_site", verbosity=0)
    call_command("create_site", verbosity=0)
    assert Site.objects.get(is_default_site=True).root_page.specific_class is HomePage
    assert Group.objects.filter(name__in=[EDITORS, CHIEF_EDITORS]).count() == 2
