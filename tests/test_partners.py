"""The directory says the same in its list, on its map and in its numbers, whatever is asked of it."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from factories import (
    ArticlePageFactory,
    ImageFactory,
    NewsIndexPageFactory,
    PartnerIndexPageFactory,
    PartnerPageFactory,
    SectorFactory,
    TopicFactory,
    language_homes,
    make_private,
)
from made_once import made_once
from wagtail.models import Locale, Page, ReferenceIndex

from news.models import ArticlePage
from partners.blocks import PartnerStripBlock
from partners.map import project
from partners.models import PartnerIndexPage, PartnerPage

pytestmark = pytest.mark.django_db

PLACE = {"latitude": Decimal("52.4762"), "longitude": Decimal("4.6418")}


@made_once
def homes() -> dict[str, Page]:
    return language_homes()


@made_once
def index(homes: dict[str, Page]) -> PartnerIndexPage:
    return PartnerIndexPageFactory(parent=homes["nl"])


@made_once
def partners(index: PartnerIndexPage) -> dict[str, PartnerPage]:
    steel, education = (
        SectorFactory(name="Staal", sort_order=2),
        SectorFactory(name="Onderwijs", sort_order=1),
    )
    return {
        "staal": PartnerPageFactory(parent=index, title="Voorbeeld Staal", sector=steel, **PLACE),
        "academie": PartnerPageFactory(parent=index, title="academie", kind="school", sector=education),
        "tata": PartnerPageFactory(parent=index, title="Tata Steel", founder=True, partner_since=2013),
    }


def titles(pages: Any) -> list[str]:
    return [page.title for page in pages]


def get_context(client: Client, query: str = "") -> Any:
    response = client.get(f"/partners/{query}")
    assert response.status_code == 200
    return response.context


def test_founders_come_first_then_the_alphabet(client: Client, partners: dict) -> None:
    context = get_context(client)
    assert titles(context["partners"]) == ["Tata Steel", "academie", "Voorbeeld Staal"]
    assert context["count"] == context["total"] == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?kind=company", ["Tata Steel", "Voorbeeld Staal"]),
        ("?sector=onderwijs", ["academie"]),
        ("?founder=1", ["Tata Steel"]),
        ("?q=STAAL", ["Voorbeeld Staal"]),
        ("?kind=company&sector=staal&q=voor", ["Voorbeeld Staal"]),
        ("?kind=&sector=&q=&founder=", ["Tata Steel", "academie", "Voorbeeld Staal"]),  # an unfilled form
        ("?unknown=1", ["Tata Steel", "academie", "Voorbeeld Staal"]),
        ("?kind=school&sector=staal", []),
    ],
)
def test_filters(client: Client, partners: dict, query: str, found: list[str]) -> None:
    assert titles(get_context(client, query)["partners"]) == found


@pytest.mark.parametrize(
    "query",
    [
        "?kind=%00", "?sector=%00", "?q=%00", "?founder=%00", "?kind=bogus", "?sector=' OR 1=1",
        "?founder=yes",
        "?q=%ff%fe", f"?q={'x' * 5000}", "?kind=company&kind=bogus",
    ],
)  # fmt: skip
def test_values_that_nobody_knows_find_nothing(client: Client, partners: dict, query: str) -> None:
    context = get_context(client, query)
    assert titles(context["partners"]) == context["points"] == []
    assert context["count"] == 0
    assert context["active_filters"], "the reader sees what to take off"
    assert context["active_filters"][0].url == "/partners/"


@pytest.mark.parametrize("page", ["abc", "0", "-1", "1e3", "10000000000", "9" * 5000, "%00", ""])
def test_page_numbers_that_do_not_exist(client: Client, partners: dict, page: str) -> None:
    assert len(get_context(client, f"?page={page}")["partners"]) == 3


def test_options_count_under_the_other_filters(client: Client, partners: dict) -> None:
    context = get_context(client, "?kind=company&page=7")
    kinds = {option.value: option for option in context["kind_options"]}
    assert {value: option.count for value, option in kinds.items()} == {
        "company": 2,
        "school": 1,
        "government": 0,
    }
    assert [value for value, option in kinds.items() if option.selected] == ["company"]
    assert (context["any_kind"].url, context["any_kind"].count) == ("/partners/", 3)
    sectors = [(option.label, option.count, option.url) for option in context["sector_options"]]
    assert sectors == [
        ("Onderwijs", 0, "/partners/?kind=company&sector=onderwijs"),
        ("Staal", 1, "/partners/?kind=company&sector=staal"),
    ]


def test_every_option_leads_to_as_many_partners_as_it_says(client: Client, partners: dict) -> None:
    context = get_context(client, "?kind=company")
    options = [*context["kind_options"], *context["sector_options"], *context["founder_options"]]
    for option in [*options, context["any_kind"], *context["active_filters"]]:
        followed = client.get(option.url).context
        assert followed["count"] == option.count, option


def test_the_map_shows_all_pages_of_the_list(client: Client, index: PartnerIndexPage) -> None:
    for number in range(30):
        PartnerPageFactory(parent=index, title=f"Partner {number:02}", **PLACE)
    context = get_context(client)
    assert (len(context["partners"]), context["partners"].paginator.num_pages) == (24, 2)
    assert len(context["points"]) == context["count"] == 30
    assert titles(get_context(client, "?page=2")["partners"])[-1] == "Partner 29"


def test_the_map_point_of_a_partner(client: Client, partners: dict) -> None:
    (point,) = get_context(client)["points"]
    assert (point.id, point.title) == (f"partner-{partners['staal'].pk}", "Voorbeeld Staal")
    assert (point.latitude, point.longitude, point.x, point.y) == ("52.47620", "4.64180", "284", "406")
    html = client.get("/partners/").content.decode()
    assert 'data-for="' + point.id in html
    assert f'id="{point.id}"' in html


def test_projection() -> None:
    assert project(52.60, 4.50) == (24, 24), "a sign at the edge is seen whole"
    assert project(52.30, 5.10) == (1176, 960)
    assert project(Decimal("52.4583"), Decimal("4.6194")) == (239, 465)
    assert project(0, 0) == (24, 960), "a place beyond the map stands on its edge"


@pytest.mark.parametrize("secret", ["draft", "private"])
def test_what_is_not_public_is_nowhere(client: Client, index: PartnerIndexPage, secret: str) -> None:
    sector = SectorFactory(name="Geheime sector")
    hidden = PartnerPageFactory(parent=index, title="Geheim", sector=sector, **PLACE, live=secret != "draft")
    if secret == "private":
        make_private(hidden)
    html = client.get("/partners/").content.decode()
    assert "geheim" not in html.casefold()
    assert get_context(client)["total"] == 0
    assert PartnerStripBlock().get_context({"heading": "", "count": None}, {"page": index})["partners"] == []


def test_the_sector_of_a_partner_stays_hidden_while_it_is_a_draft(client: Client, partners: dict) -> None:
    sector = partners["staal"].sector
    sector.live = False
    sector.save()
    context = get_context(client)
    assert [option.value for option in context["sector_options"]] == ["onderwijs"]
    assert titles(get_context(client, "?sector=staal")["partners"]) == []
    assert "Staal</dd>" not in client.get(partners["staal"].url).content.decode()


def test_each_language_lists_its_own(client: Client, homes: dict, partners: dict) -> None:
    english = PartnerIndexPageFactory(parent=homes["en"])
    sector = SectorFactory(name="Steel", locale=Locale.objects.get(language_code="en"))
    PartnerPageFactory(parent=english, title="Example Steel", sector=sector)
    context = client.get("/en/partners/").context
    assert titles(context["partners"]) == ["Example Steel"]
    assert [option.url for option in context["sector_options"]] == ["/en/partners/?sector=steel"]
    strip = PartnerStripBlock()
    value = strip.to_python({"heading": "Partners", "count": 2})
    assert titles(strip.get_context(value, {"page": english})["partners"]) == ["Example Steel"]
    assert titles(strip.get_context(value, {"page": homes["nl"]})["partners"]) == ["Tata Steel", "academie"]


@pytest.mark.parametrize("number", [2, 20])
def test_the_number_of_queries_does_not_grow(
    client: Client, index: PartnerIndexPage, django_assert_max_num_queries: Any, number: int
) -> None:
    for _count in range(number):
        sector = SectorFactory()
        PartnerPageFactory(parent=index, sector=sector, logo=ImageFactory(), **PLACE)
    client.get("/partners/")  # makes the pictures and fills Wagtail's cache of site roots
    with django_assert_max_num_queries(12):
        client.get("/partners/")


def test_the_queries_of_a_partner_do_not_grow_with_what_points_to_it(
    client: Client, homes: dict, partners: dict
) -> None:
    partner, news = partners["tata"], NewsIndexPageFactory(parent=homes["nl"])
    counts = []
    for number in (2, 20):
        for _ in range(number):
            article = ArticlePageFactory(
                parent=news, topic=TopicFactory(), hero_image=ImageFactory(), related=[("page", partner)]
            )
            ReferenceIndex.create_or_update_for_object(article)
        client.get(partner.url)  # makes the pictures
        with CaptureQueriesContext(connection) as queries:
            client.get(partner.url)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("latitude", "longitude", "wrong"),
    [
        ("52.4", None, "longitude"),
        (None, "4.6", "latitude"),
        ("90.1", "4.6", "latitude"),
        ("52.4", "-180.1", "longitude"),
        ("52.4000001", "4.6", "latitude"),
    ],
)
def test_wrong_coordinates_are_refused(latitude: str | None, longitude: str | None, wrong: str) -> None:
    partner = PartnerPage(title="Partner", slug="partner", path="00010001", depth=2)
    partner.latitude = Decimal(latitude) if latitude else None
    partner.longitude = Decimal(longitude) if longitude else None
    with pytest.raises(ValidationError) as error:
        partner.full_clean()
    assert wrong in error.value.message_dict


def test_the_equator_is_a_place() -> None:
    assert PartnerPage(latitude=Decimal(0), longitude=Decimal(0)).coordinates == {
        "latitude": 0,
        "longitude": 0,
    }
    assert PartnerPage().coordinates is None


@pytest.mark.parametrize(
    ("title", "monogram"),
    [("Tata Steel", "TS"), ("Crown van Gelder", "CV"), ("academie", "A"), ("(é) & 3D", "É3"), ("\u2013", "")],
)
def test_monogram(title: str, monogram: str) -> None:
    assert PartnerPage(title=title).monogram == monogram


def test_related_pages_point_here_are_public_and_in_this_language(
    client: Client, homes: dict, partners: dict
) -> None:
    partner = partners["tata"]
    news = {code: NewsIndexPageFactory(parent=home) for code, home in homes.items()}
    related = [("page", partner)]
    article = ArticlePageFactory(parent=news["nl"], title="Staal en waterstof", related=related)
    ArticlePageFactory(parent=news["nl"], title="Concept", related=related, live=False)
    make_private(ArticlePageFactory(parent=news["nl"], title="Besloten", related=related))
    ArticlePageFactory(parent=news["nl"], title="Iets anders")
    translation = ArticlePageFactory(parent=news["en"], title="Steel and hydrogen", related=related)
    for page in ArticlePage.objects.all():
        ReferenceIndex.create_or_update_for_object(page)

    context = client.get(partner.url).context
    assert titles(context["related_pages"]) == [article.title]
    assert context["related_pages"][0].date, "each is of its own type, so that a list can show its date"
    english = PartnerIndexPageFactory(parent=homes["en"])
    counterpart = PartnerPageFactory(
        parent=english, title="Tata Steel", translation_key=partner.translation_key
    )
    assert titles(client.get(counterpart.url).context["related_pages"]) == [translation.title]


def test_the_partner_page_names_its_year_without_a_thousands_separator(
    client: Client, partners: dict
) -> None:
    html = client.get(partners["tata"].url).content.decode()
    assert "2013" in html
    assert "2.013" not in html


def test_the_api_tells_every_field(client: Client, index: PartnerIndexPage) -> None:
    partner = PartnerPageFactory(
        parent=index,
        title="Voorbeeld Staalbouw",
        kind="company",
        sector=SectorFactory(name="Staal"),
        founder=False,
        partner_since=2014,
        website="https://example.com/",
        place="Velsen-Noord",
        **PLACE,
        logo=ImageFactory(title="Logo"),
        introduction="Een verzonnen bedrijf.",
        story=[("heading", {"text": "Ons verhaal", "level": "h2"})],
    )
    data = client.get(f"/api/v2/pages/{partner.pk}/").json()
    assert data["sector"] == {
        "id": partner.sector.pk,
        "type": "partners.Sector",
        "name": "Staal",
        "slug": "staal",
    }
    assert data["coordinates"] == {"latitude": 52.4762, "longitude": 4.6418}
    assert data["logo"]["id"] == partner.logo.pk
    assert data["story"][0]["value"]["text"] == "Ons verhaal"
    plain = {
        name: data[name] for name in ("kind", "founder", "partner_since", "website", "place", "monogram")
    }
    assert plain == {
        "kind": "company",
        "founder": False,
        "partner_since": 2014,
        "website": "https://example.com/",
        "place": "Velsen-Noord",
        "monogram": "VS",
    }
    assert data["introduction"] == "Een verzonnen bedrijf."
    assert "introduction" in client.get(f"/api/v2/pages/{index.pk}/").json()


def test_the_strip_for_channels(homes: dict, partners: dict, django_assert_max_num_queries: Any) -> None:
    strip = PartnerStripBlock()
    value = strip.to_python({"heading": "Zij doen mee", "count": None})
    # The language, which partners, the partners, and two for a cold cache of site roots
    with django_assert_max_num_queries(5):
        data = strip.get_api_representation(
            value, {"view": type("View", (), {"_cached_object": homes["nl"]})}
        )
    assert data["heading"] == "Zij doen mee"
    assert [partner["title"] for partner in data["partners"]] == ["Tata Steel", "academie", "Voorbeeld Staal"]
