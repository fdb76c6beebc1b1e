"""For which channels a page is meant and until when: the choice of staff, lists of all types, the end."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from factories import ArticlePageFactory, NewsIndexPageFactory, QuestionPageFactory, published_home
from made_once import made_once
from translating import ENGLISH, faq_index, faq_question, submit, write
from wagtail.models import Page, Site
from wagtail.users.models import UserProfile

from faq.models import FaqIndexPage, QuestionPage
from home.models import HomePage
from techport_cms.changes.models import Change
from techport_cms.content.conf import load
from techport_cms.content.models import ChannelPlan
from techport_cms.core.channels import channel_names, for_channel
from techport_cms.core.visibility import public_pages
from techport_cms.webhooks import schedule
from techport_cms.webhooks.worker import Worker

pytestmark = pytest.mark.django_db


@made_once
def index() -> Page:
    return faq_index()


@made_once
def question(index: Page) -> QuestionPage:
    return faq_question(index)


def publish(page: Page, **values: Any) -> None:
    page = page.specific_class.objects.get(pk=page.pk)
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()


def is_for(page: Page, channel: str) -> bool:
    return for_channel(public_pages(), channel).filter(pk=page.pk).exists()


def channels_of(page: Page) -> list[str]:
    return [channel for channel in channel_names() if is_for(page, channel)]


class TestChoice:
    def test_none_is_all(self, question) -> None:
        assert channels_of(question) == ["website", "screens", "app", "partner-sites"]

    def test_the_website_shows_every_page(self, question, client) -> None:
        publish(question, channels=["app"])
        assert channels_of(question) == ["website", "app"]
        assert client.get(question.url).status_code == 200
        publish(question, channels=[])
        assert len(channels_of(question)) == 4

    def test_a_draft_is_nobodys_business(self, question) -> None:
        publish(question, channels=["app"])
        question = QuestionPage.objects.get(pk=question.pk)
        question.channels = ["screens"]
        question.channels_until = timezone.now() - timedelta(days=1)
        question.save_revision()
        assert channels_of(question) == ["website", "app"]
        question.get_latest_revision().publish()
        assert channels_of(question) == ["website"]

    def test_a_name_within_another_is_another(self, question, settings) -> None:
        settings.TECHPORT_CONTENT = {"CHANNELS": {"app": "App", "app-2": "Second app", "2": "Two"}}
        publish(question, channels=["app-2"])
        assert channels_of(question) == ["website", "app-2"]

    def test_a_channel_that_is_no_more(self, question, settings) -> None:
        publish(question, channels=["app"])
        settings.TECHPORT_CONTENT = {"CHANNELS": {"screens": "Screens"}}
        assert channels_of(question) == ["website"]
        with pytest.raises(ValueError, match="no channel app"):
            for_channel(public_pages(), "app")
        publish(question, title="Waarom toch?")  # the page can go on without it

    def test_a_copy_has_the_choice_too(self, question) -> None:
        publish(question, channels=["app"])
        copy = QuestionPage.objects.get(pk=question.pk).copy(update_attrs={"slug": "nog-een"})
        assert channels_of(copy) == ["website", "app"]

    def test_a_translation_takes_it_over(self, question) -> None:
        publish(question, channels=["app"])
        desk = submit(QuestionPage.objects.get(pk=question.pk))
        write(desk, {**ENGLISH, "answer": "Because."})
        desk.save_target()
        english = desk.get_target_instance()
        assert channels_of(english) == ["website", "app"]
        publish(question, channels=["screens"])
        assert channels_of(english) == ["website", "app"]
        desk.source.update_from_db()
        desk.save_target()
        assert channels_of(english) == ["website", "screens"]

    @pytest.mark.parametrize("wrong", ["app", ["app,screens"], [3], {"app": True}])
    def test_what_is_no_list_of_names(self, question, wrong) -> None:
        question.channels = wrong
        with pytest.raises(ValidationError) as error:
            question.full_clean()
        assert "channels" in error.value.message_dict

    def test_a_deleted_page_leaves_nothing(self, question) -> None:
        publish(question, channels=["app"])
        QuestionPage.objects.get(pk=question.pk).delete()
        assert not ChannelPlan.objects.exists()


class TestLists:
    def test_pages_of_all_types(self, index) -> None:
        home = HomePage.objects.get(locale=index.locale)
        news = NewsIndexPageFactory(parent=home)
        wanted = [
            QuestionPageFactory(parent=index, answer=[], channels=["screens"]),
            ArticlePageFactory(parent=news, channels=["app", "screens"]),
        ]
        ArticlePageFactory(parent=news, channels=["app"])
        found = for_channel(public_pages().filter(depth=4, locale=index.locale), "screens")
        assert {page.pk for page in found} == {page.pk for page in wanted}
        questions = for_channel(public_pages(QuestionPage.objects.all()), "screens")
        assert [page.pk for page in questions] == [wanted[0].pk]

    @pytest.mark.parametrize("count", [2, 20])
    def test_in_the_query_of_the_list(self, index, count, django_assert_num_queries) -> None:
        for number in range(count):
            QuestionPageFactory(parent=index, slug=f"vraag-{number}", answer=[], channels=["screens"])
        Site.get_site_root_paths()  # which Wagtail caches
        with django_assert_num_queries(1):
            assert len(for_channel(public_pages(QuestionPage.objects.all()), "screens")) == count
        with django_assert_num_queries(1):
            assert len(for_channel(public_pages(QuestionPage.objects.all()), "app")) == 0


class TestEnd:
    def test_the_worker_applies_it_and_tells_the_log(self, question) -> None:
        publish(question, channels=["app"], channels_until=timezone.now() + timedelta(hours=1))
        assert not list(schedule.due())
        ChannelPlan.objects.update(until=timezone.now() - timedelta(seconds=1))
        assert channels_of(question) == ["website", "app"]  # not before the worker says so
        changes = set(Change.objects.values_list("pk", flat=True))
        Worker(webhooks=False).run_once()
        assert channels_of(question) == ["website"]
        told = Change.objects.exclude(pk__in=changes)
        assert [(row.kind, row.object_id) for row in told] == [("save", str(question.pk))]
        assert not list(schedule.due())

    def test_an_end_without_a_choice(self, question) -> None:
        publish(question, channels_until=timezone.now() + timedelta(hours=1))
        assert len(channels_of(question)) == 4
        ChannelPlan.objects.update(until=timezone.now() - timedelta(seconds=1))
        Worker(webhooks=False).run_once()
        assert channels_of(question) == ["website"]

    def test_a_later_end_opens_them_again(self, question) -> None:
        publish(question, channels_until=timezone.now() - timedelta(hours=1))
        assert channels_of(question) == ["website"]
        publish(question, channels_until=timezone.now() + timedelta(hours=1))
        assert len(channels_of(question)) == 4

    def test_nobody_is_told_of_a_draft(self, question) -> None:
        publish(question, channels_until=timezone.now() + timedelta(hours=1))
        QuestionPage.objects.get(pk=question.pk).unpublish()
        ChannelPlan.objects.update(until=timezone.now() - timedelta(seconds=1))
        before = Change.objects.count()
        Worker(webhooks=False).run_once()
        assert Change.objects.count() == before
        assert not list(schedule.due())


class TestAdmin:
    @pytest.fixture
    def user(self) -> User:
        return User.objects.create_superuser("admin")

    @pytest.fixture
    def admin(self, client, user) -> Any:
        client.force_login(user)
        return client

    @pytest.mark.parametrize(
        ("language", "label", "help_text"),
        [
            ("nl", "Schermen in gebouwen", "Kies je er geen"),
            ("en", "Screens in buildings", "Choose none"),
        ],
    )
    def test_checkboxes_in_the_language_of_staff(
        self, admin, user, question, language, label, help_text
    ) -> None:
        UserProfile.objects.create(user=user, preferred_language=language)
        html = admin.get(reverse("wagtailadmin_pages:edit", args=[question.pk])).content.decode()
        assert 'name="channels" value="screens"' in html
        assert label in html
        assert help_text in html

    def test_the_form(self, index) -> None:
        form = FaqIndexPage.get_edit_handler().get_form_class()
        rest = "comments-TOTAL_FORMS=0&comments-INITIAL_FORMS=0"
        ticked = form(QueryDict(f"channels=app&channels=screens&{rest}"), instance=index)
        ticked.is_valid()
        assert ticked.cleaned_data["channels"] == ["app", "screens"]
        assert "channels" in form(QueryDict(f"channels=cinema&{rest}"), instance=index).errors

    def test_nothing_to_choose_nothing_shown(self, admin, question, settings) -> None:
        settings.TECHPORT_CONTENT = {}
        html = admin.get(reverse("wagtailadmin_pages:edit", args=[question.pk])).content.decode()
        assert 'name="channels' not in html


@pytest.mark.parametrize(
    "wrong", [{"CHANEL": {}}, {"CHANNELS": {"website": "Site"}}, {"CHANNELS": {"A, b": "x"}}]
)
def test_settings_that_are_wrong_say_so(settings, wrong) -> None:
    settings.TECHPORT_CONTENT = wrong
    with pytest.raises(ImproperlyConfigured):
        load()


def test_in_the_api(client) -> None:
    home = published_home()
    publish(home, channels=["screens"])
    answer = client.get(f"/api/v2/pages/{home.pk}/").json()
    assert (answer["channels"], answer["channels_until"]) == (["screens"], None)
