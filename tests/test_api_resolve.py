"""`resolve` agrees with what the website answers, at every address that somebody may have."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from cache_visitor import commit
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from factories import (
    ArticlePageFactory,
    FaqIndexPageFactory,
    NewsIndexPageFactory,
    QuestionPageFactory,
    add_page,
    make_private,
    published_home,
    translated,
)
from made_once import made_once
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale, Page, PageViewRestriction, Site

from home.models import HomePage, StandardPage
from techport_cms.core.kept import keeping

pytestmark = pytest.mark.django_db

HOSTS = ("localhost", "second.example")
# What is asked at each site, besides the places of its pages.
ELSEWHERE = (
    "/", "/en", "/en/", "/EN/", "/en/en/", "/nl/", "/fr/", "//vragen/", "/vragen//", "/niets/", "/niets",
    "/en/niets/", "/search/", "/search", "/en/search/?q=x", "/sitemap.xml", "/robots.txt",
    "/.well-known/security.txt", "/media/x.jpg", "/static/x.css", "/documents/999/x.pdf", "/favicon.ico",
    "/api/v2/pages/", "/api/v2/resolve/?path=/", "/api/x", "/%00/", "/%ff/", "/%", "/caf%C3%A9/",
    "/café/", "/?page=2", "/nieuws/feed/", "/nieuws/feed", "/nieuws/niets/", "/en/news/feed/",
    "/vragen/feed/", "/verhuisd/", "/verhuisd", "/verhuisd/?a=1", "/tijdelijk/", "/weg/", "/en/moved/",
    "/en/moved", "/met/?b=2&a=1", "/met/?a=1&b=2", "/met/", "/alleen-hier/", "/alleen-daar/",
    "/naar-concept/", "/naar-besloten/", "/naar-niets/", "/naar-geen-poort/", "/naar-verre-poort/",
    "/ketting/", "/caf%C3%A9-oud/", "/café-oud",
    "/VERHUISD/", "/vragen/oud", f"/{'x' * 3000}/", f"/{'x/' * 300}",
)  # fmt: skip


class World:
    """Two sites in two languages, and everything that pages go through."""

    def __init__(self) -> None:
        self.home = published_home()
        self.second = self._second_site()
        with commit():
            for home in (self.home, self.second):
                self._fill(home)
        with commit():
            self._change()
        self._redirects()

    def _second_site(self) -> HomePage:
        root = Page.get_first_root_node()
        locale = Locale.objects.get(language_code="nl")
        home = root.add_child(instance=HomePage(title="Twee", slug="twee", locale=locale, purpose="Twee"))
        home.save_revision().publish()
        Site.objects.create(hostname="second.example", port=80, root_page=home)
        return home

    def _fill(self, home: Page) -> None:
        questions = FaqIndexPageFactory(parent=home, slug="vragen")
        news = NewsIndexPageFactory(parent=home, slug="nieuws")
        pages = [questions, news, ArticlePageFactory(parent=news, slug="bericht")]
        names = ("gewoon", "hernoemd", "offline", "verwijderd", "besloten", "wachtwoord", "verplaatst")
        pages += [QuestionPageFactory(parent=questions, slug=name) for name in names]
        pages += [add_page(home, StandardPage(title="Besloten", slug="intern"))]
        for page in pages:
            page.specific.save_revision().publish()
        translated(pages[3], "en", slug="plain")
        translated(news, "en", slug="news")
        QuestionPageFactory(parent=questions, slug="concept", live=False)
        translated(pages[4], "en", slug="draft", live=False)

    def _change(self) -> None:
        for home in (self.home, self.second):
            found = {page.slug: page.specific for page in home.get_descendants()}
            found["hernoemd"].slug = "nieuwe-naam"
            found["hernoemd"].save_revision().publish()
            found["offline"].unpublish()
            make_private(found["besloten"])
            make_private(found["intern"])
            PageViewRestriction.objects.create(
                page=found["wachtwoord"], restriction_type=PageViewRestriction.PASSWORD, password="geheim"
            )
            never = QuestionPageFactory(parent=found["intern"], slug="nooit-openbaar")
            found["verwijderd"].delete()
            with commit():
                never.delete()
                found["verplaatst"].move(found["nieuws"], pos="last-child")

    def _redirects(self) -> None:
        here, there = Site.objects.get(is_default_site=True), Site.objects.get(hostname="second.example")
        question = self.home.get_descendants().get(slug="gewoon")
        english = Page.objects.get(slug="plain", url_path__startswith="/home-nl")
        draft = self.home.get_descendants().get(slug="concept")
        private = self.home.get_descendants().get(slug="besloten")
        add = Redirect.add_redirect
        add("/verhuisd", question)
        add("/tijdelijk", question, is_permanent=False)
        add("/weg", "https://example.org/elders?x=1")
        add("/en/moved", english)
        add("/met?a=1&b=2", question)
        add("/alleen-hier", question, site=here)
        add("/alleen-daar", "/vragen/", site=there)
        add("/verhuisd", "/nieuws/", site=there)
        add("/naar-concept", draft)
        add("/naar-besloten", private)
        add("/naar-niets", "/niets/")
        add("/naar-geen-poort", "http://localhost:99999/x")
        add("/naar-verre-poort", "http://example.org:99999/x")
        add("/ketting", "/verhuisd/")
        add("/café-oud", question)
        add("/vragen/oud", self.home.get_descendants().get(slug="nieuws"), page_route_path="/feed/")

    def addresses(self) -> Iterator[str]:
        for host in HOSTS:
            yield from (f"http://{host}{path}" for path in ELSEWHERE)
        old = ["hernoemd", "offline", "verwijderd", "verplaatst", "concept", "wachtwoord"]
        for page in Page.objects.filter(depth__gt=1):
            if url := page.get_full_url():
                yield from (url, f"{url}?a=b", f"{url}feed/")
                if urlsplit(url).path != "/":
                    yield url.rstrip("/")
        yield from (f"http://{host}/vragen/{slug}/" for host in HOSTS for slug in old)
        yield from (f"http://{host}/intern/nooit-openbaar/" for host in HOSTS)


@made_once
def world() -> World:
    return World()


@made_once
def question() -> Page:
    home = published_home()
    index = FaqIndexPageFactory(parent=home, slug="vragen")
    return QuestionPageFactory(parent=index, slug="waarom", title="Waarom?")


def resolve(path: str, host: str = "localhost", **query: str) -> tuple[int, Any]:
    response = Client(raise_request_exception=False).get(
        "/api/v2/resolve/", {"path": path, **query}, headers={"host": host}
    )
    return response.status_code, json.loads(response.content)


def website(address: str) -> Any:
    parts = urlsplit(address)
    path = quote(parts.path, safe="/%") + (f"?{parts.query}" if parts.query else "")
    # With the host: Django's client takes "//vragen/" for one.
    full = f"http://{parts.netloc}{path}"
    return Client(raise_request_exception=False).get(full, headers={"host": parts.netloc})


def expected(address: str) -> tuple[int, Any]:
    """Status and body of `resolve`, made of what the website answers."""
    answer = website(address)
    if answer.status_code in (301, 302):
        location = urljoin(address, answer.headers["Location"])
        asked = location if urlsplit(location).hostname in HOSTS else address
        if asks_who_is_there(answer) or asks_who_is_there(website(asked)):
            return 404, None
        return 200, {"kind": "redirect", "status": answer.status_code, "location": location}
    if answer.status_code == 410:
        return 200, {"kind": "gone"}
    page = getattr(answer, "context_data", None) and answer.context_data.get("page")
    if answer.status_code == 200 and isinstance(page, Page):
        return (404, None) if asks_who_is_there(answer) else (200, page.pk)
    if answer.status_code == 200 and "atom" in answer.headers["Content-Type"]:
        return 200, "feed/"
    return 404, None


def asks_who_is_there(answer: Any) -> bool:
    return "/login/" in answer.headers.get("Location", "") or b'type="password"' in answer.content


def shown(found: tuple[int, Any]) -> tuple[int, Any]:
    status, body = found
    if status != 200:
        return status, None
    if body["kind"] == "page":
        return status, body["subpath"] or body["page"]["id"]
    return status, body


@pytest.mark.once
def test_it_agrees_with_the_website_everywhere(world: World) -> None:
    kinds = set()
    for address in world.addresses():
        parts = urlsplit(address)
        path = address.removeprefix(f"http://{parts.netloc}")
        with keeping(1):  # as a server does that has answered before
            wanted = expected(address)
            # At its own host, named at another one, and as a full address.
            assert shown(resolve(path, parts.netloc)) == wanted, address
            assert shown(resolve(path, "localhost", site=parts.netloc)) == wanted, address
            assert shown(resolve(address, "localhost")) == wanted, address
        kinds.add((wanted[0], wanted[1].get("kind") if isinstance(wanted[1], dict) else type(wanted[1])))
    assert kinds == {(404, type(None)), (200, "redirect"), (200, "gone"), (200, int), (200, str)}


class TestWhatItSays:
    def test_a_page_is_as_in_its_detail(self, question: Page) -> None:
        status, body = resolve("/vragen/waarom/")
        detail = json.loads(
            Client().get(f"/api/v2/pages/{question.pk}/", headers={"host": "localhost"}).content
        )
        assert (status, body) == (200, {"kind": "page", "subpath": "", "page": detail})

    def test_the_page_has_the_fields_that_are_asked_for(self, question: Page) -> None:
        _status, body = resolve("/vragen/waarom/", fields="_,title")
        assert body["page"] == {"title": "Waarom?"}
        assert resolve("/vragen/waarom/", fields="nothing")[0] == 400
        assert resolve("/vragen/waarom/", renditions="nothing")[0] == 400

    def test_the_part_that_the_page_answers_itself(self, world: World) -> None:
        assert resolve("/nieuws/feed/")[1]["subpath"] == "feed/"

    def test_a_redirect_is_absolute(self, world: World) -> None:
        assert resolve("/vragen", "second.example")[1] == {
            "kind": "redirect",
            "status": 301,
            "location": "http://second.example/vragen/",
        }

    def test_the_language_of_the_page(self, question: Page) -> None:
        translated(question, "en", slug="why")
        headers = Client().get("/api/v2/resolve/?path=/en/vragen/why/").headers
        assert headers["Content-Language"] == "en"
        assert "Content-Language" not in Client().get("/api/v2/resolve/?path=/vragen").headers

    def test_a_page_that_is_protected_is_unknown(self, world: World) -> None:
        for path in ("/intern/", "/intern", "/vragen/wachtwoord/", "/naar-besloten/", "/naar-concept/"):
            assert resolve(path)[0] == 404, path

    @override_settings(ALLOWED_HOSTS=["localhost"])
    def test_a_site_that_is_not_served(self, world: World) -> None:
        assert resolve("/vragen/", site="second.example")[0] == 404

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ({}, 400),
            ({"path": ""}, 400),
            ({"path": "\x00"}, 400),
            ({"path": "/", "site": "elsewhere.example"}, 404),
            ({"path": "/", "site": "localhost:x"}, 400),
            ({"path": "/", "bogus": "1"}, 400),
            ({"path": "http://elsewhere.example/"}, 404),
            ({"path": "http://[/"}, 400),
            ({"path": "http://localhost:99999/"}, 400),
            ({"path": "http://localhost/", "site": "localhost"}, 400),
            ({"path": "javascript:alert(1)"}, 404),
        ],
    )
    def test_errors(self, question: Page, query: dict[str, str], status: int) -> None:
        response = Client(raise_request_exception=False).get("/api/v2/resolve/", query)
        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/problem+json"

    def test_a_redirect_to_what_is_no_address(self, question: Page) -> None:
        Redirect.objects.create(old_path="/stuk", redirect_link="http://[/")
        assert resolve("/stuk/")[0] == 404


@pytest.mark.parametrize(
    ("scheme", "headers", "location"),
    [
        ("https", {"host": "www.example.org"}, "https://www.example.org/vragen/"),
        ("http", {"host": "www.example.org:8080"}, "http://www.example.org:8080/vragen/"),
    ],
)
def test_behind_a_proxy_it_knows_the_address_that_visitors_see(
    question: Page, scheme: str, headers: dict[str, str], location: str
) -> None:
    # The application listens elsewhere.
    options = {"SERVER_PORT": "8000", "wsgi.url_scheme": scheme}
    response = Client().get("/api/v2/resolve/?path=/vragen", headers=headers, **options)
    assert json.loads(response.content)["location"] == location


def test_middleware_of_a_project_has_a_say(question: Page, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.MovingMiddleware"]
    assert resolve("/elders/")[0] == 404
    settings.TECHPORT_HEADLESS = {"RESOLVE_MIDDLEWARE": [f"{__name__}.MovingMiddleware"]}
    assert resolve("/elders/")[1]["location"] == "http://localhost/hier/"


class MovingMiddleware:
    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        from django.http import HttpResponseRedirect

        return HttpResponseRedirect("/hier/") if request.path == "/elders/" else self.get_response(request)


@pytest.mark.parametrize("size", [2, 20])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/vragen/waarom/", 8),
        ("/vragen/waarom", 6),
        ("/verhuisd/", 9),
        ("/vragen/weg/", 7),
        ("/niets/", 11),  # four of them are asked for the address of the API itself, which is a 404 too
    ],
)
def test_queries(question: Page, size: int, path: str, queries: int) -> None:
    for number in range(size):
        page = QuestionPageFactory(parent=question.get_parent(), slug=f"vraag-{number}")
        Redirect.add_redirect(f"/verhuisd-{number}", page)
    Redirect.add_redirect("/verhuisd", question)
    QuestionPageFactory(parent=question.get_parent(), slug="weg").delete()
    resolve("/")  # content types, roots of sites
    with CaptureQueriesContext(
        connection,
    ) as captured:
        resolve(path)
    assert len(captured) == queries
