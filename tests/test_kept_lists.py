"""What is made of all pages of a kind outlasts what is published of other kinds, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

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
    make_private,
    published_home,
)
from wagtail.models import Page, Site

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


def test_without_a_log_it_goes_with_every_head(directory, titles, monkeypatch) -> None:
    monkeypatch.setattr(kept_module, "_log", None)
    titles()
    FaqIndexPageFactory(parent=published_home(), slug="vragen")
    assert asks_for_all(titles)
