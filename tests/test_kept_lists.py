"""What is made of all pages of a kind outlasts what is published of other kinds, and nothing else."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from factories import (
    ArticlePageFactory,
    FaqIndexPageFactory,
    NewsIndexPageFactory,
    PartnerIndexPageFactory,
    PartnerPageFactory,
    SectorFactory,
    StandardPageFactory,
    make_private,
    published_home,
)
from wagtail.models import Page, Site

from news.models import NewsIndexPage
from partners.models import PartnerIndexPage
from techport_cms.changes.head import read_head
from techport_cms.changes.log import trim
from techport_cms.changes.models import Change
from techport_cms.changes.since import MOST
from techport_cms.core import kept as kept_module
from techport_cms.core.kept import keeping

pytestmark = pytest.mark.django_db(transaction=True)

OF_ALL_PARTNERS = 'LOWER("wagtailcore_page"."title") ASC'  # the order of the directory


@pytest.fixture
def directory() -> PartnerIndexPage:
    index = PartnerIndexPageFactory(parent=published_home(), slug="partners")
    for name in ("Aa", "Bee", "Cee"):
        PartnerPageFactory(parent=index, title=name, slug=name.lower(), sector=SectorFactory(name="Bouw"))
    return index


@pytest.fixture
def titles(directory, client: Client) -> Callable[[], list[str]]:
    """Of the directory as a visitor sees it now."""

    def ask() -> list[str]:
        with keeping(read_head().stamp):
            response = client.get(directory.get_url())
        return [partner.title for partner in response.context["partners"]]

    return ask


def asks_for_all(ask: Callable[[], object]) -> bool:
    with CaptureQueriesContext(connection) as queries:
        ask()
    return any(OF_ALL_PARTNERS in query["sql"] for query in queries)


def fresh(page: Page) -> Page:
    return type(page).objects.get(pk=page.pk)


def test_pages_of_other_kinds_leave_it(directory, titles) -> None:
    assert asks_for_all(titles)
    news = NewsIndexPageFactory(parent=published_home(), slug="nieuws")
    article = ArticlePageFactory(parent=news)
    article.save_revision().publish()
    article.unpublish()
    article.delete()
    assert not asks_for_all(titles)
    assert titles() == ["Aa", "Bee", "Cee"]


def test_what_is_told_twice_is_asked_from_the_later_one_on(directory, titles) -> None:
    titles()
    news = NewsIndexPageFactory(parent=published_home(), slug="nieuws")
    titles()
    trim(timedelta(0))  # but for the newest
    ArticlePageFactory(parent=news)
    assert not asks_for_all(titles)


@pytest.mark.parametrize(
    "change",
    [
        lambda index, partner: PartnerPageFactory(parent=fresh(index), title="Abe"),
        lambda index, partner: partner.unpublish(),
        lambda index, partner: partner.delete(),
        lambda index, partner: make_private(partner),
        lambda index, partner: make_private(index),
        lambda index, partner: partner.sector.delete(),
        lambda index, partner: Site.objects.get().save(),
        lambda index, partner: fresh(index).move(fresh(published_home()), pos="first-child"),
    ],
    ids=["create", "unpublish", "delete", "private", "all private", "sector", "site", "move"],
)
def test_what_concerns_partners_makes_it_anew(directory, titles, change) -> None:
    titles()
    FaqIndexPageFactory(parent=published_home(), slug="vragen")
    change(directory, directory.partners().get(title="Bee"))

    def ask() -> None:
        with keeping(read_head().stamp):
            fresh(directory)._catalogue()

    assert asks_for_all(ask)


def test_what_the_log_cannot_tell_makes_it_anew(directory, titles) -> None:
    titles()
    newest = Change.objects.order_by("-sequence")[0]
    earlier = newest.made_at
    newest.made_at -= timedelta(seconds=1)  # the log of a backup
    newest.save()
    assert asks_for_all(titles)
    newest.made_at = earlier
    newest.save()
    assert asks_for_all(titles)
    FaqIndexPageFactory(parent=published_home(), slug="vragen")
    FaqIndexPageFactory(parent=published_home(), slug="vragen-2")
    trim(timedelta(0))
    assert asks_for_all(titles)
    Change.objects.all().delete()
    assert asks_for_all(titles)
    with keeping(1):
        assert asks_for_all(lambda: fresh(directory)._catalogue())


def test_a_model_that_is_not_installed_any_more_may_concern_it(directory, titles) -> None:
    titles()
    Change.objects.create(kind="save", model="gone.Model", object_id="1")
    assert asks_for_all(titles)


def test_many_changes_are_not_looked_through(directory, titles) -> None:
    titles()
    news = NewsIndexPageFactory(parent=published_home(), slug="nieuws")
    for _ in range(MOST):
        news.save()
    assert asks_for_all(titles)


def test_nothing_is_kept_for_longer_than_an_hour(directory, titles, monkeypatch) -> None:
    monkeypatch.setattr(kept_module, "LONGEST", -1.0)
    titles()
    FaqIndexPageFactory(parent=published_home(), slug="vragen")
    assert asks_for_all(titles)


def test_no_more_lists_are_kept_than_fit(directory, monkeypatch) -> None:
    monkeypatch.setattr(kept_module, "MOST_LASTING", 2)
    with keeping(read_head().stamp):
        for number in range(5):
            kept_module.kept_of(PartnerIndexPage, ("list", number), list)
    assert len(kept_module._lasting) == 2


def test_within_a_transaction_it_is_made_anew(directory, titles) -> None:
    """The log does not tell of what the transaction has written."""
    titles()
    with transaction.atomic():
        for head in (1, 2):
            with keeping(head):
                assert asks_for_all(lambda: fresh(directory)._catalogue())


def while_answering(model: type[Page], change: Callable[[], object], ask: Callable[[], object]) -> None:
    """Ask, and let somebody else commit the change between routing and what the page shows."""
    original = model.get_context

    def get_context(self: Page, *args: Any, **kwargs: Any) -> Any:
        change()
        return original(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "get_context", get_context)
        ask()


def test_one_that_was_made_while_its_page_moved_is_not_kept_longer(directory, titles) -> None:
    other = StandardPageFactory(parent=published_home(), slug="over")

    def move() -> None:
        fresh(directory).move(fresh(other), pos="right")

    while_answering(PartnerIndexPage, move, titles)
    for _ in range(2):
        assert titles() == ["Aa", "Bee", "Cee"]
        fresh(other).save_revision().publish()  # another head, which does not concern partners


def test_one_that_was_made_while_the_home_page_got_another_slug_is_not_kept_longer(client) -> None:
    home = published_home()
    ArticlePageFactory(parent=NewsIndexPageFactory(parent=home, slug="nieuws"), title="Bericht")

    def ask() -> list[str]:
        with keeping(read_head().stamp):
            return [article.title for article in client.get("/nieuws/").context["articles"]]

    def rename() -> None:
        renamed = fresh(home)
        renamed.slug = "begin"
        renamed.save_revision().publish()

    while_answering(NewsIndexPage, rename, ask)
    for _ in range(2):
        assert ask() == ["Bericht"]
        fresh(home).save_revision().publish()


def test_more_than_fit_are_asked_for_by_several_threads(monkeypatch) -> None:
    monkeypatch.setattr(kept_module, "_log", lambda mark, model: (1, True))
    monkeypatch.setattr(kept_module, "MOST_LASTING", 10)

    def visit(first: int) -> None:
        for head in range(first, first + 100):
            with keeping(head):
                for number in range(20):
                    assert kept_module.kept_of(Page, ("list", first, number), list) == []

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(visit, (1000, 2000, 3000, 4000)))
    finally:
        sys.setswitchinterval(interval)
    assert len(kept_module._lasting) <= 10


def test_without_a_log_it_goes_with_every_head(directory, titles, monkeypatch) -> None:
    monkeypatch.setattr(kept_module, "_log", None)
    titles()
    FaqIndexPageFactory(parent=published_home(), slug="vragen")
    assert asks_for_all(titles)
