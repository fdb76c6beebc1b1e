"""What a list costs does not grow with the pages of the site: plans of queries, and totals that are kept
for as long as nothing is published."""

from datetime import timedelta
from typing import Any

import pytest
from api_client import ask, items, read, walk
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from factories import (
    ImageFactory,
    PartnerIndexPageFactory,
    PartnerPageFactory,
    StandardPageFactory,
    make_private,
    published_home,
)
from wagtail.models import Collection, CollectionViewRestriction, Locale, Page, PageViewRestriction

from partners.models import PartnerPage
from techport_cms.content.filters import Catalogue, Filter, FilteredList
from techport_cms.core.kept import Values
from techport_cms.core.visibility import public_pages
from techport_cms.headless import paging
from techport_cms.headless.access import unlock_token
from techport_cms.headless.filters import order_by
from techport_cms.headless.paging import after
from techport_cms.webhooks.worker import Worker

PARTNERS = {"type": "partners.PartnerPage"}
LISTS: tuple[dict[str, str], ...] = (
    {},
    PARTNERS,
    {"locale": "nl"},
    {"channel": "screens"},
    {"search": "partner"},
    {**PARTNERS, "founder": "true"},
)


def total(path: str = "pages/", **query: Any) -> int:
    """As the API tells it, which is what a walk through the list finds."""
    told = read(path, **query)["meta"]["total_count"]
    assert told == len(items(path, **{"limit": 100, **query}))
    return told


@pytest.mark.django_db
class TestPlans:
    @pytest.fixture
    def directory(self) -> Page:
        directory = PartnerIndexPageFactory(parent=published_home(), slug="partners")
        for _ in range(6):
            PartnerPageFactory(parent=directory)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return directory

    def plan(self, queryset: Any) -> str:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":  # so few pages it would rather read one by one
                cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        return queryset.explain()

    def test_what_is_restricted_is_gathered_once_for_a_list(self, directory) -> None:
        if connection.vendor != "sqlite":
            pytest.skip("PostgreSQL does so by itself")
        make_private(StandardPageFactory(parent=directory.get_parent()))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        plan = self.plan(public_pages())
        assert "MATERIALIZE places" in plan
        assert "SCAN one" not in plan  # once for each place that is restricted

    def test_what_points_to_a_partner_is_gathered_once_also_without_statistics(self, directory) -> None:
        if connection.vendor != "postgresql":
            pytest.skip("SQLite does so by itself")
        partner = PartnerPage.objects.first()
        with CaptureQueriesContext(connection) as queries:
            partner.related_pages()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_hashjoin = off")
            cursor.execute(f"EXPLAIN {queries[0]['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert plan.count("InitPlan") == 3  # translations, pages that point, places that are restricted
        assert plan.count("Semi Join") <= 1  # of the restricted places, with no column of the outer query

    def test_the_order_of_the_tree_is_that_of_an_index(self, directory) -> None:
        english = Locale.objects.get_or_create(language_code="en")[0]
        for _ in range(30):  # so that it matters by which index a language is read
            PartnerPageFactory(parent=directory, locale=english)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        in_order = [order_by(Page, name) for name in ("path", "id")]
        plan = self.plan(Page.objects.filter(locale=directory.locale).order_by(*in_order)[:3])
        assert "techport_page_of_language" in plan
        assert "NULLS" not in plan  # a sort of all, on PostgreSQL

    def test_a_cursor_is_looked_up_in_an_index(self, directory) -> None:
        last = Page.objects.order_by("path").last()
        keys = {f"sort_key_of_{name}": paging.sort_key(Page, name) for name in ("path", "id")}
        pages = Page.objects.alias(**keys)
        plan = self.plan(pages.filter(after(Page, ["path", "id"], [last.path, last.pk])))
        assert any(found in plan for found in ("(path>?", "Index Cond: ((path)::text >="))

    def test_the_end_of_a_list_is_read_from_its_end(self, directory) -> None:
        with CaptureQueriesContext(connection) as queries:
            found = [item["id"] for item in items(**PARTNERS, limit=2, offset=4)]
        assert found == [item["id"] for item in items(**PARTNERS)][4:]
        assert not any("OFFSET 4" in query["sql"] for query in queries)
        for offset in range(9):
            for limit in (1, 3):
                rest = [item["id"] for item in items(**PARTNERS, limit=limit, offset=offset)]
                assert rest == [item["id"] for item in items(**PARTNERS)][offset : offset + limit]


class Site:
    """What editors do. Each names how many partners more the API then tells of."""

    def __init__(self) -> None:
        self.home = published_home()
        self.directory = PartnerIndexPageFactory(parent=self.home, slug="partners")
        self.partners = [self.add(title=f"Partner {number}", founder=True) for number in range(3)]
        self.private = StandardPageFactory(parent=self.home, slug="besloten")
        make_private(self.private)

    def add(self, **fields: Any) -> PartnerPage:
        return PartnerPageFactory(parent=self.directory, **{"title": "Partner", "founder": True, **fields})

    def publish(self) -> int:
        draft = self.add(live=False)
        draft.save_revision().publish()
        return 1

    def unpublish(self) -> int:
        self.partners[0].unpublish()
        return -1

    def delete(self) -> int:
        Page.objects.get(pk=self.partners[0].pk).delete()
        return -1

    def restrict(self) -> int:
        make_private(self.partners[1])
        return -1

    def restrict_and_free(self) -> int:
        make_private(self.partners[1])
        total(**PARTNERS)
        PageViewRestriction.objects.get(page=self.partners[1]).delete()
        return 0

    def move_where_nobody_may_look(self) -> int:
        self.partners[2].move(self.private, "last-child")
        return -1

    def move_and_back(self) -> int:
        self.partners[2].move(self.private, "last-child")
        total(**PARTNERS)
        self.partners[2].refresh_from_db()
        self.partners[2].move(self.directory, "last-child")
        return 0

    def copy(self) -> int:
        self.partners[0].copy(update_attrs={"slug": "nog-een"})
        return 1

    def publish_at_a_time(self) -> int:
        draft = self.add(live=False)
        draft.go_live_at = timezone.now() + timedelta(hours=1)
        draft.save_revision().publish()
        assert total(**PARTNERS) == 3
        draft.refresh_from_db()
        revision = draft.scheduled_revision
        revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
        revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
        revision.save()
        call_command("publish_scheduled")
        return 1

    def expire(self) -> int:
        Page.objects.filter(pk=self.partners[0].pk).update(expire_at=timezone.now() - timedelta(minutes=1))
        assert total(**PARTNERS) == 3
        call_command("publish_scheduled")
        return -1


EDITS = [name for name, made in vars(Site).items() if callable(made) and name not in ("__init__", "add")]


@pytest.mark.django_db(transaction=True)
class TestTotals:
    @pytest.fixture
    def site(self) -> Site:
        return Site()

    def test_they_are_counted_once(self, site: Site) -> None:
        for query in ({}, PARTNERS, {"locale": "nl"}):
            with CaptureQueriesContext(connection) as first:
                one = read("pages/", **query, limit=1)
            with CaptureQueriesContext(connection) as then:
                more = read("pages/", **query, limit=2, cursor=one["meta"]["next"], fields="_,id")
            assert one["meta"]["total_count"] == more["meta"]["total_count"]
            assert ["COUNT(" in str(queries.captured_queries) for queries in (first, then)] == [True, False]

    @pytest.mark.parametrize("edit", EDITS)
    def test_each_edit_is_counted_at_once(self, site: Site, edit: str) -> None:
        before = [total(**query) for query in LISTS]
        more = getattr(site, edit)()
        assert [total(**query) for query in LISTS] == [number + more for number in before]
        assert len(walk(**PARTNERS, limit=1)) == total(**PARTNERS) == 3 + more

    def test_a_channel_that_is_chosen_and_the_end_of_it(self, site: Site) -> None:
        page = site.partners[0]
        assert total(channel="screens", **PARTNERS) == 3
        page.channels = ["app"]
        page.save_revision().publish()
        assert (total(channel="screens", **PARTNERS), total(channel="app", **PARTNERS)) == (2, 3)
        page.channels_until = timezone.now() + timedelta(hours=1)
        page.save_revision().publish()
        assert total(channel="app", **PARTNERS) == 3
        page.refresh_from_db()
        type(page).objects.filter(pk=page.pk).update(channels_until=timezone.now())
        plan = page._meta.apps.get_model("techport_content.ChannelPlan").objects.get(page=page.pk)
        plan.until = timezone.now() - timedelta(minutes=1)
        plan.save()
        Worker(webhooks=False).run_once()
        assert total(channel="app", **PARTNERS) == 2
        assert total(**PARTNERS) == 3

    def test_a_restricted_collection(self, site: Site) -> None:
        inner = Collection.get_first_root_node().add_child(name="Binnen")
        image = ImageFactory()
        assert total("images/") == 1
        CollectionViewRestriction.objects.create(collection=inner, restriction_type="login")
        image.collection = inner
        image.save()
        assert total("images/") == 0
        CollectionViewRestriction.objects.get().delete()
        assert total("images/") == 1

    def test_who_has_passed_a_password_counts_as_everybody(self, site: Site) -> None:
        restriction = PageViewRestriction.objects.create(
            page=site.partners[0], restriction_type="password", password="geheim"
        )
        token, _until = unlock_token([restriction])
        for headers in ({"Authorization": f"Bearer {token}"}, {}):
            answer = ask("pages/", headers=headers, **PARTNERS)
            assert answer.json()["meta"]["total_count"] == 2

    def test_a_writer_sees_its_own_and_nobody_else_does(self, site: Site) -> None:
        assert total(**PARTNERS) == 3
        with transaction.atomic():
            site.add()
            assert total(**PARTNERS) == 4
            transaction.set_rollback(True)
        assert total(**PARTNERS) == 3

    def test_other_questions_have_other_answers(self, site: Site) -> None:
        site.partners[0].founder = False
        site.partners[0].save_revision().publish()
        for query, number in (
            ({"founder": "true"}, 2),
            ({"founder": "false"}, 1),
            ({"title": "Partner 1"}, 1),
            ({"title": "partner 1"}, 0),
            ({"id__in": str(site.partners[0].pk)}, 1),
            ({"child_of": str(site.directory.pk)}, 3),
            ({"child_of": str(site.home.pk)}, 0),
            ({"locale": "en"}, 0),
        ):
            assert total(**PARTNERS, **query) == number, query

    def test_no_end_of_questions_pushes_nothing_else_out(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: list[Values] = []
        monkeypatch.setattr(paging, "MOST_TOTALS", 3)
        monkeypatch.setattr(paging, "Values", lambda most: made.append(Values(most)) or made[-1])
        for number in range(8):
            assert read("pages/", title=f"Niets {number}")["meta"]["total_count"] == 0
        assert [len(values._values) for values in made] == [3]


class TestOptions:
    def test_each_counts_what_it_leaves(self) -> None:
        catalogue: Catalogue[tuple[str, str]] = Catalogue(
            (number, f"text {number % 4}", (str(number % 3), "x" * (number % 2))) for number in range(24)
        )
        choices = [(str(number), str(number)) for number in range(4)]
        filters = [Filter("a", lambda facets: facets[0], choices), Filter("b", lambda facets: facets[1])]
        filters.append(Filter("q"))

        def left(**data: str) -> int:
            return len(FilteredList(catalogue, filters, data, "/"))

        for data in ({}, {"b": "x"}, {"q": "text 1"}, {"b": "x", "q": "text 3"}, {"a": "1"}):
            options = FilteredList(catalogue, filters, data, "/").options("a")
            assert [one.count for one in options] == [left(**{**data, "a": one.value}) for one in options]
            assert options[3].count == 0 < options[0].count
