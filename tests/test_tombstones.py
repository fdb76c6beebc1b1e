"""410 where something public was and nothing is, with the cache and without it."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.test.utils import override_script_prefix
from django.urls import include, path
from django.utils import timezone
from factories import FaqIndexPageFactory, QuestionPageFactory, make_private, translated
from wagtail import urls as wagtail_urls
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from techport_cms import urls
from techport_cms.changes.checks import check_order_of_redirects
from techport_cms.changes.log import trim
from techport_cms.changes.models import Change, Tombstone
from techport_cms.changes.tombstones import is_gone
from techport_cms.core.routing import url_path_at

pytestmark = pytest.mark.django_db

QUESTION = "/vragen/waarom/"


def status(path: str) -> int:
    return Client().get(path).status_code


def index_of(question: Page) -> Page:
    return question.get_parent().specific


class TestWhatGoes:
    @pytest.mark.parametrize("action", ["unpublish", "delete"])
    def test_a_page(self, question, action) -> None:
        assert status(QUESTION) == 200
        assert not is_gone(question.url_path)
        getattr(question, action)()
        assert status(QUESTION) == 410
        assert Client().head(QUESTION).status_code == 410
        assert is_gone(question.url_path)

    def test_in_another_language(self, question) -> None:
        english = translated(question, "en", slug="why")
        path = english.get_url().removeprefix("http://localhost")
        assert status(path) == 200
        english.unpublish()
        assert status(path) == 410
        assert status(QUESTION) == 200

    def test_a_tree_that_is_deleted(self, question) -> None:
        index_of(question).delete()
        assert [status(path) for path in ("/vragen/", QUESTION)] == [410, 410]

    def test_a_tree_that_is_deleted_by_a_queryset(self, question) -> None:
        Page.objects.filter(pk=index_of(question).pk).delete()
        assert [status(path) for path in ("/vragen/", QUESTION)] == [410, 410]

    def test_a_tree_that_is_unpublished(self, question) -> None:
        chief = get_user_model().objects.create_superuser("chief", "", "x")
        UnpublishPageAction(index_of(question), user=chief, include_descendants=True).execute()
        assert [status(path) for path in ("/vragen/", QUESTION)] == [410, 410]

    def test_a_tree_that_moves_where_no_redirect_is_made(self, question, settings) -> None:
        settings.WAGTAILREDIRECTS_AUTO_CREATE = False
        index = index_of(question)
        other = FaqIndexPageFactory(parent=index.get_parent(), slug="ander")
        index.move(other, pos="last-child")
        assert [status(path) for path in ("/vragen/", QUESTION)] == [410, 410]
        assert status("/ander/vragen/waarom/") == 200

    def test_a_tree_that_is_renamed(self, question) -> None:
        index = index_of(question)
        index.slug = "faq"
        index.save_revision().publish()  # redirects are made after the commit, which no test does
        assert [status(path) for path in ("/vragen/", QUESTION)] == [410, 410]
        assert status("/faq/waarom/") == 200

    def test_a_page_whose_redirect_was_deleted(self, question, committed) -> None:
        with committed():
            question.slug = "daarom"
            question.save_revision().publish()
        assert status(QUESTION) == 301
        Redirect.objects.all().delete()
        assert status(QUESTION) == 410

    def test_a_public_page_that_was_private_when_it_went(self, question) -> None:
        make_private(index_of(question))
        assert not is_gone(question.url_path)
        question.delete()
        assert status(QUESTION) == 410


class TestWhatIsThere:
    def test_what_never_was_public(self, question) -> None:
        draft = QuestionPageFactory(parent=index_of(question), slug="concept", live=False)
        assert status("/vragen/concept/") == 404
        draft.delete()
        assert status("/vragen/concept/") == 404
        assert status("/vragen/niets/") == 404
        assert status("/vragen/%00/") == 404
        assert status("/api/v2/pages/999999/") == 404

    @pytest.mark.parametrize("above", [True, False])
    def test_what_was_private_from_the_start(self, question, above) -> None:
        index = index_of(question)
        if above:
            make_private(index)
        secret = QuestionPageFactory(parent=index, slug="geheim", live=False)
        if not above:
            make_private(secret)
        secret.save_revision().publish()
        secret.delete()
        assert status("/vragen/geheim/") == 404

    def test_a_redirect_wins(self, question) -> None:
        question.delete()
        Redirect.objects.create(old_path="/vragen/waarom", redirect_link="/vragen/")
        assert status(QUESTION) == 301

    def test_a_new_page_wins(self, question) -> None:
        parent = index_of(question)
        question.delete()
        assert status(QUESTION) == 410
        draft = QuestionPageFactory(parent=parent, slug="waarom", live=False)
        assert status(QUESTION) == 410
        draft.save_revision().publish()
        assert status(QUESTION) == 200
        assert not is_gone(draft.url_path)

    def test_a_page_that_comes_back_and_goes_again(self, question) -> None:
        question.unpublish()
        question.save_revision().publish()
        assert status(QUESTION) == 200
        question.refresh_from_db()
        question.unpublish()
        assert status(QUESTION) == 410

    def test_a_private_page_is_there(self, question) -> None:
        make_private(question)
        assert not is_gone(question.url_path)
        assert status(QUESTION) == 302


class TestRows:
    def test_they_outlive_the_log(self, question, committed) -> None:
        with committed():
            question.unpublish()
        Change.objects.update(made_at=timezone.now() - timedelta(days=100))
        assert trim(timedelta(days=90))
        assert status(QUESTION) == 410

    def test_a_change_that_is_rolled_back_leaves_none(self, question) -> None:
        with pytest.raises(RuntimeError), transaction.atomic():
            question.unpublish()
            raise RuntimeError
        assert not Tombstone.objects.filter(url_path=question.url_path).exists()

    def test_the_address_of_the_home_page_does_not_depend_on_its_slug(self, question) -> None:
        question.unpublish()
        home = Site.objects.get().root_page.specific
        home.slug = "anders"
        home.save_revision().publish()
        assert status(QUESTION) == 410

    def test_one_query(self, question, django_assert_num_queries) -> None:
        question.unpublish()
        with django_assert_num_queries(1):
            assert is_gone(question.url_path)

    def test_a_path_of_any_length(self, question) -> None:
        index = index_of(question)
        for _ in range(12):
            index = FaqIndexPageFactory(parent=index, slug="s" * 250)
        path = index.url_path
        index.delete()
        assert len(path) > 2704  # bytes; PostgreSQL indexes no longer ones
        assert is_gone(path)

    def test_the_migration_takes_them_from_the_log(self, question) -> None:
        question.unpublish()
        Tombstone.objects.all().delete()
        migration = import_module("techport_cms.changes.migrations.0002_tombstone")
        migration.bury_what_the_log_names(apps, None)
        assert is_gone(question.url_path)


class TestWhatIsTold:
    @pytest.mark.parametrize(
        ("language", "title", "sentence"),
        [
            ("nl", "Pagina weggehaald", "Wat op dit adres stond, is weggehaald"),
            ("en", "Page taken down", "What was at this address has been taken down"),
        ],
    )
    def test_a_page_that_is_gone(self, question, language, title, sentence) -> None:
        page = question if language == "nl" else translated(question, "en")
        path = page.get_url().removeprefix("http://localhost")
        page.unpublish()
        response = Client().get(path)
        assert (response.status_code, response.headers["Content-Language"]) == (410, language)
        assert f"<title>{title} " in response.text
        assert ">410<" in response.text
        assert "404" not in response.text
        assert sentence in response.text

    def test_a_page_that_never_was(self, question) -> None:
        before = Client().get("/vragen/niets/").text
        question.unpublish()
        assert "410" in Client().get(QUESTION).text
        assert Client().get("/vragen/niets/").text == before
        assert ">404<" in before
        assert "Wat op dit adres stond" not in before

    def test_a_project_without_a_handler_of_its_own_changes_the_status_only(self, question, settings) -> None:
        settings.ROOT_URLCONF = SiteWithoutHandler
        question.unpublish()
        response = Client().get(QUESTION)
        assert response.status_code == 410
        assert ">404<" in response.text


class SiteWithoutHandler:
    urlpatterns = urls.urlpatterns
    handler404 = staticmethod(urls.handler404)


def test_the_cache_passes_it_on(visitor, committed, question) -> None:
    assert visitor.get(QUESTION).status == 200
    with committed():
        question.unpublish()
    for _ in range(2):
        reply = visitor.get(QUESTION)
        assert (reply.status, reply.cached) == (410, "miss")


@pytest.mark.parametrize(
    ("address", "url_path"),
    [
        ("/", "/home/"),
        ("/vragen/x/", "/home/vragen/x/"),
        ("/vragen/x", "/home/vragen/x/"),
        ("/en/", None),
        ("/en/faq/", None),
        ("/nl/vragen/", "/home/nl/vragen/"),  # the default language is not named in addresses
    ],
)
def test_which_page_an_address_leads_to(question, address, url_path) -> None:
    site = Site.objects.get()
    root = site.root_page.url_path
    assert url_path_at(site, address) == (url_path and url_path.replace("/home/", root))


def test_which_page_an_address_leads_to_below_a_path(question, settings) -> None:
    class Below:
        urlpatterns = [path("cms/", include(wagtail_urls))]

    settings.ROOT_URLCONF = Below
    site = Site.objects.get()
    root = site.root_page.url_path
    for address, url_path in (("/cms/", root), ("/cms/vragen/x", f"{root}vragen/x/"), ("/vragen/x/", None)):
        assert url_path_at(site, address) == url_path


def test_what_the_server_puts_before_every_path_is_no_part_of_an_address(question) -> None:
    site = Site.objects.get()
    root = site.root_page.url_path
    with override_script_prefix("/cms/"):
        for address, url_path in (("/", root), ("/vragen/x", f"{root}vragen/x/")):
            assert url_path_at(site, address) == url_path


def test_a_page_is_found_below_a_path(question, settings) -> None:
    class Below:
        urlpatterns = [
            path("api/", include("techport_cms.headless.urls")),
            path("cms/", include(wagtail_urls)),
        ]

    settings.ROOT_URLCONF = Below
    find = "/api/v2/pages/find/?html_path={}"
    assert Client().get(find.format("/cms/vragen/waarom/")).status_code == 302
    assert Client().get(find.format("/vragen/waarom/")).status_code == 404


def test_a_check_of_the_order(settings) -> None:
    assert check_order_of_redirects() == []
    settings.MIDDLEWARE = [*reversed(settings.MIDDLEWARE)]
    assert [message.id for message in check_order_of_redirects()] == ["techport_changes.W003"]
