"""Redirects by link in the change feed: who may see the page at that address decides who is told."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from factories import QuestionPageFactory, make_private
from feed_reader import Reader, ask, delete, reader, upsert  # noqa: F401 - one is a fixture
from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

pytestmark = pytest.mark.django_db

# Of the redirect at /oud, to the page at /vragen/waarom/ or below it.
PRIVATE_LINKS = (
    *(
        "/vragen/waarom/",
        "/vragen/waarom",
        "vragen/waarom/",
        "/vragen/w%61arom/?a=b#c",
        "/vragen/waarom/feed/",
    ),
    *("http://localhost/vragen/waarom/", "HTTPS://LOCALHOST:443/vragen/waarom", "//localhost/vragen/waarom/"),
    "http://testserver/vragen/waarom/",  # at which it is asked
)
OTHER_LINKS = (
    *("https://example.org/vragen/waarom/", "/vragen/", "/vragen/waarom-niet/", "/elders/", "/"),
    *("/en/vragen/waarom/", "http://localhost:99999/vragen/waarom/", "?a=/vragen/waarom/"),
)


def resolve() -> int:
    return Client().get("/api/v2/resolve/?path=/oud").status_code


@pytest.mark.parametrize("link", PRIVATE_LINKS)
def test_a_redirect_by_link_to_what_is_private(
    reader: Reader, question: Page, committed: Callable[[], Any], settings: Any, link: str
) -> None:
    settings.WAGTAILREDIRECTS_AUTO_CREATE = False
    with committed():
        redirect = Redirect.objects.create(old_path="/oud", redirect_link=link)
    there, gone = f"upsert redirect {redirect.pk}", f"delete redirect {redirect.pk}"
    assert reader.news() == [there]
    with committed():
        make_private(question)
    assert reader.news() == [delete(question), gone]
    assert (resolve(), there in Reader().news()) == (404, False)
    with committed():
        question.move(question.get_parent().get_parent(), pos="last-child")
    assert reader.news() == [delete(question), there]
    with committed():
        question.refresh_from_db()
        question.move(Page.objects.get(slug="vragen"), pos="last-child")
    assert reader.news() == [delete(question), gone]
    with committed():
        Page.objects.get(pk=question.pk).specific.unpublish()
    assert reader.news() == [delete(question), there]
    with committed():
        Page.objects.get(pk=question.pk).specific.save_revision().publish()
    assert reader.news() == [delete(question), gone]
    with committed():
        question.view_restrictions.all().delete()
    assert reader.news() == [upsert(question), there]
    assert (resolve(), there in Reader().news()) == (200, True)
    with committed():
        make_private(question)
    assert reader.news() == [delete(question), gone]
    with committed():
        Page.objects.get(pk=question.pk).delete()
    assert reader.news() == [delete(question), there]


@pytest.mark.parametrize("link", OTHER_LINKS)
def test_a_redirect_by_link_to_anything_else(
    reader: Reader, question: Page, committed: Callable[[], Any], link: str
) -> None:
    with committed():
        make_private(question)
        redirect = Redirect.objects.create(old_path="/oud", redirect_link=link)
    assert reader.news() == [delete(question), f"upsert redirect {redirect.pk}"]
    assert resolve() == 200
    with committed():
        question.view_restrictions.all().delete()
    assert reader.news() == [upsert(question)]


def test_a_redirect_to_a_page_has_no_use_for_its_link(
    reader: Reader, question: Page, committed: Callable[[], Any]
) -> None:
    with committed():
        make_private(question)
        redirect = Redirect.objects.create(
            old_path="/oud", redirect_page=question.get_parent(), redirect_link="/vragen/waarom/"
        )
    assert reader.news() == [delete(question), f"upsert redirect {redirect.pk}"]
    assert resolve() == 200


def test_a_redirect_by_link_is_of_its_site(
    reader: Reader, question: Page, committed: Callable[[], Any]
) -> None:
    """A path is one of the site that is asked; a private page may be of another."""
    with committed():
        second = Site.objects.create(hostname="second.example", port=80, root_page=question.get_parent())
        make_private(question)
        for old_path, link in (("/een", "/waarom/"), ("/twee", "http://second.example/waarom/")):
            Redirect.objects.create(old_path=old_path, redirect_link=link)
    one, two = (
        f"upsert redirect {pk}" for pk in Redirect.objects.order_by("pk").values_list("pk", flat=True)
    )
    for site, told_of in (("localhost", {one}), (second.hostname, set())):
        assert {one, two} & {*Reader(site=site).news()} == told_of


@pytest.mark.parametrize(
    "link",
    [
        "//TESTSERVER:80/vragen/waarom/",
        "http://somebody@testserver/vragen/waarom/",
        "http://testserver./vragen/waarom/",
        "http://localhost./vragen/waarom/",
    ],
)
def test_a_host_may_be_written_in_many_ways(
    reader: Reader, question: Page, committed: Callable[[], Any], link: str
) -> None:
    with committed():
        make_private(question)
        redirect = Redirect.objects.create(old_path="/oud", redirect_link=link)
    assert reader.news() == [delete(question), f"delete redirect {redirect.pk}"]
    assert resolve() == 404


def test_an_alias_of_what_is_private_becomes_a_page_of_its_own(
    reader: Reader, question: Page, committed: Callable[[], Any]
) -> None:
    """And is private no longer, nor what is below it."""
    index = question.get_parent()
    with committed():
        alias = index.create_alias(recursive=True, update_slug="alias")
        make_private(index)
        redirect = Redirect.objects.create(old_path="/oud", redirect_link="/alias/")
    reader.news()
    with committed():
        ConvertAliasPageAction(alias.specific).execute(skip_permission_checks=True)
    assert f"upsert redirect {redirect.pk}" in reader.news()
    assert resolve() == 200


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_private_links_are_passed_over(question: Page, committed: Callable[[], Any], limit: int) -> None:
    with committed():
        make_private(question)
        for number in range(7):
            link = "/vragen/waarom/" if number % 4 else "/elders/"
            Redirect.objects.create(old_path=f"/oud-{number}", redirect_link=link)
    shown = Redirect.objects.filter(redirect_link="/elders/").order_by("pk")
    reader = Reader(type="redirect", limit=limit)
    assert reader.news() == [f"upsert redirect {one.pk}" for one in shown]


@pytest.mark.parametrize("size", [2, 20])
def test_queries_of_links(question: Page, committed: Callable[[], Any], size: int) -> None:
    start = json.loads(Client().get("/api/v2/").content)["cursor"]
    with committed():
        make_private(question)
        for number in range(size):
            page = QuestionPageFactory(parent=question.get_parent())
            link = (*PRIVATE_LINKS, *OTHER_LINKS)[number % 17]
            Redirect.objects.create(old_path=f"/oud-{number}", redirect_link=link)
            make_private(page)
    ask()  # content types, roots of sites
    with CaptureQueriesContext(connection) as walk:
        ask()
    with CaptureQueriesContext(connection) as log:
        ask(after=start)
    assert (len(walk), len(log)) == (12, 11)


@pytest.mark.parametrize("size", [2, 20])
def test_queries_of_what_is_passed_over(question: Page, committed: Callable[[], Any], size: int) -> None:
    with committed():
        make_private(question)
        for number in range(size):
            Redirect.objects.create(old_path=f"/oud-{number}", redirect_link="/vragen/waarom/")
    with CaptureQueriesContext(connection) as queries:
        assert ask(type="redirect", limit=1)[1]["items"] == []
    assert len(queries) == 9
