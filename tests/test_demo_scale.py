"""load_demo --scale: many pages in bulk, with all that a publication brings along."""

import pytest
from django.test import Client
from factories import (
    NewsIndexPageFactory,
    PartnerIndexPageFactory,
    SectorFactory,
    TopicFactory,
    language_homes,
)
from wagtail.models import Locale, Page, ReferenceIndex

from home.demo import scale
from news.models import ArticlePage
from partners.models import PartnerPage
from techport_cms.changes.models import Change, Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def indexes() -> None:
    for home in language_homes().values():
        NewsIndexPageFactory(parent=home)
        PartnerIndexPageFactory(parent=home)
    for code in ("nl", "en"):
        locale = Locale.objects.get(language_code=code)
        TopicFactory(locale=locale)
        SectorFactory(locale=locale)


def load(number: int) -> list[str]:
    lines: list[str] = []
    scale.load(number, lines.append)
    return lines


def test_half_are_articles_and_half_partners_in_each_language(indexes: None) -> None:
    load(7)
    for model, number in ((ArticlePage, 4), (PartnerPage, 3)):
        for code in ("nl", "en"):
            assert model.objects.live().filter(locale__language_code=code).count() == number
        keys = model.objects.values_list("translation_key", flat=True)
        assert len(set(keys)) == number, "a page and its translation know each other"


def test_the_tree_is_whole(indexes: None) -> None:
    load(6)
    problems = Page.find_problems()
    assert not any(problems), problems
    page = ArticlePage.objects.filter(locale__language_code="en").first()
    assert page.get_parent().specific.title == "Nieuws"
    child = page.get_parent().add_child(instance=ArticlePage(title="Meer", locale=page.locale))
    assert child.path > page.path


def test_again_it_adds_what_is_missing_and_nothing_else(indexes: None) -> None:
    load(4)
    before = set(Page.objects.values_list("pk", flat=True))
    assert load(4) == []
    load(6)
    after = set(Page.objects.values_list("pk", flat=True))
    assert before < after
    assert len(after - before) == 4


def test_each_is_in_the_log_in_search_and_in_the_index_of_references(indexes: None, client: Client) -> None:
    load(2)
    partner = PartnerPage.objects.get(locale__language_code="nl")
    assert Change.objects.filter(kind=Kind.PUBLISH, object_id=str(partner.pk)).count() == 1
    found = PartnerPage.objects.filter(locale=partner.locale).search(scale.RARE_WORD)
    assert list(found) == [partner]
    assert ReferenceIndex.get_references_to(partner.sector).filter(object_id=str(partner.pk)).exists()
    assert client.get(partner.url).status_code == 200
