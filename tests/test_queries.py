"""What an answer costs the database: the same for two things on a page as for twenty, and never much.

The numbers are pinned: a query more is seen, and has to be meant. Every page is full: each kind of
block, links to pages and documents in its texts, a frame, a translation.
"""

from itertools import count
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from factories import (
    add_page,
    published_home,
    translated,
)
from full_pages import (
    MAKERS,
    answer,
    articles,
    body,
    full_home,
    home_body,
    image,
    partners,
    questions,
    standard_pages,
)
from made_once import made_once
from wagtail.models import Page, Site

from home.blocks import HomeBlocks
from home.models import HomePage, JoinFormField, JoinPage, Navigation, SiteSettings, StandardPage
from techport_cms.content.blocks import AnswerBlocks, BodyBlocks
from techport_cms.core.kept import keeping

pytestmark = pytest.mark.django_db

MOST = 8  # queries for any page of the site
MOST_OF_A_DETAIL = 10  # and for what the API says of it
SIZES = (2, 20)
LONGEST = 100  # pages of a list of the API


def test_the_pages_measured_hold_every_kind_of_block(home: HomePage) -> None:
    for stream, blocks in (
        (HomeBlocks, home_body(home, 1)),
        (BodyBlocks, body(home, 1)),
        (AnswerBlocks, answer(home, 1)),
    ):
        assert {name for name, _value in blocks} == set(stream().child_blocks)


INDEXED = {"default": {"BACKEND": "techport_cms.changes.tasks.TransactionalBackend"}}
NOT_RUN = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


@pytest.fixture(autouse=True)
def no_index(settings: Any) -> None:
    settings.TASKS = NOT_RUN


@made_once
def home() -> HomePage:
    """A home page with its frame, in two languages. Like all that is made here it is in no index:
    thousands of rows that no page measured here reads."""
    with override_settings(TASKS=NOT_RUN):
        home = published_home()
        translated(home, "en")
        other = add_page(home, StandardPage(title="Andere", slug="andere"))
        row = {"site": Site.objects.get(), "locale": home.locale}
        SiteSettings.objects.create(**row, name="Techport", social_image=image())
        main = [("entry", {"label": "", "page": page, "url": ""}) for page in (home, other)]
        Navigation.objects.create(**row, main=main, footer=main)
    return home


heads = count(1000)
A_TIME = 1_700_000_000


def queries_of(client: Client, url: str) -> int:
    """For an answer that is not kept, by a warm server: it has what follows from this head of the log."""
    return queries_after(client, url, url)


def queries_after(client: Client, before: str, url: str) -> int:
    """The same by a server that has answered only the address `before` (none where it is empty) since
    something was published."""
    assert client.get(url).status_code == 200  # makes the files of pictures
    with keeping(next(heads), A_TIME):
        if before:
            client.get(before)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
    return len(queries)


class Cost(NamedTuple):
    page: int  # on a warm server
    first: int  # the first time after a publication
    detail: int  # of the API with pictures, the first time and on a server that knows nothing yet


PAGES = {
    "home": Cost(5, 9, 10),
    "standard": Cost(5, 6, 9),
    "join": Cost(5, 7, 10),
    "faq index": Cost(2, 7, 5),
    "question": Cost(4, 5, 7),
    "partner index": Cost(2, 7, 5),
    "partner": Cost(5, 9, 9),
    "news index": Cost(2, 6, 5),
    "article": Cost(5, 7, 9),
    "article with a topic": Cost(5, 7, 9),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_costs_the_same_whatever_is_on_it(client: Client, home: HomePage, name: str) -> None:
    costs = []
    for number in SIZES:
        page = MAKERS[name](home, number)
        url, detail = page.get_url(), f"/api/v2/pages/{page.pk}/?renditions=card"
        first = queries_after(client, "/andere/", url)
        costs.append(Cost(queries_of(client, url), first, queries_after(client, "", detail)))
    assert costs == [PAGES[name]] * 2
    assert PAGES[name].page <= MOST
    assert PAGES[name].detail <= MOST_OF_A_DETAIL


@pytest.mark.parametrize("name", PAGES)
def test_what_readers_need_is_not_all_that_a_program_needs(client: Client, home: HomePage, name: str) -> None:
    """The site has kept the addresses of links; the API shows the pages behind them, loaded together."""
    for number in SIZES:
        page = MAKERS[name](home, number)
        detail = f"/api/v2/pages/{page.pk}/?renditions=card"
        assert queries_after(client, page.get_url(), detail) <= PAGES[name].detail


def test_no_type_of_page_is_left_out(home: HomePage) -> None:
    from wagtail.models import get_page_models

    measured = {type(MAKERS[name](home, 2).specific) for name in PAGES}
    assert measured == {model for model in get_page_models() if model is not Page}


def test_a_search_costs_the_same_whatever_it_finds(client: Client, home: HomePage, settings: Any) -> None:
    settings.TASKS = INDEXED
    counts = []
    for number in SIZES:
        for make in (standard_pages, questions, partners, articles):
            for page in make(home, number):
                page.title = "Zeesluis"
                page.save()
        counts.append(queries_of(client, "/search/?q=zeesluis"))
    assert counts == [3, 3]


def test_the_sitemap_costs_the_same_for_any_number_of_pages(client: Client, home: HomePage) -> None:
    counts = []
    for number in SIZES:
        for page in standard_pages(home, number):
            translated(page, "en", slug=f"{page.slug}-en")
        counts.append(queries_of(client, "/sitemap.xml"))
    assert counts == [4, 4]


def test_what_is_not_found_costs_little(client: Client, home: HomePage) -> None:
    with keeping(next(heads)):
        client.get("/andere/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/nergens/").status_code == 404
    assert len(queries) <= MOST


# Lists of the API with everything and pictures, in two languages: the first time after a publication, on a
# server that knows nothing yet but that there was one

MOST_OF_A_LIST = 12
LISTS = {
    "home": 11,
    "standard": 10,
    "join": 11,
    "faq index": 6,
    "question": 8,
    "partner index": 6,
    "partner": 10,
    "news index": 6,
    "article": 10,
}
LONG = {"partner", "article"}  # those that have the most to show and to point to


def more_of(page: Page, parent: Page, number: int) -> None:
    """So many pages more with what is on this one."""
    own = [field.name for field in page._meta.local_fields if not field.primary_key]
    for _ in range(number):
        made = type(page)(title="Nog een", **{name: getattr(page, name) for name in (*own, "social_image")})
        if isinstance(page, JoinPage):
            made.form_fields = [JoinFormField(label="Veld", field_type="singleline")]
        add_page(parent, made)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_pages_costs_the_same_for_any_number(client: Client, home: HomePage, name: str) -> None:
    page = MAKERS[name](home, 2).specific
    english = home.get_translation(translated(StandardPage.objects.first(), "en").locale)
    url = f"/api/v2/pages/?type={page._meta.label}&fields=*&limit=100&renditions=card"
    counts = []
    for number in (*SIZES, LONGEST) if name in LONG else SIZES:
        there = type(page).objects.count()
        for parent in (home, english):
            more_of(page, parent, (number - there) // 2)
        counts.append(queries_after(client, "", url))
    assert counts == [LISTS[name]] * len(counts)
    assert LISTS[name] <= MOST_OF_A_LIST


def test_no_type_of_page_is_left_out_of_the_lists(home: HomePage) -> None:
    assert set(LISTS) == set(MAKERS) - {"article with a topic"}


def test_resolve_costs_little(client: Client, home: HomePage) -> None:
    full_home(home, 2)
    assert queries_after(client, "", "/api/v2/resolve/?path=/&renditions=card") <= MOST_OF_A_LIST
