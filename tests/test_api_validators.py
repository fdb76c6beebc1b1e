"""How an answer of the delivery API may be kept: validators and cache headers of each kind, and that nothing
is confirmed that has changed, with the cache in front and without."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from api_client import PROBLEM, ask, read
from cache_visitor import PARAMETERS
from change_log import age_log
from channels import api_token, bearer
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.http import http_date, parse_http_date
from factories import FaqCategoryFactory, ImageFactory, QuestionPageFactory, make_private, translated
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, Page

from faq.models import FaqCategory
from techport_cms.changes.models import Change
from techport_cms.core.kept import keeping
from techport_cms.headless import http

pytestmark = pytest.mark.django_db

API = "/api/v2/"
LONG_AGO = http_date(0)


@pytest.fixture
def content(question: Page, monkeypatch: pytest.MonkeyPatch) -> Page:
    """A question at /vragen/waarom/, a category, an image, a document; made an hour ago by an old process."""
    monkeypatch.setattr(http, "STARTED_AT", 0)
    FaqCategoryFactory(name="Begrip", slug="begrip")
    ImageFactory(title="Beeld", file__width=4, file__height=4)
    get_document_model().objects.create(title="Stuk", file=ContentFile(b"x", "stuk.txt"))
    age_log()
    return question


def kinds(question: Page) -> dict[str, set[str]]:
    """An address of each kind of answer, and the surrogate keys of what is in it."""
    home, index = question.get_ancestors()[1:]
    category, image = FaqCategory.objects.get().pk, ImageFactory._meta.model.objects.get().pk
    document = get_document_model().objects.get().pk
    page = f"page-{question.pk}"
    return {
        "": set(),
        "pages/": {f"page-{home.pk}", f"page-{index.pk}", page},
        "pages/?limit=1": {f"page-{home.pk}"},
        f"pages/{question.pk}/": {page},
        "resolve/?path=/vragen/waarom/": {page},
        "images/": {f"image-{image}"},
        f"images/{image}/": {f"image-{image}"},
        "documents/": {f"document-{document}"},
        f"documents/{document}/": {f"document-{document}"},
        "categories/": {f"faq.FaqCategory-{category}"},
        f"categories/faq.FaqCategory/{category}/": {f"faq.FaqCategory-{category}"},
        "navigation/": set(),
        "site/": set(),
        "changes/": set(),
        "openapi.json": set(),
        "docs/": set(),
    }


def vary(headers: Any) -> set[str]:
    return {name.strip() for name in headers.get("Vary", "").split(",") if name.strip()}


class TestEachKind:
    def test_without_a_cache(self, content) -> None:
        for path, keys in kinds(content).items():
            answer = ask(path, headers={"accept-language": "en", "cookie": f"sessionid={'x' * 32}"})
            assert answer.status_code == 200, path
            assert answer.headers["ETag"].startswith('"')
            assert parse_http_date(answer.headers["Last-Modified"]) <= time.time()
            assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
            assert sorted(answer.headers["Surrogate-Key"].split(" ")) == sorted({"techport", *keys}), path
            assert vary(answer.headers) <= {"Accept", "Accept-Encoding", "origin", "Origin"}, path
            assert "Set-Cookie" not in answer.headers

    def test_in_the_cache(self, content, visitor) -> None:
        for path, keys in kinds(content).items():
            first, second = (visitor.get(API + path) for _ in range(2))
            assert (first.cached, second.cached) == ("stored", "hit"), path
            assert first.body == second.body
            assert sorted(second.headers["Surrogate-Key"].split(" ")) == sorted({"techport", *keys}), path
            assert second.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
            assert "Accept-Encoding" in vary(second.headers)
            assert "Accept-Language" not in vary(second.headers)

    def test_not_modified(self, content) -> None:
        for path in kinds(content):
            answer = ask(path)
            etag, date = answer.headers["ETag"], answer.headers["Last-Modified"]
            for condition in ({"if-none-match": etag}, {"if-none-match": f'"x", W/{etag}'}):
                again = ask(path, headers=condition)
                assert (again.status_code, again.content) == (304, b""), (path, condition)
                assert again.headers["ETag"] == etag
                assert {"Cache-Control", "Last-Modified"} <= set(again.headers.keys())
                for name in ("Content-Language", "Surrogate-Key"):
                    assert again.headers.get(name) == answer.headers.get(name), (path, name)
            assert ask(path, headers={"if-modified-since": date}).status_code == 304
            assert ask(path, headers={"if-modified-since": LONG_AGO}).status_code == 200
            other = {"if-none-match": '"other"', "if-modified-since": date}
            assert ask(path, headers=other).status_code == 200  # the ETag decides

    def test_not_modified_in_the_language_of_the_page(self, content) -> None:
        """Not in that of the address, which for the API says nothing."""
        page = translated(content, "en", slug="why")
        languages = {f"pages/{page.pk}/": "en", "site/?locale=en": "en", "pages/?locale=en": "en", "": None}
        for path, language in languages.items():
            answer = ask(path)
            again = ask(path, headers={"if-none-match": answer.headers["ETag"]})
            told = [one.headers.get("Content-Language") for one in (answer, again)]
            assert (again.status_code, told) == (304, [language, language]), path

    def test_what_has_changed_since_is_not_sent(self, content) -> None:
        for path in kinds(content):
            etag = ask(path).headers["ETag"]
            for failing in ({"if-match": '"other"'}, {"if-unmodified-since": http_date(1)}):
                answer = ask(path, headers=failing)
                assert answer.status_code == 412, (path, failing)
                assert answer.headers["Content-Type"] == PROBLEM
                assert answer.headers["Cache-Control"] == "private, no-store"
                assert answer.headers["Access-Control-Allow-Origin"] == "*"
                assert json.loads(answer.content)["status"] == 412
                assert not {"ETag", "Last-Modified", "Surrogate-Key", "Content-Language"} & set(
                    answer.headers.keys()
                )
            for met in ({"if-match": etag}, {"if-match": "*"}, {"if-unmodified-since": SINCE}):
                assert ask(path, headers=met).status_code == 200, (path, met)

    def test_not_modified_from_the_cache_costs_no_query(
        self, content, visitor, django_assert_num_queries
    ) -> None:
        for path in kinds(content):
            etag = visitor.get(API + path).headers["ETag"]
            with django_assert_num_queries(0):
                reply = visitor.get(API + path, if_none_match=etag)
            assert (reply.status, reply.body, reply.cached) == (304, b"", "hit"), path

    def test_what_differs_has_another_etag(self, content) -> None:
        queries = ("", "?fields=*", "?limit=1", "?type=faq.QuestionPage", "?fields=translations,-title")
        assert len({ask(f"{API}pages/{query}").headers["ETag"] for query in queries}) == len(queries)
        assert ask("pages/").headers["ETag"] == ask("pages/", _="anything").headers["ETag"]

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("pages/?bogus=1", 400),
            ("pages/999999/", 404),
            ("pages/find/?html_path=/vragen/waarom/", 302),
            ("categories/?type=x", 400),
            ("navigation/?locale=xx", 400),
            ("resolve/?path=/nergens/", 404),
            ("changes/?after=x", 400),
            ("nothing/", 404),
        ],
    )
    def test_errors_and_redirects_are_not_kept(self, question, visitor, path: str, status: int) -> None:
        for answer in (ask(API + path), visitor.get(API + path), visitor.get(API + path)):
            assert getattr(answer, "status_code", 0) or answer.status == status
            assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))
            assert "Accept-Language" not in vary(answer.headers)
            assert "ETag" not in answer.headers
            assert "Surrogate-Key" not in answer.headers

    def test_with_a_token_it_is_nobody_elses(self, content, visitor) -> None:
        sent = bearer(api_token("read:draft"))
        for path in kinds(content):
            visitor.get(API + path)
            for headers in (
                ask(path, headers=sent).headers,
                visitor.get(API + path, authorization=sent["Authorization"]).headers,
            ):
                assert {"private", "no-store"} <= set(headers["Cache-Control"].split(", ")), path
                assert "public" not in headers["Cache-Control"]
                assert "Accept-Language" not in vary(headers)
                assert not {"ETag", "Last-Modified", "Surrogate-Key"} & set(headers.keys())


class TestLastModified:
    """Of the newest change; not while another one may come in the same second."""

    def headers(self, made_at: float, **sent: str) -> Any:
        with keeping(int(made_at), int(made_at)):
            return ask("pages/", headers={name.replace("_", "-"): value for name, value in sent.items()})

    @pytest.fixture(autouse=True)
    def site(self, content) -> None:
        """There is something to tell."""

    def test_once_nothing_else_can_have_the_same(self) -> None:
        made_at = int(time.time()) - 60
        answer = self.headers(made_at)
        assert answer.headers["Last-Modified"] == http_date(made_at)
        assert self.headers(made_at, if_modified_since=http_date(made_at)).status_code == 304
        assert self.headers(made_at, if_modified_since=http_date(made_at - 1)).status_code == 200

    def test_not_in_the_second_of_the_change(self) -> None:
        now = int(time.time()) + 1  # whatever this test takes
        answer = self.headers(now)
        assert "Last-Modified" not in answer.headers
        assert self.headers(now, if_modified_since=http_date(now + 5)).status_code == 200
        assert self.headers(now, if_none_match=answer.headers["ETag"]).status_code == 304

    def test_a_new_release_may_have_changed_everything(self, monkeypatch) -> None:
        made_at, started_at = int(time.time()) - 900, int(time.time()) - 60
        monkeypatch.setattr(http, "STARTED_AT", started_at)
        assert self.headers(made_at).headers["Last-Modified"] == http_date(started_at)
        assert self.headers(made_at, if_modified_since=http_date(made_at)).status_code == 200


def unpublish(page: Page) -> None:
    page.specific.unpublish()


def delete(page: Page) -> None:
    page.delete()


def restrict_collections(page: Page) -> None:
    CollectionViewRestriction.objects.create(
        collection=Collection.get_first_root_node(), restriction_type="login"
    )


EVENTS = (unpublish, make_private, delete)
SINCE = http_date(4_000_000_000)  # what a client with a wrong clock sends


class TestWhatIsGone:
    """Neither confirmed nor told any more, from the next request on."""

    def addresses(self, question: Page) -> dict[str, int]:
        """Where the question is shown, and the status once it is gone (of `resolve`: 200, "gone")."""
        return {
            f"{API}pages/{question.pk}/": 404,
            f"{API}pages/?fields=*": 200,
            f"{API}pages/?search=waarom": 200,
            f"{API}resolve/?path=/vragen/waarom/": 0,
        }

    @pytest.mark.parametrize("event", EVENTS)
    def test_a_page_behind_the_cache(self, content, visitor, committed, event: Callable[[Page], Any]) -> None:
        addresses = self.addresses(content)
        etags = {address: visitor.get(address).headers["ETag"] for address in addresses}
        for address in addresses:
            kept = visitor.get(address)
            assert (kept.cached, b"Waarom?" in kept.body) == ("hit", True), address
        with committed():
            event(content)
        for address, status in addresses.items():
            for sent in ({"if_none_match": etags[address]}, {"if_modified_since": SINCE}, {}):
                reply = visitor.get(address, **sent)
                assert reply.status == status or not status, (address, sent)
                assert reply.status != 304
                assert b"Waarom?" not in reply.body

    @pytest.mark.parametrize("kind", ["images", "documents"])
    def test_files_behind_the_cache(self, content, visitor, committed, kind: str) -> None:
        pk = read(f"{kind}/")["items"][0]["id"]
        addresses = {f"{API}{kind}/": 200, f"{API}{kind}/{pk}/": 404}
        etags = {address: visitor.get(address).headers["ETag"] for address in addresses}
        assert all(visitor.get(address).cached == "hit" for address in addresses)
        with committed():
            restrict_collections(content)
        for address, status in addresses.items():
            for sent in ({"if_none_match": etags[address]}, {"if_modified_since": SINCE}, {}):
                reply = visitor.get(address, **sent)
                assert reply.status == status, (address, sent)
                assert b"Beeld" not in reply.body and b"Stuk" not in reply.body


@pytest.mark.django_db(transaction=True)
class TestWithoutACache:
    """What a process keeps by itself follows the log too: transactions that are really committed."""

    def test_what_is_gone(self, content) -> None:
        index = content.get_parent()
        for event in EVENTS:
            page = QuestionPageFactory(parent=index, title="Verdwijnt", slug=event.__name__)
            detail, listed = f"{API}pages/{page.pk}/", f"{API}pages/?fields=*"
            etags = {address: ask(address).headers["ETag"] for address in (detail, listed)}
            assert b"Verdwijnt" in ask(listed).content
            event(page)
            for sent in ({"if-none-match": etags[detail]}, {"if-modified-since": SINCE}, {}):
                assert ask(detail, headers=sent).status_code == 404, event
            for sent in ({"if-none-match": etags[listed]}, {"if-modified-since": SINCE}, {}):
                answer = ask(listed, headers=sent)
                assert answer.status_code == 200, (event, sent)
                assert b"Verdwijnt" not in answer.content
        answers = {address: ask(API + address) for address in ("images/", "documents/")}
        assert b"Beeld" in answers["images/"].content and b"Stuk" in answers["documents/"].content
        restrict_collections(content)
        for address, before in answers.items():
            for sent in ({"if-none-match": before.headers["ETag"]}, {"if-modified-since": SINCE}):
                answer = ask(API + address, headers=sent)
                assert answer.status_code == 200
                assert b'"items":[]' in answer.content

    def test_a_second_change_in_the_same_second(self, content) -> None:
        date = ask("pages/").headers["Last-Modified"]
        assert ask("pages/", headers={"if-modified-since": date}).status_code == 304
        for title in ("Eerst", "Daarna"):
            content.title = title
            content.save_revision().publish()
            newest = Change.objects.filter(made_at__gt=timezone.now() - timedelta(seconds=30))
            newest.update(made_at=timezone.now() + timedelta(seconds=2))  # whatever this test takes
            answer = ask("pages/", headers={"if-modified-since": http_date(time.time() + 5)})
            assert (answer.status_code, "Last-Modified" in answer.headers) == (200, False)
            assert title in answer.content.decode()


def test_the_site_keeps_any_parameter_of_the_api(settings: Any) -> None:
    """What these tests have the cache keep is what the site has it keep."""
    assert settings.TECHPORT_CACHE["PARAMETERS"][API] == PARAMETERS[API]
