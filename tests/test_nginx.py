"""nginx in front of the running site, as deploy/nginx.conf has it: what it keeps, for whom and how long."""

import gzip
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from itertools import count
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Barrier
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import brotli
import pytest
from demo_site import DemoSite, free_port
from installed import installed

from benchmarks.servers import deployed, in_front, nginx_command, write_configuration

pytestmark = pytest.mark.once

SLUG, TITLE = "wanneer-is-techport-opgericht", "Wanneer is Techport opgericht, en met welk doel?"
PAGE = f"/veelgestelde-vragen/{SLUG}/"
SEARCH = "/api/v2/pages/?search=techport"
FORM = "/word-partner/"
# nginx counts whole seconds: what may be kept for one is kept for one to two.
KEPT_FOR = 2.0
SLACK = 0.5  # seconds that a busy machine may take besides
PATIENCE = 30  # seconds
LET_GO = 5.0  # seconds after which nginx lets go on who waits for somebody else's answer
UNTIL_STORED = 0.2  # seconds: nginx has sent an answer before it has stored it
PUBLISH = """
import time
from wagtail.models import Page
page = Page.objects.get(slug="{slug}").specific
page.title = "{title}"
page.save_revision().publish()
print(time.time())
"""
SHARE = """
from django.contrib.auth import get_user_model
from wagtail.models import Page
from techport_cms.headless.drafts import share
admin = get_user_model().objects.get(username="admin")
print(share(admin, Page.objects.get(slug="{slug}")).token)
"""
numbers = count()


@dataclass
class Answer:
    headers: Message
    body: bytes

    @property
    def cache(self) -> str | None:
        """What nginx says that it has done."""
        return self.headers["X-Cache"]


@dataclass
class Front:
    """nginx at this address; what it is told and what it keeps is in this directory."""

    url: str
    directory: Path

    def get(self, path: str, data: bytes | None = None, **headers: str) -> Answer:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(self.url + path, data, given)  # noqa: S310
        try:
            with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
                return Answer(answer.headers, answer.read())
        except HTTPError as error:
            return Answer(error.headers, error.read())

    def get_twice(self, path: str, **headers: str) -> list[Answer]:
        first = self.get(path, **headers)
        time.sleep(UNTIL_STORED)
        return [first, self.get(path, **headers)]

    def twice(self, path: str, **headers: str) -> list[str | None]:
        """What nginx has done for one who asks twice."""
        return [answer.cache for answer in self.get_twice(path, **headers)]

    def after_its_time(self, path: str) -> Answer:
        """The first answer that nginx does not keep as fresh any more."""
        time.sleep(UNTIL_STORED)
        deadline = time.monotonic() + PATIENCE
        while (answer := self.get(path)).cache == "HIT":
            assert time.monotonic() < deadline, f"{path} is kept for ever"
            time.sleep(0.05)
        return answer

    def ask_at(self, site_port: int) -> None:
        """Go on, with what is kept, in front of another application server."""
        port = urlsplit(self.url).port
        assert port
        write_configuration(self.directory, deployed(port, self.directory, site_port))
        subprocess.run([*nginx_command(self.directory), "-s", "reload"], check=True)  # noqa: S603


@pytest.fixture(scope="module")
def front(demo_site: DemoSite) -> Iterator[Front]:
    with in_front_of(demo_site.url) as front:
        yield front


@contextmanager
def in_front_of(site_url: str) -> Iterator[Front]:
    installed("nginx")
    # Not below pytest's own directory: nginx may run its workers as somebody who may not enter it.
    with tempfile.TemporaryDirectory(prefix="techport-nginx-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        with in_front(directory / "front", site_url) as url:
            yield Front(url, directory / "front")


@pytest.fixture
def address() -> str:
    """Of a page that nginx has not seen yet: to the application, what advertisements add is nothing."""
    return f"{PAGE}?utm_term={next(numbers)}"


@pytest.mark.parametrize("path", ["/", "/en/", "/api/v2/pages/?limit=1", "/sitemap.xml"])
def test_what_is_the_same_for_all_is_asked_for_once(front: Front, path: str) -> None:
    first, second = front.get_twice(path)
    assert [first.cache, second.cache] == ["MISS", "HIT"]
    assert first.body == second.body


@pytest.mark.parametrize(
    ("path", "headers"),
    [  # the API says to who has a cookie that its answers may be kept
        (f"{SEARCH}+sessie", {"Cookie": "sessionid=x"}),
        (f"{SEARCH}+formulier", {"Cookie": "consent=yes; csrftoken=x"}),
        (f"{SEARCH}+bericht", {"Cookie": "messages=x"}),
        (f"{PAGE}?utm_source=token", {"Authorization": "Bearer x"}),
        (f"{PAGE}?utm_source=both", {"Authorization": "Bearer x", "Cookie": "consent=yes"}),
    ],
)
def test_who_may_be_somebody_gets_an_answer_of_his_own(
    front: Front, path: str, headers: dict[str, str]
) -> None:
    assert front.twice(path, **headers) == ["BYPASS", "BYPASS"]
    assert front.twice(path) == ["MISS", "HIT"]  # what they got has not been kept
    assert front.twice(path, **headers) == ["BYPASS", "BYPASS"]


def test_a_cookie_of_others_says_nothing(front: Front, address: str) -> None:
    assert front.twice(address, Cookie="consent=yes; mysessionid=x") == ["MISS", "HIT"]
    assert front.get(address).cache == "HIT"


def test_what_visitors_send_is_kept_for_nobody(front: Front) -> None:
    typed = urlencode({"name": "Ada Lovelace"}).encode()
    # nginx passes on the name of the host without the port, which is 443 on a real site.
    assert b"Ada Lovelace" in front.get(FORM, typed, Origin="http://localhost").body
    assert b"Ada Lovelace" not in front.get(FORM).body


def test_what_forbids_it_is_not_kept(front: Front, demo_site: DemoSite) -> None:
    token = demo_site.manage("shell", "--verbosity", "0", "-c", SHARE.format(slug=SLUG)).strip()
    for path in (FORM, "/admin/login/", f"/api/v2/preview/{token}/"):
        assert "no-store" in front.get(path).headers["Cache-Control"]
        assert front.twice(path) == ["MISS", "MISS"], path


def test_after_its_time_it_is_asked_whether_it_is_still_good(front: Front, address: str) -> None:
    began = time.monotonic()
    first = front.get(address)
    later = front.after_its_time(address)
    assert later.cache == "REVALIDATED"
    assert time.monotonic() - began < KEPT_FOR + SLACK
    assert later.body == first.body
    time.sleep(UNTIL_STORED)
    assert front.get(address).cache == "HIT"


def test_a_publication_is_seen_when_what_is_kept_has_had_its_time(front: Front, demo_site: DemoSite) -> None:
    changed = "Sinds wanneer is Techport er?"

    def publish(title: str) -> float:
        """When it was there."""
        code = PUBLISH.format(slug=SLUG, title=title)
        return float(demo_site.manage("shell", "--verbosity", "0", "-c", code))

    try:
        with ThreadPoolExecutor(1) as beside:
            published = beside.submit(publish, changed)
            # It is asked for all the time, so that nginx keeps it when it is published.
            while changed.encode() not in front.get(PAGE).body:
                assert not published.done() or time.time() < published.result() + PATIENCE
                time.sleep(0.02)
            seen = time.time()
            assert seen - published.result() < KEPT_FOR + SLACK
    finally:
        publish(TITLE)


def test_encodings_are_kept_apart(front: Front, address: str) -> None:
    bodies = set()
    for encoding, decoded in (("br", brotli.decompress), ("gzip", gzip.decompress), (None, bytes)):
        asked = encoding or "identity"
        first, second = front.get_twice(address, Accept_Encoding=asked)
        assert [first.cache, second.cache] == ["MISS", "HIT"]
        assert first.headers["Content-Encoding"] == second.headers["Content-Encoding"] == encoding
        assert first.body == second.body
        bodies.add(decoded(second.body))
    assert len(bodies) == 1


@pytest.mark.parametrize(
    ("asked", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.0,gzip;q=0", None),
        ("br; q=0.5, gzip", "br"),
        ("deflate", None),
    ],
)
def test_the_encoding_is_one_that_the_client_takes(
    front: Front, address: str, asked: str, encoding: str | None
) -> None:
    assert front.get(address, Accept_Encoding=asked).headers["Content-Encoding"] == encoding


class TwoAtOnce(ThreadingMixIn, WSGIServer):
    """Answers each of two who ask for what nobody may keep only when both have asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), WSGIRequestHandler)
        self.both = Barrier(2, timeout=LET_GO / 2)
        self.set_app(self.answer)

    def answer(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == FORM:
            self.both.wait()
        start_response("200 OK", [("Cache-Control", "no-store")])
        return [b"both"]


def test_who_asks_at_once_does_not_wait_in_a_row() -> None:
    """Also for what is not kept, such as the page with the form."""
    with TwoAtOnce() as server, ThreadPoolExecutor(3) as pool:
        pool.submit(server.serve_forever)
        try:
            with in_front_of(f"http://127.0.0.1:{server.server_port}") as front:
                answers = list(pool.map(front.get, [FORM] * 2))
        finally:
            server.shutdown()
    assert [answer.body for answer in answers] == [b"both"] * 2


def test_pages_go_on_while_the_application_is_away(front: Front, demo_site: DemoSite, address: str) -> None:
    first = front.get(address)
    front.ask_at(free_port())
    try:
        deadline = time.monotonic() + PATIENCE
        while (answer := front.get(address)).cache != "STALE":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert answer.body == first.body
    finally:
        front.ask_at(urlsplit(demo_site.url).port or 80)
