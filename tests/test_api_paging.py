"""In which order a list of the API comes, and how it is walked through, whatever happens meanwhile."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from api_client import ask, ids, items, problem, read, titles, walk
from django.utils import timezone
from factories import (
    ImageFactory,
    PartnerIndexPageFactory,
    PartnerPageFactory,
    StandardPageFactory,
    make_private,
    published_home,
)
from made_once import made_once
from wagtail.models import Page, Site

from partners.models import PartnerPage
from techport_cms.headless.cursors import seal

pytestmark = pytest.mark.django_db

PARTNER = "partners.PartnerPage"
SINCE = (2013, None, 2020, None, 2013, 2013, None, 1999, 2013)
ORDERS = (
    None,
    "-title",
    "founder,-kind",
    "-founder,title",
    "partner_since",
    "-partner_since",
    "-partner_since,-title,-id",
    "sector",
    "place,partner_since",
    "last_published_at",
    "-last_published_at",
    "channels_until",
    "-channels_until,slug",
    "first_published_at,id,title",
)


@made_once
def directory() -> Page:
    return PartnerIndexPageFactory(parent=published_home(), slug="partners")


@made_once
def partners(directory) -> list[PartnerPage]:
    """Nine, of which many have the same values, and some none."""
    made = [
        PartnerPageFactory(
            parent=directory,
            title=f"Partner {number % 3}",
            slug=f"partner-{number}",
            kind=("company", "school")[number % 2],
            founder=number % 4 == 0,
            partner_since=since,
        )
        for number, since in enumerate(SINCE)
    ]
    moment = timezone.now().replace(microsecond=123_456)
    for number, page in enumerate(made):
        times = {"last_published_at": moment + datetime.timedelta(microseconds=number // 2)}
        if number % 3:
            times["first_published_at"] = moment
        PartnerPage.objects.filter(pk=page.pk).update(**times)
    PartnerPage.objects.filter(pk=made[2].pk).update(channels_until=moment)
    return made


class TestOrder:
    def test_by_offset_and_by_cursor_everything_comes_once(self, partners) -> None:
        everything = {page.pk for page in partners}
        for order in ORDERS:
            whole = ids(type=PARTNER, order=order)
            assert sorted(whole) == sorted(everything), order
            by_offset = [
                id_
                for offset in range(0, 10, 4)
                for id_ in ids(type=PARTNER, order=order, limit=4, offset=offset)
            ]
            assert by_offset == whole, order
            assert walk(type=PARTNER, order=order, limit=2) == whole, order

    def test_the_id_has_the_last_word(self, partners) -> None:
        by_id = sorted(page.pk for page in partners)
        first = [page.pk for page in partners if page.title == "Partner 0"]
        assert ids(type=PARTNER, order="title")[:3] == ids(type=PARTNER, order="-title")[-3:] == first
        assert ids(type=PARTNER, order="id") == by_id
        assert ids(type=PARTNER, order="-id") == by_id[::-1]

    def test_no_value_is_the_smallest(self, partners) -> None:
        since = [item["partner_since"] for item in items(type=PARTNER, order="partner_since", fields="*")]
        assert since == [None] * 3 + [1999] + [2013] * 4 + [2020]
        since = [item["partner_since"] for item in items(type=PARTNER, order="-partner_since", fields="*")]
        assert since == [2020] + [2013] * 4 + [1999] + [None] * 3

    def test_without_one_as_the_pages_stand_in_the_tree(self, partners, directory) -> None:
        partners[0].move(directory, "last-child")
        wanted = [page.pk for page in (*partners[1:], partners[0])]
        assert ids(type=PARTNER) == ids(type=PARTNER, order="") == wanted

    def test_a_text_without_regard_to_case_as_the_website_does(self, directory) -> None:
        for title in ("beta", "Alfa", "alfa 2", "Beta 2", "gamma"):
            PartnerPageFactory(parent=directory, title=title)
        wanted = ["Alfa", "alfa 2", "beta", "Beta 2", "gamma"]
        assert titles(type=PARTNER, order="title") == wanted
        assert titles(type=PARTNER, order="-title") == wanted[::-1]
        assert titles(type=PARTNER, order="-founder,title") == wanted
        assert list(directory.specific.partners().values_list("title", flat=True)) == wanted
        assert titles(search="alfa beta", search_operator="or", type=PARTNER, order="-title") == wanted[3::-1]
        by_cursor = walk(type=PARTNER, order="title", limit=1)
        assert by_cursor == ids(type=PARTNER, order="title")

    def test_it_is_bounded(self, partners) -> None:
        """What comes after a cursor takes a condition for each column and all before it."""
        columns = ["title", "kind", "founder", "partner_since", "place", "slug", "sector"]
        columns += ["last_published_at", "first_published_at", "channels_until"]
        cursor = read("pages/", type=PARTNER, order=",".join(columns), limit=1)["meta"]["next"]
        assert items(type=PARTNER, order=",".join(columns), cursor=cursor)
        told = problem("pages/", type=PARTNER, order=",".join([*columns, "id"]), cursor=cursor)
        assert told == f"order takes at most {len(columns)} fields"
        for order in ("title,title", "title,-title", "-id,title,id"):
            assert problem("pages/", order=order) == "order names a field twice"
        for number in (300, 2500):
            assert "10" in problem("pages/", order=",".join(["id"] * number), cursor="x")
            assert "10" in problem("images/", order=",".join(["id"] * number))

    def test_at_random(self, partners) -> None:
        found = read("pages/", type=PARTNER, order="random")
        assert {item["id"] for item in found["items"]} == {page.pk for page in partners}
        assert found["meta"]["next"] is None


class TestLimit:
    def test_how_many_come(self, partners) -> None:
        for limit in (0, 1, 9, 100):
            assert ids(type=PARTNER, limit=limit) == [page.pk for page in partners[:limit]]
        assert read("pages/", type=PARTNER, limit=0)["meta"] == {"total_count": 9, "next": None}
        assert "100" in problem("pages/", limit=101)

    def test_twenty_where_nobody_says(self, directory) -> None:
        for _ in range(21):
            StandardPageFactory(parent=directory)
        assert len(ids()) == 20
        assert len(ids(limit=100)) == 23

    def test_offset(self, partners) -> None:
        assert ids(type=PARTNER, offset=7) == [page.pk for page in partners[7:]]
        assert ids(type=PARTNER, offset=9) == ids(type=PARTNER, offset=9_223_372_036_854_775_807) == []
        assert ids(search="partner", offset=9_223_372_036_854_775_807) == []
        assert read("pages/", type=PARTNER, limit=2, offset=2)["meta"]["total_count"] == 9


class TestWalk:
    """The first page of a list has been read; then something happens."""

    def rest_after(self, event: Callable[[], Any], order: str, limit: int = 4) -> list[int]:
        first = read("pages/", type=PARTNER, fields="_,id", order=order, limit=limit)
        event()
        cursor = first["meta"]["next"]
        found = [item["id"] for item in first["items"]]
        while cursor:
            page = read("pages/", type=PARTNER, fields="_,id", order=order, limit=limit, cursor=cursor)
            found += [item["id"] for item in page["items"]]
            cursor = page["meta"]["next"]
        assert len(found) == len(set(found))
        return found

    @pytest.mark.parametrize("order", ["id", "-id", "partner_since", "-partner_since", "title"])
    def test_what_stays_is_seen_once(self, partners, directory, order: str) -> None:
        whole = ids(type=PARTNER, order=order)
        gone = [whole[0], whole[3], whole[5], whole[8]]  # seen, the last that was seen, still to come

        def event() -> None:
            Page.objects.get(pk=gone[0]).delete()
            Page.objects.get(pk=gone[1]).specific.unpublish()
            make_private(Page.objects.get(pk=gone[2]))
            Page.objects.get(pk=gone[3]).delete()
            PartnerPageFactory(parent=directory, title="Aardig", slug="a", partner_since=1900)
            PartnerPageFactory(parent=directory, title="Partner 1", slug="b", partner_since=None)

        found = self.rest_after(event, order)
        assert set(found) >= set(whole) - set(gone[2:])
        assert set(gone[2:]).isdisjoint(found)

    def test_what_is_published_further_on_is_seen(self, partners, directory) -> None:
        made: list[int] = []
        found = self.rest_after(lambda: made.append(PartnerPageFactory(parent=directory).pk), "id")
        assert found[-1:] == made

    def test_the_end(self, partners) -> None:
        found = read("pages/", type=PARTNER, order="id", limit=9)
        assert (found["meta"]["next"], len(found["items"])) == (None, 9)
        first = read("pages/", type=PARTNER, order="id", limit=8)
        last = read("pages/", type=PARTNER, order="id", limit=8, cursor=first["meta"]["next"])
        assert (last["meta"]["next"], len(last["items"])) == (None, 1)
        PartnerPage.objects.get(pk=last["items"][0]["id"]).unpublish()
        last = read("pages/", type=PARTNER, order="id", limit=8, cursor=first["meta"]["next"])
        assert last["meta"] == {"total_count": 8, "next": None}
        assert last["items"] == []

    def test_the_same_place_has_the_same_cursor(self, partners) -> None:
        first, again = (read("pages/", type=PARTNER, order="title", limit=2)["meta"]["next"] for _ in "12")
        assert first == again
        assert walk(type=PARTNER, order="title", limit=2) == walk(type=PARTNER, order="title,id", limit=2)

    def test_images_and_documents(self, directory) -> None:
        images = [ImageFactory(file__width=4, file__height=4, title=f"Beeld {n % 2}") for n in range(5)]
        for order in (None, "title", "-title", "-width", "id"):
            assert walk("images/", order=order, limit=2) == ids("images/", order=order)
        assert walk("images/", limit=2) == [image.pk for image in images]
        assert walk("documents/", limit=2) == []


class TestCursorsThatAreRefused:
    def cursor(self, path: str = "pages/", **query: Any) -> str:
        found = read(path, limit=1, **query)["meta"]["next"]
        assert found
        return found

    def test_of_another_list(self, partners) -> None:
        ImageFactory.create_batch(2, file__width=4, file__height=4)
        given = self.cursor(type=PARTNER, order="title")
        for query in (
            {"order": "title"},
            {"type": "partners.PartnerIndexPage", "order": "title"},
            {"type": PARTNER, "order": "-title"},
            {"type": PARTNER, "order": "slug"},
            {"type": PARTNER},
            {"path": "images/", "order": "title"},
            {"path": "documents/", "order": "title"},
            {"path": "changes/", "after": given},
        ):
            arguments = {"cursor": given, **query}
            if "after" in query:
                del arguments["cursor"]
            assert problem(arguments.pop("path", "pages/"), **arguments)
        problem("pages/", order="id", cursor=self.cursor("images/"))

    def test_of_another_site(self, partners, directory) -> None:
        Site.objects.create(hostname="second.example", port=80, root_page=directory)
        order = {"type": PARTNER, "order": "id"}
        given = self.cursor(**order)
        there = self.cursor(**order, site="second.example")
        assert ids(**order, cursor=given, site="localhost") == ids(**order, cursor=given)
        assert ids(**order, cursor=there, site="second.example") == ids(**order, cursor=given)
        for cursor, site in ((there, None), (there, "localhost"), (given, "second.example")):
            assert "site" in problem("pages/", **order, cursor=cursor, site=site)

    def test_of_what_every_site_has(self, partners, directory) -> None:
        Site.objects.create(hostname="second.example", port=80, root_page=directory)
        images = ImageFactory.create_batch(2, file__width=4, file__height=4)
        given = {"cursor": self.cursor("images/"), "fields": "_,id"}
        for host in ("localhost", "second.example"):
            found = ask("images/", headers={"host": host}, **given).json()["items"]
            assert found == [{"id": images[1].pk}]

    def test_from_an_older_release(self, partners) -> None:
        old = seal("list", [PartnerPage._meta.label, ["id"], [1]])
        assert problem("pages/", type=PARTNER, order="id", cursor=old)

    def test_tampered_with(self, partners) -> None:
        given = self.cursor(type=PARTNER)
        middle = len(given) // 2
        changed = given[:middle] + ("A" if given[middle] != "A" else "B") + given[middle + 1 :]
        for cursor in (changed, given[:-4], given + "AAAA", given[::-1], "x", "é", "%00", "a\x00b", "W10"):
            assert problem("pages/", type=PARTNER, cursor=cursor)
        assert problem("pages/", type=PARTNER, cursor="A" * 10_000)

    def test_with_what_it_cannot_be_combined(self, partners) -> None:
        given = self.cursor(type=PARTNER)
        assert problem("pages/", type=PARTNER, cursor=given, offset=1)
        assert problem("pages/", type=PARTNER, cursor=given, search="partner")
        assert problem("pages/", type=PARTNER, cursor=given, order="random")
        assert problem("pages/", type=PARTNER, offset=1, order="random")

    def test_an_empty_one_is_the_beginning(self, partners) -> None:
        assert ids(type=PARTNER, cursor="") == ids(type=PARTNER)
