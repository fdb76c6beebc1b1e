"""What is kept is kept for those to whom it applies, site by site and language by language, and of no more
keys than there is an end of."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from itertools import count
from typing import Any

import pytest
from django.core.exceptions import DisallowedHost
from django.test import Client, RequestFactory
from django.utils import translation
from factories import ArticlePageFactory, NewsIndexPageFactory, add_page, published_home, translated
from wagtail.models import Page, Site
from wagtail.rich_text import expand_db_html

from home.frame import site_frame
from home.models import HomePage, Navigation, StandardPage
from techport_cms.core import kept as kept_module
from techport_cms.core.kept import is_kept, keeping, kept
from techport_cms.core.sites import remember_site

pytestmark = pytest.mark.django_db

heads = count(900)
WAYS = pytest.mark.parametrize("told", [nullcontext, lambda: keeping(next(heads))], ids=["made", "kept"])
Told = Callable[[], AbstractContextManager[None]]


def start_of_site(parent: Page, name: str) -> HomePage:
    start = HomePage(title=name, slug=name, purpose="Doel")
    start.body = [("latest_news", {"heading": "Nieuws", "count": 3})]
    add_page(parent, start)
    Site.objects.create(hostname=f"{name}.example", port=80, root_page=start)
    Site.clear_site_root_paths_cache()
    return start


def links_to_article(client: Client, host: str, path: str = "/") -> list[str]:
    html = client.get(path, headers={"host": host}).content.decode()
    return re.findall(r'href="([^"]*bericht/)"', html)


@WAYS
def test_an_excerpt_links_from_its_own_site(client: Client, told: Told) -> None:
    """Both sites begin below a page of neither."""
    above = add_page(Page.get_first_root_node(), StandardPage(title="Organisatie", slug="organisatie"))
    one, _two = (start_of_site(above, name) for name in ("een", "twee"))
    ArticlePageFactory(parent=NewsIndexPageFactory(parent=one, slug="nieuws"), slug="bericht")
    with told():
        assert links_to_article(client, "een.example") == ["/nieuws/bericht/"]
        assert links_to_article(client, "twee.example") == ["http://een.example/nieuws/bericht/"]


@WAYS
def test_an_excerpt_on_a_page_of_two_sites_links_from_the_one_that_is_asked(
    client: Client, told: Told
) -> None:
    home = published_home()
    ArticlePageFactory(parent=NewsIndexPageFactory(parent=home, slug="nieuws"), slug="bericht")
    start_of_site(home, "begin")
    with told():
        assert links_to_article(client, "localhost", "/begin/") == ["/nieuws/bericht/"]
        assert links_to_article(client, "begin.example") == ["http://localhost/nieuws/bericht/"]


def link_in_text(page: Page, path: str) -> str:
    return expand_db_html(f'<a linktype="page" id="{page.pk}">Hier</a>').split('"')[1]


def link_in_menu(page: Page, path: str) -> str:
    return site_frame(RequestFactory().get(path)).main[0].url


@WAYS
@pytest.mark.parametrize("link", [link_in_text, link_in_menu])
def test_an_address_begins_with_the_readers_variant_of_the_language(
    settings: Any, told: Told, link: Callable[[Page, str], str]
) -> None:
    settings.LANGUAGES = [("nl", "Nederlands"), ("en", "English"), ("en-gb", "British English")]
    settings.WAGTAIL_CONTENT_LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
    home = published_home()
    page = add_page(home, StandardPage(title="Doel", slug="doel"))
    translated(page, "en", title="Target", slug="target")
    row = Navigation(site=Site.objects.get(), locale=home.locale)
    row.main = [("entry", {"label": "Eerst", "page": page, "url": ""})]
    row.save()
    with told():
        for code in ("en", "en-gb"):
            with translation.override(code):
                assert link(page, f"/{code}/target/") == f"/{code}/target/"


def test_ports_that_a_visitor_makes_up_push_out_nothing(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    published_home()
    monkeypatch.setattr(kept_module, "MOST", 20)
    with keeping(next(heads)):
        kept("what is costly", lambda: "made")
        for port in range(1, 40):
            remember_site(RequestFactory().get("/", headers={"host": f"localhost:{port}"}))
        assert is_kept("what is costly")
        with pytest.raises(DisallowedHost):
            remember_site(RequestFactory().get("/", headers={"host": "elsewhere.invalid"}))
