"""What a process keeps between requests goes with the head of the log, and is kept for nobody else."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from factories import (
    ArticlePageFactory,
    NewsIndexPageFactory,
    StandardPageFactory,
    add_page,
    published_home,
    translated,
)
from wagtail.models import Page, Site
from wagtail.rich_text import expand_db_html

from home.models import HomePage, Navigation, StandardPage
from techport_cms.core import kept as kept_module
from techport_cms.core.kept import is_kept, keeping, kept
from techport_cms.core.sites import read_root_paths, site_at, url_parts


class TestStore:
    def test_a_value_is_made_once_for_a_head(self) -> None:
        made: list[int] = []
        with keeping(71):
            assert [kept("key", lambda: made.append(1) or len(made)) for _ in range(3)] == [1, 1, 1]
        with keeping(71):
            assert kept("key", lambda: 2) == 1

    def test_another_head_begins_anew(self) -> None:
        with keeping(72):
            kept("key", lambda: "old")
        with keeping(73):
            assert not is_kept("key")
            assert kept("key", lambda: "new") == "new"

    def test_where_nobody_tells_the_head_nothing_is_kept(self) -> None:
        assert [kept("key", lambda value=value: value) for value in (1, 2)] == [1, 2]
        assert not is_kept("key")

    def test_who_is_still_at_an_older_head_puts_nothing_among_what_is_newer(self) -> None:
        slow, fast = threading.Event(), threading.Event()

        def at_older_head() -> None:
            with keeping(74):
                slow.set()
                fast.wait(5)
                kept("key", lambda: "old")

        thread = threading.Thread(target=at_older_head)
        thread.start()
        slow.wait(5)
        with keeping(75):
            fast.set()
            thread.join()
            assert kept("key", lambda: "new") == "new"

    def test_an_error_is_not_kept(self) -> None:
        with keeping(76):
            with pytest.raises(ZeroDivisionError):
                kept("key", lambda: 1 // 0)
            assert kept("key", lambda: 1) == 1

    def test_there_is_an_end_of_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kept_module, "MOST", 10)
        with keeping(77):
            for number in range(50):
                kept(number, lambda: 0)
            assert [number for number in range(50) if is_kept(number)] == list(range(40, 50))

    def test_it_does_not_last_for_ever(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kept_module, "LONGEST", 0.0)
        with keeping(78):
            kept("key", lambda: "old")
        with keeping(78):
            assert not is_kept("key")


@pytest.mark.django_db
class TestSite:
    @pytest.fixture
    def home(self) -> HomePage:
        home = published_home()
        translated(home, "en")
        return home

    def test_a_page_shows_the_new_navigation_at_the_new_head(self, client: Client, home: HomePage) -> None:
        row = Navigation(site=Site.objects.get(), locale=home.locale)
        row.main = [("entry", {"label": "Eerst", "page": home, "url": ""})]
        row.save()
        with keeping(81):
            assert "Eerst" in client.get("/").content.decode()
            row.main = [("entry", {"label": "Daarna", "page": home, "url": ""})]
            row.save()
            assert "Eerst" in client.get("/").content.decode()
        with keeping(82):
            assert "Daarna" in client.get("/").content.decode()

    def test_the_sites_roots_are_those_of_wagtail(self, home: HomePage) -> None:
        Site.clear_site_root_paths_cache()
        assert sorted(read_root_paths()) == sorted(Site.get_site_root_paths())

    @pytest.mark.parametrize("languages", [True, False])
    def test_the_site_at_a_host_is_wagtails(self, home: HomePage, settings: Any, languages: bool) -> None:
        settings.WAGTAIL_I18N_ENABLED = languages
        dutch = StandardPageFactory(parent=home, slug="begin")
        for hostname, port, root in (
            ("two.example", 80, dutch), ("two.example", 8000, home), ("one.example", 80, home),
        ):  # fmt: skip
            Site.objects.create(hostname=hostname, port=port, root_page=root)
        hosts = (
            "localhost",
            "localhost:9",
            "two.example",
            "two.example:8000",
            "two.example:9",
            "one.example:9",
        )
        for default in (True, False):
            Site.objects.filter(hostname="localhost").update(is_default_site=default)
            for host in (*hosts, "none.example"):
                request = RequestFactory().get("/", headers={"host": host})
                with CaptureQueriesContext(connection) as queries:
                    found = site_at(request)
                assert len(queries) == 1
                wanted = Site.find_for_request(request)
                assert found == wanted, host
                if found is not None:
                    assert (found.root_url, found.root_page) == (wanted.root_url, wanted.root_page)
            Site.clear_site_root_paths_cache()
            assert sorted(read_root_paths()) == sorted(Site.get_site_root_paths())

    def test_addresses_are_those_of_wagtail(self, home: HomePage) -> None:
        index = NewsIndexPageFactory(parent=home, slug="nieuws-über")
        english = home.get_translations().get()
        for page in (home, index, english, Page.get_first_root_node()):
            with keeping(83):
                assert url_parts(page) in (Page.get_url_parts(page), None)
        with keeping(83):
            assert url_parts(index)

    def test_a_link_in_a_text_leads_to_each_readers_language(
        self, home: HomePage, django_assert_num_queries: Any
    ) -> None:
        page = add_page(home, StandardPage(title="Doel", slug="doel"))
        english = translated(page, "en", title="Target", slug="target")
        text = f'<a linktype="page" id="{page.pk}">Hier</a>'
        wanted = {"nl": '<a href="/doel/">Hier</a>', "en": '<a href="/en/target/">Hier</a>'}
        with keeping(88):
            for code in wanted:
                with translation.override(code):
                    assert expand_db_html(text) == wanted[code]
            for code in wanted:
                with translation.override(code), django_assert_num_queries(0):
                    assert expand_db_html(text) == wanted[code]
        english.unpublish()
        page.unpublish()
        with keeping(89):
            assert expand_db_html(text) == "<a>Hier</a>"
            with django_assert_num_queries(0):
                assert expand_db_html(text) == "<a>Hier</a>"

    def test_a_list_of_a_preview_keeps_nothing_of_the_draft(self, client: Client, home: HomePage) -> None:
        page = add_page(home, StandardPage(title="Openbaar", slug="openbaar"))
        page.title = "Concept"
        page.save_revision()
        with keeping(84):
            page.make_preview_request()
            html = client.get("/openbaar/").content.decode()
        assert "Concept" not in html

    def test_the_choices_of_the_news_are_those_of_the_head_and_of_the_address(
        self, client: Client, home: HomePage
    ) -> None:
        index = NewsIndexPageFactory(parent=home, slug="nieuws")
        ArticlePageFactory(parent=index, date="2025-01-01")
        with keeping(85):
            assert "?year=2025" in client.get("/nieuws/").content.decode()
            chosen = client.get("/nieuws/?year=2025").content.decode()
            assert 'href="/nieuws/?year=2025" aria-current="true"' in chosen
            assert 'href="/nieuws/?year=2025" aria-current' not in client.get("/nieuws/").content.decode()
            article = ArticlePageFactory(parent=index, date="2024-01-01")
            assert "?year=2024" not in client.get("/nieuws/").content.decode()
            index.slug = "concept"
            index.set_url_path(home)
            assert 'href="/concept/?year=2025"' in index.make_preview_request().render().rendered_content
            assert "/concept/" not in client.get("/nieuws/").content.decode()
        with keeping(86):
            assert "?year=2024" in client.get("/nieuws/").content.decode()
            article.unpublish()
        with keeping(87):
            assert "?year=2024" not in client.get("/nieuws/").content.decode()
