"""A person gets a sentence in their language, a program problem+json; nobody gets a stack trace."""

import json
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from factories import add_page, make_private, published_home, translated
from made_once import made_once

from home.models import HomePage, StandardPage
from techport_cms import urls
from techport_cms.headless import views

pytestmark = pytest.mark.django_db

SECRET = "what nobody is to read"


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


class BrokenSite:
    """The site, with a view that fails in each language."""

    urlpatterns = [path("broken/", broken), path("en/broken/", broken), *urls.urlpatterns]
    handler404 = staticmethod(urls.handler404)
    handler500 = staticmethod(urls.handler500)


def no_database(*args: Any) -> None:
    raise OperationalError("the database is away")


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@made_once
def home() -> HomePage:
    home = published_home()
    translated(home, "en")
    return home


@pytest.mark.parametrize(
    ("address", "language", "sentence"),
    [
        ("/broken/", "nl", "Er ging bij ons iets mis"),
        ("/en/broken/", "en", "Something went wrong on our side"),
    ],
)
@override_settings(ROOT_URLCONF=BrokenSite)
def test_a_failure_is_told_in_the_language_of_the_address_without_a_database(
    visitor: Client, address: str, language: str, sentence: str
) -> None:
    with connection.execute_wrapper(no_database):
        response = visitor.get(address, headers={"Accept-Language": "fr"})
    html = response.content.decode()
    assert response.status_code == 500
    assert f'<html lang="{language}">' in html
    assert sentence in html
    assert '<meta name="robots" content="noindex">' in html
    assert f'href="{"/en/" if language == "en" else "/"}"' in html
    assert SECRET not in html
    assert "Traceback" not in html


def test_a_page_that_cannot_reach_its_database_fails_politely(visitor: Client, home: HomePage) -> None:
    for address, sentence in (("/", "Er ging bij ons iets mis"), ("/en/", "Something went wrong")):
        with connection.execute_wrapper(no_database):
            response = visitor.get(address)
        assert response.status_code == 500
        assert sentence in response.content.decode()


@pytest.mark.parametrize(
    ("address", "language", "title", "search"),
    [
        ("/nergens/", "nl", "Pagina niet gevonden", "/search/"),
        ("/over-ons/nergens/", "nl", "Pagina niet gevonden", "/search/"),
        ("/en/nowhere/", "en", "Page not found", "/en/search/"),
        ("/en/over-ons/", "en", "Page not found", "/en/search/"),  # not translated
        ("/EN/", "en", "Page not found", "/en/search/"),
        ("/%00/", "nl", "Pagina niet gevonden", "/search/"),
        ("/%ff/", "nl", "Pagina niet gevonden", "/search/"),
        (f"/{'x' * 5000}/", "nl", "Pagina niet gevonden", "/search/"),
        (f"/{'x/' * 500}", "nl", "Pagina niet gevonden", "/search/"),
    ],
)
def test_what_is_not_there_is_told_with_a_way_on(
    visitor: Client, home: HomePage, address: str, language: str, title: str, search: str
) -> None:
    add_page(home, StandardPage(title="Over ons"))
    response = visitor.get(address)
    html = response.content.decode()
    assert response.status_code == 404
    assert response.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in html
    assert f"<title>{title} " in html
    assert f'action="{search}"' in html
    assert f'href="{"/en/" if language == "en" else "/"}"' in html
    assert '<meta name="robots" content="noindex">' in html
    assert 'rel="canonical"' not in html


def test_the_language_switch_of_a_lost_reader_leads_home(visitor: Client, home: HomePage) -> None:
    html = visitor.get("/nergens/").content.decode()
    assert 'href="/en/" lang="en"' in " ".join(html.split())
    html = visitor.get("/en/nowhere/").content.decode()
    assert 'href="/" lang="nl"' in " ".join(html.split())


def test_a_draft_is_not_there_and_does_not_say_so(visitor: Client, home: HomePage) -> None:
    add_page(home, StandardPage(title="Geheim", live=False))
    response = visitor.get("/geheim/")
    assert response.status_code == 404
    assert "Geheim" not in response.content.decode()


def test_a_private_page_and_all_below_it_ask_who_is_there(visitor: Client, home: HomePage) -> None:
    page = add_page(home, StandardPage(title="Besloten"))
    add_page(page, StandardPage(title="Daaronder"))
    make_private(page)
    for address in ("/besloten/", "/besloten/daaronder/"):
        response = visitor.get(address)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/admin/login/?next=")
    assert visitor.get("/").status_code == 200


@pytest.mark.parametrize("address", ["/", "/en/", "/api/v2/pages/", "/sitemap.xml", "/admin/login/"])
@override_settings(ALLOWED_HOSTS=["www.example.org"])
def test_an_unknown_host_is_refused(visitor: Client, home: HomePage, address: str) -> None:
    assert visitor.get(address, headers={"host": "evil.example"}).status_code == 400
    assert visitor.get(address, headers={"host": "www.example.org"}).status_code == 200


@pytest.mark.parametrize(
    "address", ["/api/", "/api/x", "/api/v1/pages/", "/api/v2", "/api/v2/nothing/", "/api/v2/pages/x/"]
)
def test_a_program_is_told_in_its_own_terms(visitor: Client, home: HomePage, address: str) -> None:
    response = visitor.get(address)
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert (body["status"], body["title"]) == (404, "Not Found")
    assert body["type"]
    assert address in body["detail"]
    assert body["message"] == body["detail"]


@pytest.mark.parametrize(
    "address", ["/api/v2/pages/", "/api/v2/", "/api/v2/resolve/?path=/", "/api/v2/images/"]
)
def test_a_program_is_told_of_a_failure_in_its_own_terms(
    visitor: Client, home: HomePage, address: str
) -> None:
    with connection.execute_wrapper(no_database):
        response = visitor.get(address)
    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Language" not in response.headers
    told = json.loads(response.content)
    assert (told["status"], told["title"]) == (500, "Internal Server Error")
    assert told["message"] == told["detail"]
    assert "database" not in told["detail"]


def test_a_project_has_handlers_of_its_own_for_people(home: HomePage) -> None:
    request = RequestFactory().get("/vragen/")
    for handler, status in ((views.bad_request, 400), (views.server_error, 500)):
        arguments = (Exception(),) if status == 400 else ()
        response = handler(request, *arguments)
        assert (response.status_code, response.headers["Content-Type"][:9]) == (status, "text/html")


@pytest.mark.parametrize("address", ["/api/v2/pages/999999/", "/api/v2/images/999999/"])
def test_an_item_that_is_not_there_is_told_as_json(visitor: Client, home: HomePage, address: str) -> None:
    response = visitor.get(address)
    assert response.status_code == 404
    assert json.loads(response.content)["message"]
