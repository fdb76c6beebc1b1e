"""A protected page's password opens it in the API for a while, and guessing is of no use."""

import base64
import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from channels import api_token, bearer
from django.core import signing
from django.test import Client, RequestFactory
from factories import add_page, make_private, published_home
from made_once import made_once
from wagtail.models import Page, PageViewRestriction

from home.models import HomePage, StandardPage
from techport_cms.headless import access
from techport_cms.headless.access import may_read
from techport_cms.headless.models import Attempts
from techport_cms.headless.problems import ApiError

pytestmark = pytest.mark.django_db

PASSWORD = "Sesam, open u!"


@made_once
def home() -> HomePage:
    return published_home()


@made_once
def secret(home: HomePage) -> StandardPage:
    page = add_page(home, StandardPage(title="Besloten", slug="besloten"))
    protect(page)
    return page


def protect(page: Page, password: str = PASSWORD) -> PageViewRestriction:
    return PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.PASSWORD, password=password
    )


def unlock(page: Page | int, password: Any = PASSWORD, headers: Any = None, **extra: Any) -> Any:
    pk = page if isinstance(page, int) else page.pk
    body = {"page": pk, "password": password}
    return Client().post(
        "/api/v2/unlock/", body, content_type="application/json", headers=headers or {}, **extra
    )


def token_for(page: Page, password: str = PASSWORD) -> str:
    answer = unlock(page, password)
    assert answer.status_code == 200, answer.content
    return answer.json()["token"]


def reads(page: Page, token: str = "") -> bool:
    """Raises ApiError where the token is none any more."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return may_read(RequestFactory().get("/", headers=headers), page)


class TestToken:
    def test_opens_the_page_and_no_other(self, home: HomePage, secret: StandardPage) -> None:
        other = add_page(home, StandardPage(title="Ook besloten", slug="ook-besloten"))
        protect(other)
        answer = unlock(secret)
        assert answer["Cache-Control"] == "private, no-store"
        token = answer.json()["token"]
        assert answer.json()["opens_page"] is True and answer.json()["expires_at"]
        assert (reads(secret), reads(secret, token)) == (False, True)
        assert reads(other, token) is False
        assert reads(home, token) is True

    def test_of_a_restriction_above(self, secret: StandardPage) -> None:
        child = add_page(secret, StandardPage(title="Daaronder", slug="daaronder"))
        token = token_for(child)
        assert reads(child, token) and reads(secret, token)
        secret.get_view_restrictions().delete()
        assert reads(child)

    def test_two_passwords_one_after_the_other(self, secret: StandardPage) -> None:
        child = add_page(secret, StandardPage(title="Daaronder", slug="daaronder"))
        protect(child, "nog een")
        first = unlock(child)
        assert first.json()["opens_page"] is False
        assert not reads(child, first.json()["token"])
        both = unlock(child, "nog een", bearer(first.json()["token"]))
        assert both.json()["opens_page"] is True
        assert reads(child, both.json()["token"])

    def test_ends_when_the_password_changes(self, secret: StandardPage) -> None:
        token = token_for(secret)
        PageViewRestriction.objects.update(password="anders")
        with pytest.raises(ApiError) as refused:
            reads(secret, token)
        assert refused.value.status == 401

    def test_ends_when_the_restriction_becomes_another(self, secret: StandardPage) -> None:
        token = token_for(secret)
        PageViewRestriction.objects.update(restriction_type=PageViewRestriction.LOGIN)
        with pytest.raises(ApiError):
            reads(secret, token)

    def test_ends_when_the_restriction_is_lifted(self, secret: StandardPage) -> None:
        token = token_for(secret)
        PageViewRestriction.objects.all().delete()
        with pytest.raises(ApiError):
            reads(secret, token)
        protect(secret)
        with pytest.raises(ApiError):
            reads(secret, token)

    def test_does_not_open_what_is_unpublished(self, secret: StandardPage) -> None:
        token = token_for(secret)
        secret.unpublish()
        secret.refresh_from_db()
        assert reads(secret, token) is False

    def test_expires(self, secret: StandardPage, settings: Any) -> None:
        token = token_for(secret)
        settings.TECHPORT_HEADLESS = {"UNLOCK_SECONDS": -1}
        with pytest.raises(ApiError) as refused:
            reads(secret, token)
        assert refused.value.status == 401

    def test_forged(self, secret: StandardPage) -> None:
        restriction = PageViewRestriction.objects.get()
        seal = access._fingerprint(restriction)
        foreign = signing.dumps({str(restriction.pk): seal}, salt="another")
        guessed = signing.dumps({str(restriction.pk): "x" * 32}, salt=access.SALT)
        unsigned = base64.urlsafe_b64encode(json.dumps({str(restriction.pk): seal}).encode()).decode()
        good = token_for(secret)
        flipped = good[:-1] + ("A" if good[-1] != "A" else "B")
        for token in ("", "x", foreign, guessed, unsigned, f"{unsigned}::", flipped[4:], "é", "x" * 5000):
            answer = Client().get("/api/v2/pages/", headers=bearer(f"tpu_{token}"))
            assert answer.status_code == 401, token
            assert 'error="invalid_token"' in answer["WWW-Authenticate"]
            assert answer["Cache-Control"] == "private, no-store"

    def test_its_detail(self, secret: StandardPage) -> None:
        path, headers = f"/api/v2/pages/{secret.pk}/", bearer(token_for(secret))
        for _ in range(2):
            assert Client().get(path).status_code == 404
            answer = Client().get(path, headers=headers)
            assert (answer.status_code, answer.json()["title"]) == (200, "Besloten")
            assert answer["Cache-Control"] == "private, no-store"
        assert Client().get(path, headers=bearer(api_token("unlock"))).status_code == 404
        listed = Client().get("/api/v2/pages/?slug=besloten", headers=headers)
        assert listed.json()["items"] == [], "lists are for everybody alike"

    def test_what_is_read_with_it_is_kept_by_nobody(self, secret: StandardPage) -> None:
        answer = Client().get("/api/v2/pages/", headers=bearer(token_for(secret)))
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer


class TestRefusal:
    @pytest.mark.parametrize("password", ["", "sesam, open u!", PASSWORD + " ", "é", "x" * 255])
    def test_wrong_password(self, secret: StandardPage, password: str) -> None:
        answer = unlock(secret, password)
        assert answer.status_code == 403
        assert answer["Content-Type"] == "application/problem+json"
        assert "token" not in answer.json()

    def test_nothing_tells_what_else_there_is(self, home: HomePage, secret: StandardPage) -> None:
        """Public, private in another way, unpublished, never there: all the same."""
        private = add_page(home, StandardPage(title="Intern", slug="intern"))
        make_private(private)
        mixed = add_page(private, StandardPage(title="Beide", slug="beide"))
        protect(mixed)
        draft = add_page(home, StandardPage(title="Concept", slug="concept", live=False))
        protect(draft)
        answers = [unlock(page) for page in (home, private, mixed, draft, 999_999, 2**31, 10**30)]
        assert [answer.status_code for answer in answers] == [404] * 7
        assert len({answer.content for answer in answers}) == 1

    @pytest.mark.parametrize(
        "body",
        [
            *({}, {"page": 1}, {"password": "x"}, {"page": 1, "password": "x", "more": 1}),
            *({"page": page, "password": "x"} for page in ("1", 1.5, None, True, [1], 0, -1)),
            *({"page": 1, "password": password} for password in (None, 1, True, [], {}, "x" * 256)),
        ],
    )
    def test_what_is_no_question(self, secret: StandardPage, body: Any) -> None:
        answer = Client().post("/api/v2/unlock/", body, content_type="application/json")
        assert answer.status_code == 400

    def test_raw(self, secret: StandardPage) -> None:
        for body, kind, status in (
            ("{", "application/json", 400),
            ('{"page": 1, "password": "\\u0000"}', "application/json", 400),
            ('{"page": 1, "password": "\\ud800"}', "application/json", 400),
            ("page=1&password=x", "application/x-www-form-urlencoded", 415),
            ("x" * 70_000, "application/json", 413),
        ):
            answer = Client().post("/api/v2/unlock/", body, content_type=kind)
            assert answer.status_code == status, body[:50]

    def test_never_in_an_address(self, secret: StandardPage) -> None:
        assert Client().get(f"/api/v2/unlock/?page={secret.pk}&password={PASSWORD}").status_code == 405
        answer = Client().post(
            f"/api/v2/unlock/?page={secret.pk}&password=x", {}, content_type="application/json"
        )
        assert answer.status_code == 400

    def test_never_in_a_log(self, secret: StandardPage, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        caplog.handler.setFormatter(logging.Formatter("%(message)s"))
        # The SQL of a development server is not what is asked here.
        logging.getLogger("django.db.backends").setLevel(logging.INFO)
        unlock(secret, "verkeerd-wachtwoord")
        unlock(secret)
        assert "verkeerd-wachtwoord" not in caplog.text and PASSWORD not in caplog.text


class TestGuessing:
    @pytest.mark.once
    def test_a_thousand_wrong_passwords(self, secret: StandardPage) -> None:
        children = [
            add_page(secret, StandardPage(title=f"Kind {number}", slug=f"kind-{number}"))
            for number in range(3)
        ]
        pages = [secret, *children]
        answers = [
            unlock(pages[number % 4], f"fout {number}", {"X-Forwarded-For": f"192.0.2.{number % 250}"})
            for number in range(1000)
        ]
        statuses = [answer.status_code for answer in answers]
        assert statuses == [403] * 10 + [429] * 990
        assert 0 < int(answers[-1]["Retry-After"]) <= 900
        assert answers[-1]["RateLimit-Policy"] == '"unlock";q=10;w=900'
        assert unlock(secret).status_code == 429, "the right one is not told from a wrong one any more"
        assert Attempts.objects.count() == 1

    def test_others_are_not_kept_out(self, secret: StandardPage) -> None:
        for number in range(11):
            last = unlock(secret, f"fout {number}")
        assert last.status_code == 429
        assert unlock(secret, REMOTE_ADDR="198.51.100.7").status_code == 200

    def test_is_over_after_a_while(self, secret: StandardPage) -> None:
        for number in range(11):
            unlock(secret, f"fout {number}")
        row = Attempts.objects.get()
        row.until -= timedelta(seconds=901)
        row.save()
        assert unlock(secret).status_code == 200

    def test_a_token_for_something_else_guesses_no_more_than_anybody(self, secret: StandardPage) -> None:
        tokens = [bearer(api_token("read:draft", "submit:form")), bearer(api_token())]
        statuses = [unlock(secret, f"fout {n}", tokens[n % 2]).status_code for n in range(11)]
        assert statuses == [403] * 10 + [429]
        assert unlock(secret).status_code == 429, "it counts as the address that it comes from"
        assert unlock(secret, headers=bearer(api_token("unlock"))).status_code == 200

    def test_a_server_unlocks_for_many(self, secret: StandardPage) -> None:
        headers = bearer(api_token("unlock"))
        statuses = {unlock(secret, headers=headers).status_code for _ in range(50)}
        assert statuses == {200}
