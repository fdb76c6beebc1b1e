"""The frame around every page: each language's own settings and navigation, and only what is public."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from factories import (
    FaqIndexPageFactory,
    QuestionPageFactory,
    add_page,
    make_private,
    published_home,
    translated,
)
from made_once import made_once
from wagtail.models import Locale, Page, Site

from faq.models import FaqIndexPage
from home.frame import Frame, navigation_json, settings_json, site_frame
from home.models import HomePage, Navigation, SiteSettings, StandardPage
from techport_cms.core.kept import keeping

pytestmark = pytest.mark.django_db


@made_once
def home() -> HomePage:
    return published_home()


@made_once
def english_home(home: HomePage) -> HomePage:
    return translated(home, "en", title="Home")


@made_once
def faq(home: HomePage) -> FaqIndexPage:
    return FaqIndexPageFactory(parent=home)


def save_settings(language: str, name: str, **fields: Any) -> SiteSettings:
    locale = Locale.objects.get(language_code=language)
    return SiteSettings.objects.create(site=Site.objects.get(), locale=locale, name=name, **fields)


def entry(
    page: Page | None = None, label: str = "", url: str = "", below: Sequence[Any] = ()
) -> tuple[str, dict[str, Any]]:
    return (
        "entry",
        {"label": label, "page": page, "url": url} | ({"children": list(below)} if below else {}),
    )


def save_navigation(language: str, *entries: tuple[str, dict], **fields: Any) -> Navigation:
    locale = Locale.objects.get(language_code=language)
    return Navigation.objects.create(site=Site.objects.get(), locale=locale, main=list(entries), **fields)


def frame_at(path: str = "/", language: str = "nl") -> Frame:
    with translation.override(language):
        return site_frame(RequestFactory().get(path))


def labels(frame: Frame) -> list[str]:
    return [item.label for item in frame.main]


def submenu(frame: Frame) -> list[str]:
    return [child.label for item in frame.main for child in item.children]


def test_each_language_has_its_own_frame(client: Client, home: HomePage, english_home: HomePage) -> None:
    save_settings("nl", "Techport", footer_text="Samen aan de kust")
    save_settings("en", "Techport", footer_text="Together on the coast")
    save_navigation("nl", entry(label="Elders", url="https://example.com/nl"))
    save_navigation("en", entry(label="Elsewhere", url="https://example.com/en"))
    dutch, english = client.get("/").content.decode(), client.get("/en/").content.decode()
    for html, own, other in (
        (dutch, ("Samen aan de kust", "Elders"), ("Together on the coast", "Elsewhere")),
        (english, ("Together on the coast", "Elsewhere"), ("Samen aan de kust", "Elders")),
    ):
        assert all(text in html for text in own)
        assert not any(text in html for text in other)


def test_a_language_without_its_own_frame_has_that_of_the_default_language(
    english_home: HomePage, faq: FaqIndexPage
) -> None:
    save_settings("nl", "Techport NL")
    save_navigation("nl", entry(faq, "Vragen"))
    english_faq = translated(faq, "en", title="Questions", slug="questions")
    frame = frame_at("/en/", "en")
    assert frame.settings.name == "Techport NL"
    assert labels(frame) == ["Vragen"]
    assert frame.main[0].url == english_faq.url, "its entries lead to the reader's language all the same"


def test_without_any_row_the_site_has_a_name_and_no_navigation(home: HomePage) -> None:
    frame = frame_at()
    assert (frame.settings.name, frame.main, frame.footer) == ("Techport", [], [])


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_draft_row_is_not_shown(english_home: HomePage, language: str) -> None:
    save_settings(language, "Geheim", live=False)
    save_navigation(language, entry(label="Geheim", url="https://example.com/"), live=False)
    frame = frame_at("/", language)
    assert frame.settings.name == "Techport"
    assert frame.main == []


def test_a_change_is_shown_once_it_is_published(home: HomePage) -> None:
    row = save_settings("nl", "Techport")
    row.name = "Nieuw"
    revision = row.save_revision()
    assert frame_at().settings.name == "Techport"
    revision.publish()
    assert frame_at().settings.name == "Nieuw"


def test_an_entry_without_a_label_has_the_title_of_the_page_that_it_leads_to(
    english_home: HomePage, faq: FaqIndexPage
) -> None:
    save_navigation("nl", entry(faq))
    translated(faq, "en", title="Questions")
    assert labels(frame_at("/")) == ["Vragen"]
    assert labels(frame_at("/en/", "en")) == ["Questions"]


@pytest.mark.parametrize("secret", ["draft", "private", "below a private page", "deleted"])
def test_a_page_that_is_not_public_is_in_no_navigation(
    home: HomePage, faq: FaqIndexPage, secret: str
) -> None:
    question = QuestionPageFactory(parent=faq, title="Geheim")
    save_navigation("nl", entry(question), entry(question, "Geheim"), entry(home, "Thuis"))
    if secret == "draft":
        question.unpublish()
    elif secret == "deleted":
        question.delete()
    else:
        make_private(question if secret == "private" else faq)
    assert labels(frame_at()) == ["Thuis"]
    tree = navigation_json(Site.objects.get(), home.locale)
    assert [item["label"] for item in tree["main"]] == ["Thuis"]


def test_a_page_that_is_not_public_is_in_no_submenu(home: HomePage, faq: FaqIndexPage) -> None:
    question = QuestionPageFactory(parent=faq, title="Geheim")
    make_private(question)
    save_navigation("nl", entry(faq, "Vragen", below=[entry(question), entry(home, "Thuis")]))
    assert (labels(frame_at()), submenu(frame_at())) == (["Vragen"], ["Thuis"])
    (item,) = navigation_json(Site.objects.get(), home.locale)["main"]
    assert [child["label"] for child in item["children"]] == ["Thuis"]


def test_what_is_below_an_entry_that_is_not_public_is_left_out_with_it(
    home: HomePage, faq: FaqIndexPage
) -> None:
    save_navigation("nl", entry(faq, "Vragen", below=[entry(home, "Thuis")]), entry(home, "Begin"))
    make_private(faq)
    assert (labels(frame_at()), submenu(frame_at())) == (["Begin"], [])
    tree = navigation_json(Site.objects.get(), home.locale)
    assert [(item["label"], item["children"]) for item in tree["main"]] == [("Begin", [])]


def test_what_was_stored_before_there_were_submenus_is_shown(client: Client, faq: FaqIndexPage) -> None:
    stored = {"type": "entry", "value": {"label": "Vragen", "page": faq.pk, "url": ""}, "id": "1"}
    row = save_navigation("nl")
    Navigation.objects.update(main=json.dumps([stored]))
    assert (labels(frame_at()), submenu(frame_at())) == (["Vragen"], [])
    assert navigation_json(Site.objects.get(), faq.locale)["main"][0]["children"] == []
    assert '<a href="/vragen/" aria-current="page">' in client.get(faq.url).content.decode()
    row.refresh_from_db()
    assert list(row.main[0].value["children"]) == []
    row.save_revision().publish()
    assert labels(frame_at()) == ["Vragen"]


def test_another_site_has_another_frame(home: HomePage) -> None:
    save_settings("nl", "Techport")
    other = Site.objects.create(hostname="other.example", root_page=home)
    SiteSettings.objects.create(site=other, locale=home.locale, name="Elders")
    request = RequestFactory().get("/", headers={"host": "other.example"})
    assert site_frame(request).settings.name == "Elders"


def current(client: Client, path: str) -> dict[str, str]:
    return {item.label: item.current for item in client.get(path).context["frame"].main}


def test_the_navigation_says_where_the_reader_is(client: Client, home: HomePage, faq: FaqIndexPage) -> None:
    question = QuestionPageFactory(parent=faq)
    add_page(home, StandardPage(title="Vragen vooraf", slug="vragen-vooraf"))
    save_navigation(
        "nl", entry(home, "Thuis"), entry(faq, "Vragen"), entry(label="Elders", url="https://example.com/")
    )
    assert current(client, home.url) == {"Thuis": "page", "Vragen": "", "Elders": ""}
    assert current(client, faq.url) == {"Thuis": "", "Vragen": "page", "Elders": ""}
    assert current(client, question.url) == {"Thuis": "", "Vragen": "true", "Elders": ""}
    assert set(current(client, "/vragen-vooraf/").values()) == {""}, "a longer slug is not a page below"
    assert '<a href="/vragen/" aria-current="true">' in client.get(question.url).content.decode()
    assert '<a href="/vragen/" aria-current="page">' in client.get(faq.url).content.decode()


def test_an_entry_is_above_those_of_its_submenu(client: Client, home: HomePage, faq: FaqIndexPage) -> None:
    question = QuestionPageFactory(parent=faq)
    about = add_page(home, StandardPage(title="Over ons", slug="over-ons"))
    save_navigation(
        "nl",
        entry(about, "Over", below=[entry(faq, "Vragen"), entry(home, "Thuis")]),
        entry(label="Elders", url="https://example.com/", below=[entry(about, "Ook over")]),
    )

    def currents(path: str) -> dict[str, str]:
        items = client.get(path).context["frame"].main
        return {item.label: item.current for one in items for item in (one, *one.children) if item.current}

    assert currents(faq.url) == {"Over": "true", "Vragen": "page"}
    assert currents(question.url) == {"Over": "true", "Vragen": "true"}
    assert currents(about.url) == {"Over": "page", "Elders": "true", "Ook over": "page"}
    assert currents(home.url) == {"Over": "true", "Thuis": "page"}
    html = client.get(faq.url).content.decode()
    assert html.count('<a href="/over-ons/" aria-current="true">Over</a>') == 2, "in header and footer"
    assert html.count('<a href="/vragen/" aria-current="page">Vragen</a>') == 2
    assert 's onder Over"></summary>' in html
    assert html.count('<details class="submenu"') == 2


def test_what_is_kept_of_the_frame_is_right_on_every_page_and_in_every_language(
    client: Client, home: HomePage, english_home: HomePage, faq: FaqIndexPage
) -> None:
    question = QuestionPageFactory(parent=faq)
    for page in (faq, question):
        translated(page, "en")
    save_settings("nl", "Techport hier")
    save_settings("en", "Techport here")
    for language in ("nl", "en"):
        save_navigation(language, entry(home, below=[entry(faq)]), footer=[entry(faq)])
    paths = sorted(page.url for page in Page.objects.filter(depth__gt=1))

    def shown() -> list[bytes]:
        return [client.get(path).content for path in paths]

    anew = shown()
    assert len(set(anew)) == len(paths) == 6
    with keeping(1):
        assert shown() == anew, "as each is made"
        assert shown() == anew, "and kept"


def test_an_address_elsewhere_is_never_where_the_reader_is(client: Client, home: HomePage) -> None:
    save_navigation("nl", entry(label="Elders", url="https://example.com/search/"))
    assert current(client, "/search/") == {"Elders": ""}


@pytest.mark.parametrize("number", [3, 30])
def test_the_frame_takes_three_queries(home: HomePage, number: int) -> None:
    save_settings("nl", "Techport")
    pages = [add_page(home, StandardPage(title=f"Pagina {n}")) for n in range(number)]
    below = [add_page(page, StandardPage(title=f"Onder {page}")) for page in pages]
    both_levels = [entry(page, below=[entry(child) for child in below]) for page in pages]
    save_navigation("nl", *both_levels, footer=both_levels)
    request = RequestFactory().get("/")
    Site.find_for_request(request)  # routing has asked already
    home.get_url(request)  # Wagtail keeps the roots of its sites
    with translation.override("nl"), CaptureQueriesContext(connection) as queries:
        frame = site_frame(request)
    assert len(frame.main) == len(frame.footer) == number
    assert len(submenu(frame)) == number * number
    assert len(queries) == 3


def test_channels_get_the_frame_of_the_default_language_where_there_is_no_other(
    english_home: HomePage, faq: FaqIndexPage
) -> None:
    site = Site.objects.get()
    assert settings_json(site, english_home.locale) == navigation_json(site, english_home.locale) == {}
    save_settings("nl", "Techport", phone="0251 123456")
    save_navigation("nl", entry(faq, "Vragen"))
    english_faq = translated(faq, "en", title="Questions")
    assert settings_json(site, english_home.locale)["phone"] == "0251 123456"
    with translation.override("en"):
        (item,) = navigation_json(site, english_home.locale)["main"]
    assert (item["label"], item["url"]) == ("Vragen", english_faq.full_url)
    assert item["page"]["id"] == english_faq.pk
