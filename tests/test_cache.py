"""What is kept, for whom, under which key, and how a kept answer is sent."""

import gzip
import time
from datetime import datetime, timedelta

import brotli
import pytest
from cache_visitor import Visitor, new_stage
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date
from factories import NewsIndexPageFactory, make_private
from wagtail.models import Page, PageViewRestriction

from techport_cms.cache.conf import load
from techport_cms.cache.entries import BROTLI, GZIP, IDENTITY, best_encoding
from techport_cms.cache.policy import lifetime
from techport_cms.cache.stage import cache_control
from techport_cms.changes.models import Change
from techport_cms.headless.limits import buckets

pytestmark = pytest.mark.django_db

HTML = ("Content-Type", "text/html; charset=utf-8")
QUESTION = "/vragen/waarom/"


class TestHits:
    def test_the_second_request_is_a_hit(self, visitor, django_assert_num_queries) -> None:
        first = visitor.get(QUESTION)
        assert first.cached == "stored"
        with django_assert_num_queries(0):
            second = visitor.get(QUESTION)
        assert second.cached == "hit"
        assert second.body == first.body
        assert b"Waarom?" in second.body

    @pytest.mark.parametrize(
        "address",
        ["/", "/vragen/", "/api/v2/pages/", "/api/v2/pages/?fields=*", "/search/?q=waarom", "/sitemap.xml"],
    )
    def test_pages_api_search_and_sitemap_are_kept(self, visitor, address) -> None:
        assert visitor.get(address).status == 200
        assert visitor.get(address).cached == "hit"

    def test_a_hit_counts_for_no_rate_limit(self, visitor, settings) -> None:
        settings.TECHPORT_HEADLESS = {"READ_LIMIT": (2, 60)}
        buckets.clear()
        address = "/api/v2/pages/"
        assert [visitor.get(address).cached for _ in range(6)] == ["stored", *["hit"] * 5]
        uncached = [visitor.get(f"{address}?limit={number}") for number in (1, 2, 2)]
        assert [(one.status, one.cached) for one in uncached] == [
            (200, "stored"),
            (429, "miss"),
            (429, "miss"),
        ]
        kept = visitor.get(address)
        assert (kept.status, kept.cached) == (200, "hit"), "also for who may ask for nothing else now"

    def test_feeds_are_kept(self, visitor, committed) -> None:
        with committed():
            news = NewsIndexPageFactory(parent=Page.objects.get(slug="vragen").get_parent(), slug="nieuws")
            news.save_revision().publish()
        assert visitor.get("/nieuws/feed/").status == 200
        assert visitor.get("/nieuws/feed/").cached == "hit"

    def test_a_hit_has_the_headers_of_the_application(self, visitor) -> None:
        direct = Client().get(QUESTION).headers
        visitor.get(QUESTION)
        kept = visitor.get(QUESTION).headers
        for name in ("Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Content-Language"):
            assert kept[name] == direct[name]

    def test_head(self, visitor) -> None:
        first, second = visitor.get(QUESTION, "HEAD"), visitor.get(QUESTION, "HEAD")
        assert (first.cached, second.cached) == ("stored", "hit")
        assert first.body == second.body == b""
        assert int(second.headers["Content-Length"]) == len(visitor.get(QUESTION).body)

    def test_surrogate_keys(self, visitor, question) -> None:
        assert visitor.get(QUESTION).headers["Surrogate-Key"] == f"techport page-{question.pk}"

    def test_shared_caches_keep_it_a_second_unless_they_can_be_emptied(self, visitor) -> None:
        assert visitor.get(QUESTION).headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
        config = load()
        assert cache_control(config) == "public, max-age=0, s-maxage=1"


class TestEncodings:
    def test_each_encoding_is_ready(self, visitor) -> None:
        plain = visitor.get(QUESTION)
        zipped = visitor.get(QUESTION, accept_encoding="gzip")
        smallest = visitor.get(QUESTION, accept_encoding="gzip, deflate, br, zstd")
        assert gzip.decompress(zipped.body) == brotli.decompress(smallest.body) == plain.body
        assert [reply.headers.get("Content-Encoding") for reply in (plain, zipped, smallest)] == [
            None,
            "gzip",
            "br",
        ]
        assert len({reply.headers["ETag"] for reply in (plain, zipped, smallest)}) == 3
        assert all("Accept-Encoding" in reply.headers["Vary"] for reply in (plain, zipped, smallest))

    @pytest.mark.parametrize(
        ("accepted", "encoding"),
        [
            ("", IDENTITY),
            ("identity", IDENTITY),
            ("gzip;q=0", IDENTITY),
            ("br; q=0.0, gzip", GZIP),
            ("GZIP", GZIP),
            ("gzip;q=1.0, br;q=0.1", BROTLI),
            ("deflate", IDENTITY),
        ],
    )
    def test_negotiation(self, accepted, encoding) -> None:
        assert best_encoding(accepted) == encoding

    @pytest.mark.parametrize("encoding", ["", "gzip", "br"])
    def test_not_modified(self, visitor, encoding) -> None:
        etag = visitor.get(QUESTION, accept_encoding=encoding).headers["ETag"]
        for condition in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            reply = visitor.get(QUESTION, accept_encoding=encoding, if_none_match=condition)
            assert (reply.status, reply.body) == (304, b"")
            assert reply.headers["ETag"] == etag
            assert "Content-Length" not in reply.headers
        assert visitor.get(QUESTION, accept_encoding=encoding, if_none_match='"other"').status == 200

    def test_same_content_at_a_new_epoch_is_not_modified(self, visitor, stage, question, committed) -> None:
        etag = visitor.get(QUESTION).headers["ETag"]
        stamp = stage._epoch.stamp
        with committed():
            Page.objects.get(slug="vragen").specific.save()
        assert stage._epoch.stamp != stamp
        assert visitor.get(QUESTION, if_none_match=etag).status == 304

    def test_an_api_answer_is_for_its_media_type(self, visitor) -> None:
        visitor.get("/api/v2/pages/")
        assert visitor.get("/api/v2/pages/", accept="application/json").cached == "hit"
        assert "Accept," in visitor.get("/api/v2/pages/").headers["Vary"]
        assert visitor.get("/api/v2/pages/", accept="text/html").cached != "hit"


class TestLastModified:
    """The time of the newest change, sent once no other change can have the same."""

    @pytest.fixture
    def made_at(self, stage, committed, question, monkeypatch) -> datetime:
        with committed():
            question.save()
        monkeypatch.setattr(stage, "_started_at", 0)
        return self.change(stage, timedelta(hours=-1))

    def change(self, stage, ago: timedelta) -> datetime:
        made_at = (timezone.now() + ago).replace(microsecond=500_000)
        Change.objects.update(made_at=made_at)
        stage._epoch.look()
        return made_at

    def date(self, made_at: datetime, seconds: int = 0) -> str:
        return http_date(int(made_at.timestamp()) + seconds)

    def test_the_newest_change(self, visitor, made_at) -> None:
        for cached in ("stored", "hit"):
            reply = visitor.get(QUESTION)
            assert (reply.cached, reply.headers["Last-Modified"]) == (cached, self.date(made_at))

    def test_not_modified(self, visitor, made_at, django_assert_num_queries) -> None:
        visitor.get(QUESTION)
        with django_assert_num_queries(0):
            reply = visitor.get(QUESTION, if_modified_since=self.date(made_at))
        assert (reply.status, reply.body) == (304, b"")
        assert {"ETag", "Last-Modified", "Cache-Control", "Vary"} <= reply.headers.keys()
        assert visitor.get(QUESTION, if_modified_since=self.date(made_at, +9)).status == 304
        for older in (self.date(made_at, -1), "yesterday", ""):
            assert visitor.get(QUESTION, if_modified_since=older).status == 200

    def test_the_etag_decides(self, visitor, made_at) -> None:
        date = self.date(made_at)
        etag = visitor.get(QUESTION).headers["ETag"]
        assert visitor.get(QUESTION, if_none_match='"other"', if_modified_since=date).status == 200
        assert visitor.get(QUESTION, if_none_match=etag, if_modified_since="yesterday").status == 304

    def test_a_second_change_in_the_same_second(self, visitor, stage, made_at) -> None:
        now = self.change(stage, timedelta(0))
        assert "Last-Modified" not in visitor.get(QUESTION).headers
        assert visitor.get(QUESTION, if_modified_since=self.date(now)).status == 200

    def test_what_the_application_says_is_not_believed(self, stage, made_at, tmp_path) -> None:
        def application(environ, start_response):
            start_response("200 OK", [HTML, ("Last-Modified", "Mon, 05 Jan 2026 00:00:00 GMT")])
            return [b"feed"]

        fresh = new_stage(tmp_path, application)
        assert "2026 00:00:00" not in Visitor(fresh).get("/").headers.get("Last-Modified", "")

    def test_a_new_release_may_have_changed_everything(self, visitor, stage, made_at, monkeypatch) -> None:
        monkeypatch.setattr(stage, "_started_at", int(made_at.timestamp()) + 60)
        assert visitor.get(QUESTION).headers["Last-Modified"] == self.date(made_at, +60)


class TestWhoAsks:
    @pytest.mark.parametrize(
        "headers",
        [
            {"authorization": "Bearer x"},
            {"cookie": "sessionid=x"},
            {"cookie": "a=b; sessionid=x"},
            {"cookie": "csrftoken=x"},
            {"cookie": "messages=x"},
        ],
    )
    def test_who_says_who_he_is_gets_an_answer_of_his_own(self, visitor, headers) -> None:
        visitor.get(QUESTION)
        assert visitor.get(QUESTION, **headers).cached == "bypass"

    def test_other_cookies_do_not_matter(self, visitor) -> None:
        visitor.get(QUESTION, cookie="_pk_id=1; theme=dark")
        assert visitor.get(QUESTION, cookie="_pk_id=2").cached == "hit"

    def test_the_user_bar_is_never_kept(self, visitor, client: Client) -> None:
        client.force_login(get_user_model().objects.create_superuser("admin", "", "x"))
        session = f"sessionid={client.cookies['sessionid'].value}"
        assert b"wagtail-userbar" in visitor.get(QUESTION, cookie=session).body
        assert b"wagtail-userbar" not in visitor.get(QUESTION).body
        assert b"wagtail-userbar" in visitor.get(QUESTION, cookie=session).body

    def test_private_pages_are_not_kept(self, visitor, question, committed) -> None:
        visitor.get(QUESTION)
        with committed():
            make_private(question)
        assert [visitor.get(QUESTION).status for _ in range(2)] == [302, 302]
        assert visitor.get(QUESTION).cached == "miss"

    def test_a_page_behind_a_password_is_not_kept(self, visitor, question, committed) -> None:
        with committed():
            PageViewRestriction.objects.create(
                page=question, restriction_type=PageViewRestriction.PASSWORD, password="x"
            )
        for _ in range(2):
            reply = visitor.get(QUESTION)
            assert (reply.status, reply.cached) == (200, "miss")

    def test_other_methods_pass(self, visitor) -> None:
        visitor.get(QUESTION)
        assert visitor.get(QUESTION, "POST").cached == "bypass"


class TestKeys:
    @pytest.mark.parametrize("address", ["/nope/", "/vragen", "//evil.example/vragen/"])
    def test_only_what_is_found_is_kept(self, visitor, stage, address) -> None:
        visitor.get(address)
        assert len(stage.pages) == len(stage.lists) == 0

    @pytest.mark.parametrize("host", ["evil.example", "localhost:1", "LOCALHOST.evil.example", ""])
    def test_unknown_hosts_are_not_kept(self, visitor, stage, settings, host) -> None:
        settings.ALLOWED_HOSTS = ["*"]
        visitor.get(QUESTION, host=host)
        assert len(stage.pages) == 0

    def test_hosts_are_apart(self, visitor, settings) -> None:
        settings.ALLOWED_HOSTS = ["localhost", "www.example.org"]
        visitor.get("http://localhost/robots.txt")
        reply = visitor.get("http://www.example.org/robots.txt")
        assert b"http://www.example.org/" in reply.body
        assert visitor.get("/robots.txt", host="LocalHost").cached == "hit"

    def test_schemes_are_apart(self, question, tmp_path, settings) -> None:
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        visitor = Visitor(new_stage(tmp_path))
        assert b"http://" in visitor.get("/robots.txt", x_forwarded_proto="http").body
        assert b"https://" in visitor.get("/robots.txt", x_forwarded_proto="https").body
        assert b"http://" in visitor.get("/robots.txt").body

    @pytest.mark.parametrize("query", ["x=1", "page=1&page=2", "page=1&x=", "=", "%00=1"])
    def test_unknown_and_repeated_parameters_are_not_kept(self, visitor, stage, query) -> None:
        assert visitor.get(f"/vragen/?{query}").cached == "bypass"
        assert len(stage.pages) == len(stage.lists) == 0

    def test_the_order_of_parameters_does_not_matter(self, visitor) -> None:
        visitor.get("/search/?q=waarom&p=1")
        assert visitor.get("/search/?p=1&q=waarom").cached == "hit"

    def test_advertisements_do_not_matter(self, visitor) -> None:
        visitor.get(QUESTION)
        assert visitor.get(f"{QUESTION}?utm_source=x&fbclid=y").cached == "hit"

    def test_but_where_every_name_counts_they_do(self, visitor, stage) -> None:
        """The API refuses what it does not know, with the cache in front and without."""
        for query in ("utm_source=x", "fbclid=y", "pk_a=1&limit=1", "mtm_x=", "gclid=1", "msclkid=1"):
            for _ in range(2):
                answer = visitor.get(f"/api/v2/pages/?{query}")
                assert (answer.status, answer.cached) == (400, "miss"), query
        assert len(stage.lists) == 0

    def test_slashes_do_not_fill_the_cache(self, visitor, stage) -> None:
        visitor.get("/vragen//waarom/")
        assert len(stage.pages) == 0


class TestPolicy:
    @pytest.mark.parametrize(
        ("status", "headers", "seconds"),
        [
            ("200 OK", [], 3600),
            ("200 OK", [("Cache-Control", "max-age=60")], 60),
            ("200 OK", [("Cache-Control", "max-age=60, s-maxage=5")], 5),
            ("200 OK", [("Cache-Control", "max-age=99999")], 3600),
            ("200 OK", [("Cache-Control", "s-maxage=1, public, max-age=0")], 3600),  # as the stage says it
            ("200 OK", [("Cache-Control", "public, s-maxage=1")], 1),
            ("200 OK", [("Cache-Control", "max-age=x")], 0),
            ("200 OK", [("cache-control", "Private")], 0),
            ("200 OK", [("Cache-Control", "no-store")], 0),
            ("200 OK", [("Cache-Control", "no-cache")], 0),
            ("200 OK", [("Set-Cookie", "a=b")], 0),
            ("200 OK", [("Vary", "Cookie, Accept-Encoding")], 3600),
            ("200 OK", [("Vary", "*")], 0),
            ("200 OK", [("Vary", "Accept-Language")], 0),
            ("200 OK", [("Content-Encoding", "gzip")], 0),
            ("206 Partial Content", [], 0),
            ("400 Bad Request", [], 0),
            ("404 Not Found", [], 0),
            ("410 Gone", [], 0),
            ("429 Too Many Requests", [], 0),
            ("302 Found", [], 0),
            ("500 Internal Server Error", [], 0),
        ],
    )
    def test_lifetime(self, status, headers, seconds) -> None:
        assert lifetime(status, [HTML, *headers], 3600) == seconds

    def test_an_answer_ends_when_it_says_so(self, stage, tmp_path) -> None:
        def application(environ, start_response):
            start_response("200 OK", [HTML, ("Cache-Control", "s-maxage=1")])
            return [str(time.monotonic()).encode()]

        visitor = Visitor(new_stage(tmp_path, application))
        first = visitor.get("/")
        assert visitor.get("/").body == first.body
        time.sleep(1.1)
        assert visitor.get("/").body != first.body
