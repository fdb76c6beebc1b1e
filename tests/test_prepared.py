"""A prepared query answers as the queryset that it was made of."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import PartnerIndexPageFactory, PartnerPageFactory, SectorFactory, language_homes
from wagtail.models import Page, PageQuerySet

from partners.models import PartnerPage
from techport_cms.core.prepared import Parameter, padded, parameters, prepared
from techport_cms.core.specific import listed

pytestmark = pytest.mark.django_db


def of_keys(number: int) -> PageQuerySet:
    keys = parameters(number, Page._meta.get_field("translation_key"))
    return PartnerPage.objects.filter(translation_key__in=keys).select_related("sector").order_by("title")


def of_kind() -> PageQuerySet:
    kind = Parameter(0, PartnerPage._meta.get_field("kind"))
    return PartnerPage.objects.filter(kind=kind).defer_streamfields()


@pytest.fixture
def partners() -> list[PartnerPage]:
    index = PartnerIndexPageFactory(parent=language_homes()["nl"])
    return [
        PartnerPageFactory(parent=index, title=title, kind=kind, sector=SectorFactory())
        for title, kind in (("A", "school"), ("B", "company"), ("C", "school"))
    ]


def test_each_call_has_its_own_values(partners: list[PartnerPage]) -> None:
    first, second, third = (partner.translation_key for partner in partners)
    assert prepared(of_keys, 2)(first, third) == [partners[0], partners[2]]
    assert prepared(of_keys, 2)(second, second) == [partners[1]]


def test_relations_come_along_and_deferred_fields_do_not(partners: list[PartnerPage]) -> None:
    with CaptureQueriesContext(connection) as queries:
        (found,) = prepared(of_keys, 1)(partners[0].translation_key)
        assert found.sector.name
        assert found.introduction == ""
    assert len(queries) == 1
    assert "story" in prepared(of_kind)("company")[0].get_deferred_fields()


def test_a_value_is_data_whatever_it_says(partners: list[PartnerPage]) -> None:
    assert prepared(of_kind)("' OR 1=1 --") == []


@pytest.mark.parametrize(("number", "size"), [(1, 1), (2, 2), (3, 4), (5, 8), (8, 8), (9, 16)])
def test_lists_are_padded_to_few_lengths(number: int, size: int) -> None:
    values = padded(range(number))
    assert len(values) == size
    assert set(values) == set(range(number))


def test_no_values_are_no_query() -> None:
    with pytest.raises(ValueError, match="no values"):
        padded([])


def test_a_list_is_loaded_when_more_than_its_keys_is_asked_for(partners: list[PartnerPage]) -> None:
    with CaptureQueriesContext(connection) as queries:
        pages = listed(PartnerPage, [partner.pk for partner in reversed(partners)])
        assert [page.pk for page in pages] == [partner.pk for partner in reversed(partners)]
        assert all(page["pk"] for page in pages)
        assert len(queries) == 0
        assert [page.title for page in pages] == ["C", "B", "A"]
        assert len(queries) == 1


def test_what_was_deleted_meanwhile_is_an_empty_entry(partners: list[PartnerPage]) -> None:
    pages = listed(PartnerPage, [partner.pk for partner in partners])
    partners[1].delete()
    assert [page.title for page in pages] == ["A", "", "C"]
