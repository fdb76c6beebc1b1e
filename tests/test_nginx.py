"""nginx in front of the site, as deploy/nginx.conf says: what it keeps, for how long, and for whom."""

import gzip
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.error import HTTPError
from wsgiref.simple_server import WSGIRequestHandler, make_server

import brotli
import pytest
from demo_site import DemoSite
from installed import installed

from benchmarks.servers import in_front

pytestmark = pytest.mark.once

A_SECOND = 2.1  # nginx counts whole ones
SEO_TITLE = """
from home.models import StandardPage
page = StandardPage.objects.get(slug="over-techport")
page.seo_title = "{}"
page.save_revision().publish()
"""


class Reply(NamedTuple):
    status: int
    kept: str  # as nginx says it: MISS, HIT, REVALIDATED, BYPASS, STALE
    encoding: str
    body: bytes


def get(url: str, **headers: str) -> Reply:
    request = urllib.request.Request(url, headers={"Accept": "*/*", **headers})  # noqa: S310
    try:
        answer = urllib.request.urlopen(request)  # noqa: S310
    except HTTPError as error:
        answer = error
    with answer:
        told = answer.headers
        return Reply(answer.status, told["X-Cache"], told.get("Content-Encoding", ""), answer.read())


@pytest.fixture(scope="module")
def front(demo_site: DemoSite) -> Iterator[str]:
    with nginx_before(demo_site.url) as url:
        yield url


@contextmanager
def nginx_before(site_url: str) -> Iterator[str]:
    installed("nginx")
    # Not below pytest's own directory, which the workers of nginx may not enter.
    with (
        TemporaryDirectory(prefix="techport-nginx-") as directory,
        in_front(Path(directory), site_url) as url,
    ):
        yield url


def test_a_page_is_kept_for_a_second_and_then_asked_for(front: str) -> None:
    page = f"{front}/partners/"
    assert [get(page).kept for _ in range(3)] == ["MISS", "HIT", "HIT"]
    time.sleep(A_SECOND)
    assert [get(page).kept for _ in range(2)] == ["REVALIDATED", "HIT"]


def test_what_is_published_is_there_after_a_second(front: str, demo_site: DemoSite) -> None:
    page = f"{front}/over-techport/"
    before = get(page).body
    try:
        demo_site.manage("shell", "--verbosity", "0", "-c", SEO_TITLE.format("Zeehond"))
        time.sleep(A_SECOND)
        assert b"<title>Zeehond" in get(page).body
    finally:
        demo_site.manage("shell", "--verbosity", "0", "-c", SEO_TITLE.format(""))
    time.sleep(A_SECOND)
    assert get(page).body == before


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/nieuws/", {"Cookie": "a=b; sessionid=c"}),
        ("/nieuws/?page=1", {"Authorization": "Bearer d"}),
        ("/api/v2/pages/?limit=3", {"Authorization": "Bearer e"}),
    ],
)
def test_who_may_be_somebody_gets_an_answer_of_his_own(front: str, path: str, headers: dict) -> None:
    assert [get(front + path, **headers).kept for _ in range(2)] == ["BYPASS", "BYPASS"]
    assert [get(front + path).kept for _ in range(2)] == ["MISS", "HIT"]
    assert get(front + path, Cookie="theme=dark").kept == "HIT"
    assert get(front + path, **headers).kept == "BYPASS"


@pytest.mark.parametrize("path", ["/word-partner/", "/admin/login/", "/nergens/"])
def test_what_is_for_nobody_else_is_not_kept(front: str, path: str) -> None:
    assert [get(front + path).kept for _ in range(2)] == ["MISS", "MISS"]


def test_each_encoding_is_kept_by_itself(front: str) -> None:
    wanted = {"": "", "gzip, deflate": "gzip", "gzip, deflate, br, zstd": "br"}
    for kept in ("MISS", "HIT"):
        replies = [get(f"{front}/en/", **{"Accept-Encoding": name}) for name in wanted]
        assert [reply.kept for reply in replies] == [kept] * 3
        assert [reply.encoding for reply in replies] == list(wanted.values())
        identity, zipped, smallest = (reply.body for reply in replies)
        assert identity == gzip.decompress(zipped) == brotli.decompress(smallest)


class Silent(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


def test_while_the_site_is_away_pages_go_on_being_served() -> None:
    def application(environ, start_response):
        start_response("200 OK", [("Cache-Control", "public, max-age=0, s-maxage=1"), ("ETag", '"a"')])
        return [b"the page"]

    with ExitStack() as away:
        server = make_server("127.0.0.1", 0, application, handler_class=Silent)
        away.callback(server.server_close)
        away.callback(server.shutdown)
        threading.Thread(target=server.serve_forever).start()
        with nginx_before(f"http://127.0.0.1:{server.server_port}") as url:
            assert get(f"{url}/a/").kept == "MISS"
            away.close()
            time.sleep(A_SECOND)
            assert get(f"{url}/a/")[:2] == (200, "STALE")
            assert get(f"{url}/b/").status == 502
