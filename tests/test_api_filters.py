"""Which pages a list of the API has: every parameter that narrows it down, alone and with others."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from api_client import ask, ids, items, problem, read, titles
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from factories import (
    ArticlePageFactory,
    ImageFactory,
    NewsIndexPageFactory,
    PartnerIndexPageFactory,
    PartnerPageFactory,
    TopicFactory,
    make_private,
    published_home,
    translated,
)
from made_once import made_once
from wagtail.models import Page, Site

from home.models import StandardPage
from techport_cms.headless.filters import choices_of, to_python

pytestmark = pytest.mark.django_db

ARTICLE, PARTNER = "news.ArticlePage", "partners.PartnerPage"

# What is asked for, and the titles that come.
PARTNERS: list[tuple[dict[str, str], list[str]]] = [
    ({"slug": "school"}, ["Staalschool"]),
    ({"title": "staalschool"}, []),  # exactly
    ({"kind": "school"}, ["Staalschool"]),
    ({"kind__in": "company,government"}, ["Bedrijf"]),
    ({"kind__in": "company,school"}, ["Staalschool", "Bedrijf"]),
    ({"founder": "true"}, ["Staalschool"]),
    ({"founder": "0"}, ["Bedrijf"]),
    ({"partner_since": "2013"}, ["Staalschool"]),
    ({"partner_since__gt": "2013"}, ["Bedrijf"]),
    ({"partner_since__gte": "2013"}, ["Staalschool", "Bedrijf"]),
    ({"partner_since__lt": "2020"}, ["Staalschool"]),
    ({"partner_since__lte": "2020"}, ["Staalschool", "Bedrijf"]),
    ({"partner_since__in": "2013,2014"}, ["Staalschool"]),
    ({"partner_since__gte": "2013", "partner_since__lt": "2020"}, ["Staalschool"]),
    ({"partner_since__gt": "-1"}, ["Staalschool", "Bedrijf"]),
    ({"partner_since__gt": "9223372036854775807"}, []),
    ({"partner_since": "-9223372036854775807"}, []),
    ({"id__gt": "9223372036854775807"}, []),
    ({"kind": "school", "founder": "false"}, []),
]
ARTICLES: list[tuple[dict[str, str], list[str]]] = [
    ({"date": "2024-03-01"}, ["Oud staal"]),
    ({"date__gt": "2024-03-01"}, ["Nieuw staal"]),
    ({"date__gte": "2024-03-01"}, ["Oud staal", "Nieuw staal"]),
    ({"date__lt": "2024-03-01"}, []),
    ({"date__lte": "2024-03-01"}, ["Oud staal"]),
    ({"date__in": "2024-03-01,2026-03-01"}, ["Oud staal", "Nieuw staal"]),
    ({"date__gte": "0001-01-01", "date__lte": "9999-12-31"}, ["Oud staal", "Nieuw staal"]),
]


@made_once
def tree() -> Any:
    """A home page, news with two articles (one in English too), two partners."""
    home = published_home()
    news = NewsIndexPageFactory(parent=home, slug="nieuws")
    topic = TopicFactory(name="Staal")
    old = ArticlePageFactory(
        parent=news, title="Oud staal", slug="oud", date=datetime.date(2024, 3, 1), topic=topic
    )
    new = ArticlePageFactory(parent=news, title="Nieuw staal", slug="nieuw", date=datetime.date(2026, 3, 1))
    english = translated(new, "en", title="New steel", slug="new")
    partners = PartnerIndexPageFactory(parent=home, slug="partners")
    school = PartnerPageFactory(
        parent=partners, title="Staalschool", kind="school", founder=True, partner_since=2013, slug="school"
    )
    company = PartnerPageFactory(parent=partners, title="Bedrijf", partner_since=2020)
    return SimpleNamespace(
        home=home,
        news=news,
        old=old,
        new=new,
        english=english,
        partners=partners,
        school=school,
        company=company,
        topic=topic,
    )


class TestWhere:
    def test_by_type(self, tree) -> None:
        assert ids(type=PARTNER) == [tree.school.pk, tree.company.pk]
        assert ids(type=f"{ARTICLE},{PARTNER}", locale="nl") == [
            tree.old.pk,
            tree.new.pk,
            tree.school.pk,
            tree.company.pk,
        ]
        assert {item["meta"]["type"] for item in items(type="wagtailcore.Page")} == {
            item["meta"]["type"] for item in items()
        }

    def test_by_language(self, tree) -> None:
        assert tree.english.pk in ids(locale="en")
        assert {item["meta"]["locale"] for item in items(locale="en")} == {"en"}
        assert len(ids(locale="nl")) + len(ids(locale="en")) == len(ids())

    def test_by_site(self, tree) -> None:
        second = Page.get_first_root_node().add_child(
            instance=StandardPage(title="Tweede", slug="tweede", locale=tree.home.locale)
        )
        Site.objects.create(hostname="second.example", port=8080, root_page=second)
        assert second.pk not in ids()
        assert ids(site="second.example") == ids(site="second.example:8080") == [second.pk]
        assert ids(site="localhost") == ids()
        assert read(f"pages/{second.pk}/")["title"] == "Tweede"  # by its id on every site
        assert read(f"pages/{second.pk}/", site="second.example")["title"] == "Tweede"

    def test_children(self, tree) -> None:
        assert ids(child_of=tree.news.pk) == [tree.old.pk, tree.new.pk]
        assert ids(child_of="root") == ids(child_of=tree.home.pk) == [tree.news.pk, tree.partners.pk]

    def test_descendants(self, tree) -> None:
        assert tree.home.pk not in ids(descendant_of=tree.home.pk)
        assert ids(descendant_of=tree.home.pk) == ids(descendant_of="root")
        assert len(ids(descendant_of=tree.home.pk)) == 6
        assert ids(descendant_of=tree.home.pk, type=PARTNER) == [tree.school.pk, tree.company.pk]

    def test_ancestors(self, tree) -> None:
        assert ids(ancestor_of=tree.old.pk) == [tree.home.pk, tree.news.pk]

    def test_translations(self, tree) -> None:
        assert ids(translation_of=tree.new.pk) == [tree.english.pk]
        assert ids(translation_of=tree.english.pk, locale="nl") == [tree.new.pk]
        assert ids(translation_of=tree.old.pk) == []
        assert ids(translation_of="root") == [Page.objects.get(depth=2, locale=tree.english.locale).pk]

    def test_nothing_is_told_of_what_is_not_public(self, tree) -> None:
        make_private(tree.news)
        tree.company.unpublish()
        shown = ids()
        assert {tree.news.pk, tree.old.pk, tree.new.pk, tree.company.pk}.isdisjoint(shown)
        assert tree.english.pk in shown  # has its own place in the tree
        assert ids(descendant_of=tree.home.pk) == [tree.partners.pk, tree.school.pk]
        assert ids(title="Oud staal") == ids(search="staal", locale="nl", type=ARTICLE) == []


class TestFields:
    def test_of_partners(self, tree) -> None:
        for query, found in PARTNERS:
            assert titles(type=PARTNER, **query) == found, query

    def test_of_articles(self, tree) -> None:
        for query, found in ARTICLES:
            assert titles(type=ARTICLE, locale="nl", **query) == found, query

    def test_a_choice_that_there_is_not(self, tree) -> None:
        for query in ({"kind": "club"}, {"kind__in": "school,club"}, {"kind": ""}, {"kind": "SCHOOL"}):
            told = problem("pages/", type=PARTNER, **query)
            assert "must be one of company, school" in told, query
        assert ids(type=PARTNER, kind="government") == [], "nobody has made this one"

    def test_a_choice_may_be_none(self) -> None:
        text = models.CharField(choices=[("a", "A")], blank=True)
        number = models.IntegerField(choices=[(1, "one"), (2, "two")], blank=True)
        assert (choices_of(text), choices_of(number)) == (["a", ""], [1, 2])
        assert (to_python(text, "x", ""), to_python(number, "x", "2")) == ("", 2)
        assert choices_of(models.CharField(blank=True)) == []

    def test_what_a_page_points_to(self, tree) -> None:
        assert ids(type=ARTICLE, topic=tree.topic.pk) == [tree.old.pk]
        assert ids(type=ARTICLE, topic=999_999) == []

    def test_when_it_was_published(self, tree) -> None:
        moment = datetime.datetime(2025, 6, 1, 12, 30, 0, 250_000, tzinfo=datetime.UTC)
        Page.objects.filter(pk=tree.old.pk).update(last_published_at=moment)
        Page.objects.filter(pk=tree.new.pk).update(last_published_at=timezone.now())
        old = {"type": ARTICLE, "locale": "nl"}
        assert ids(**old, last_published_at__lt="2025-06-02") == [tree.old.pk]
        assert ids(**old, last_published_at__lte="2025-06-01T12:30:00.250000Z") == [tree.old.pk]
        assert ids(**old, last_published_at__lt="2025-06-01T12:30:00.250000Z") == []
        assert ids(**old, last_published_at__gt="2025-06-01T12:30:00.249999Z") == [tree.old.pk, tree.new.pk]
        assert ids(**old, last_published_at__in="2025-06-01T12:30:00.25Z,2025-06-01T12:30:00Z") == [
            tree.old.pk
        ]
        assert ids(**old, last_published_at="2025-06-01T14:30:00.25+02:00") == [tree.old.pk]
        # A time without a zone is in that of the site, two hours ahead in June.
        assert ids(**old, last_published_at="2025-06-01T14:30:00.25") == [tree.old.pk]


class TestSearch:
    def test_with_every_other_filter(self, tree) -> None:
        assert set(ids(search="staal", locale="nl")) == {tree.old.pk, tree.new.pk}
        assert ids(search="staal", type=ARTICLE, date__gt="2025-01-01", locale="nl") == [tree.new.pk]
        assert ids(search="staal", child_of=tree.news.pk, topic=tree.topic.pk, type=ARTICLE) == [tree.old.pk]
        assert ids(search="staalschool", type=PARTNER, kind__in="school", founder="true") == [tree.school.pk]
        assert ids(search="staalschool", type=PARTNER, kind__in="company") == []
        assert ids(search="steel", locale="en", translation_of=tree.new.pk) == [tree.english.pk]

    def test_in_an_order(self, tree) -> None:
        assert titles(search="staal", locale="nl", order="title") == ["Nieuw staal", "Oud staal"]
        assert titles(search="staal", type=ARTICLE, locale="nl", order="-date") == [
            "Nieuw staal",
            "Oud staal",
        ]
        assert titles(search="staal", locale="nl", order="title", limit=1, offset=1) == ["Oud staal"]

    def test_operator(self, tree) -> None:
        words = {"search": "nieuw oud", "locale": "nl", "type": ARTICLE}
        assert ids(**words) == ids(**words, search_operator="and") == []
        assert set(ids(**words, search_operator="or")) == {tree.old.pk, tree.new.pk}

    def test_with_a_fallback(self, tree) -> None:
        assert set(ids(search="staal", locale="en", fallback="nl")) == {tree.old.pk}
        assert set(ids(search="steel", locale="en", fallback="nl")) == {tree.english.pk}

    def test_the_count_is_of_all_that_is_found(self, tree) -> None:
        found = read("pages/", search="staal", locale="nl", limit=1)
        assert found["meta"]["total_count"] == 2
        assert found["meta"]["next"] is None  # a search has no cursor
        assert len(found["items"]) == 1


class TestChannel:
    def test_until_when(self, tree) -> None:
        tree.old.channels = ["app"]
        tree.old.channels_until = timezone.now() + datetime.timedelta(hours=1)
        tree.old.save_revision().publish()
        wanted = {"type": ARTICLE, "locale": "nl"}
        assert tree.old.pk in ids(**wanted, channel="app")
        assert ids(**wanted, channel="screens") == [tree.new.pk]
        assert len(ids(**wanted, channel="website")) == len(ids(**wanted)) == 2
        tree.old.channels_until = timezone.now() - datetime.timedelta(hours=1)
        tree.old.save_revision().publish()
        assert ids(**wanted, channel="app") == [tree.new.pk]
        assert len(ids(**wanted, channel="website")) == 2

    def test_of_one_page(self, tree) -> None:
        tree.old.channels = ["app"]
        tree.old.save_revision().publish()
        detail = read(f"pages/{tree.old.pk}/", channel="app")
        assert detail["channels"] == ["app"]
        assert detail["channels_until"] is None

    @pytest.mark.parametrize("relation", ["child_of", "descendant_of", "ancestor_of", "translation_of"])
    def test_the_page_that_is_named_may_be_of_another(self, tree, relation: str) -> None:
        """The channel limits what is listed, not what the list is of."""
        for page in (tree.old, tree.old.get_parent().specific):
            page.channels = ["app"]
            page.save_revision().publish()
        named = {"ancestor_of": tree.old, "translation_of": tree.old}.get(relation, tree.old.get_parent())
        for_screens = ids(channel="screens", limit=100)
        expected = [pk for pk in ids(**{relation: named.pk}) if pk in for_screens]
        assert ids(**{relation: named.pk}, channel="screens") == expected
        assert len(expected) == (relation != "translation_of")  # which has the channels of its source

    def test_of_a_page_that_is_looked_for(self, tree) -> None:
        tree.old.channels = ["app"]
        tree.old.save_revision().publish()
        path = tree.old.get_url()
        for status, channel in ((302, "app"), (302, "website"), (404, "screens")):
            assert ask("pages/find/", html_path=path, channel=channel).status_code == status
            assert ask("pages/find/", id=tree.old.pk, channel=channel).status_code == status
            detail = ask(f"pages/{tree.old.pk}/", channel=channel)
            assert detail.status_code == (200 if status == 302 else 404)


class TestTags:
    @pytest.fixture
    def pictures(self, db: None) -> None:
        for title, tags in (("Twee", ["staal", "wind"]), ("Een", ["staal"]), ("Geen", [])):
            ImageFactory(title=title, file__width=8, file__height=8).tags.add(*tags)

    @pytest.mark.parametrize(
        ("tags", "found"),
        [
            ("staal", ["Een", "Twee"]),
            ("staal,wind", ["Twee"]),
            ("wind,staal,wind", ["Twee"]),
            ("staal,niets", []),
            ("staal,", []),
            ("", []),
        ],
    )
    def test_all_of_them(self, pictures: None, tags: str, found: list[str]) -> None:
        assert titles("images/", tags=tags, order="title") == found

    @pytest.mark.parametrize("words", [{}, {"search": "Twee"}])
    def test_a_hundred_are_one_subquery(self, pictures: None, words: dict[str, str]) -> None:
        with CaptureQueriesContext(connection) as queries:
            assert titles("images/", tags=",".join(f"t{number}" for number in range(100)), **words) == []
        assert max(query["sql"].count("taggit_tag") for query in queries) < 12

    def test_no_more_than_that(self, pictures: None) -> None:
        assert problem("images/", tags=",".join("x" * 101)) == "tags takes at most 100 values"
