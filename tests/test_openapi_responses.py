"""Statuses and headers of the OpenAPI document: what is sent is documented, what is documented is sent."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from api_client import ask
from change_log import age_log
from channels import api_token, bearer
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from factories import FaqCategoryFactory, ImageFactory, StandardPageFactory
from form_pages import FROM_HERE, TYPED, join, opened  # noqa: F401 - one is a fixture
from wagtail.documents import get_document_model
from wagtail.models import PageViewRestriction, Site

from home.models import JoinPage
from techport_cms.headless import http, idempotency
from techport_cms.headless.changes import newest_cursor
from techport_cms.headless.drafts import share
from techport_cms.headless.limits import buckets
from techport_cms.headless.models import ChannelToken, Submission

pytestmark = pytest.mark.django_db

# What a client or a cache in front may want to know of. Of CORS the Fetch standard tells.
INTERESTING = {
    *("Accept", "Allow", "Cache-Control", "Content-Language", "ETag", "Idempotency-Key", "Last-Modified"),
    *("Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "Set-Cookie", "Surrogate-Key"),
    *("Vary", "WWW-Authenticate", "X-Robots-Tag"),
}
PASSWORD = "Sesam, open u!"
NOBODYS = 999_999
KINDS = ("page", "image", "document")
KEY = {"Idempotency-Key": '"same-again"'}
Scope = ChannelToken.Scope
Call = dict[str, Any]
Place = tuple[str, str]  # the name of an operation, and a status


@pytest.fixture
def calls(join: JoinPage, monkeypatch: pytest.MonkeyPatch) -> dict[str, Call]:
    """A request by the name of each operation, which it answers as it should."""
    monkeypatch.setattr(http, "STARTED_AT", 0)
    page = StandardPageFactory(parent=join.get_parent(), slug="over", title="Over")
    locked = StandardPageFactory(parent=join.get_parent(), slug="besloten")
    PageViewRestriction.objects.create(page=locked, restriction_type="password", password=PASSWORD)
    page.save_revision()
    chief = User.objects.create_superuser("chief")
    category = FaqCategoryFactory()
    image = ImageFactory(file__width=4, file__height=4)
    document = get_document_model().objects.create(title="Stuk", file=ContentFile(b"x", "stuk.txt"))
    reads_drafts = bearer(api_token(Scope.READ_DRAFT, user=chief))
    age_log()
    return {
        "get_openapi": {"path": "openapi.json"},
        "get_docs": {"path": "docs/"},
        "get_form": {"path": f"forms/{join.pk}/"},
        "post_form": {
            "path": f"forms/{join.pk}/",
            "headers": FROM_HERE,
            "body": {**TYPED, "guard-opened": opened(join)},
        },
        "post_unlock": {"path": "unlock/", "body": {"page": locked.pk, "password": PASSWORD}},
        "get_draft": {"path": f"preview/{page.pk}/", "headers": reads_drafts},
        "get_preview": {"path": f"preview/{share(chief, page).token}/"},
        "get_root": {"path": ""},
        "get_resolve": {"path": "resolve/?path=/over/"},
        "get_changes": {"path": "changes/"},
        "get_navigation": {"path": "navigation/"},
        "get_site": {"path": "site/"},
        "get_categories": {"path": "categories/?locale=nl"},
        "get_category": {"path": f"categories/faq.FaqCategory/{category.pk}/"},
        "list_pages": {"path": "pages/?locale=nl"},
        "get_page": {"path": f"pages/{page.pk}/"},
        "find_pages": {"path": "pages/find/?html_path=/over/"},
        "list_images": {"path": "images/"},
        "get_image": {"path": f"images/{image.pk}/"},
        "find_images": {"path": f"images/find/?id={image.pk}"},
        "list_documents": {"path": "documents/"},
        "get_document": {"path": f"documents/{document.pk}/"},
        "find_documents": {"path": f"documents/find/?id={document.pk}"},
    }


def send(name: str, path: str, headers: Any = None, body: Any = None, text: str | None = None) -> Any:
    method = "POST" if name.startswith("post_") else "GET"
    if method == "GET":
        return ask(path, headers=headers)
    data = json.dumps(body) if text is None else text
    kind = "application/json" if text is None else "text/plain"
    return Client().generic(
        method, f"/api/v2/{path}", data, kind, headers={"host": "testserver", **(headers or {})}
    )


def with_query(call: Call, query: str) -> Call:
    return {**call, "path": f"{call['path']}{'&' if '?' in call['path'] else '?'}{query}"}


def with_headers(call: Call, **headers: str) -> Call:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {**call, "headers": {**call.get("headers", {}), **named}}


def asked(calls: dict[str, Call], settings: Any) -> Iterator[tuple[str, Any]]:
    """Each operation as it is meant, in every way that is refused, and once too often."""
    token = bearer(api_token(Scope.UNLOCK))
    for name, call in [*well_asked(calls), *refused(calls)]:
        yield name, (answer := send(name, **call))
        if is_anonymous(name, call):
            yield name, send(name, **{**call, "headers": token})
        if "ETag" in answer.headers:
            yield name, send(name, **with_headers(call, If_None_Match=answer.headers["ETag"]))
            yield name, send(name, **with_headers(call, If_Match='"another"'))
    settings.TECHPORT_HEADLESS = {"READ_LIMIT": (1, 60), "TOKEN_FACTOR": 1}
    buckets.clear()
    for name, call in calls.items():
        for headers in (call.get("headers"), token):
            send(name, **{**call, "headers": headers})
            yield name, send(name, **{**call, "headers": headers})


def is_anonymous(name: str, call: Call) -> bool:
    return not name.startswith("post_") and not call.get("headers")


def well_asked(calls: dict[str, Call]) -> Iterator[tuple[str, Call]]:
    """And with what every operation refuses."""
    for name, call in calls.items():
        yield name, call
        yield name, with_query(call, "bogus=1")
        yield name, with_headers(call, Authorization="Bearer nobody")
        if name.startswith(("list_", "get_page", "get_image", "get_document")):
            yield name, with_query(call, "format=api")


def refused(calls: dict[str, Call]) -> Iterator[tuple[str, Call]]:
    """In the ways of each operation."""
    form, unlock, draft = calls["post_form"], calls["post_unlock"], calls["get_draft"]
    own = {
        "get_form": [{"path": f"forms/{NOBODYS}/"}],
        "post_form": [
            {**form, "path": f"forms/{NOBODYS}/"},
            {**form, "headers": {}},
            {**form, "headers": bearer(api_token(Scope.UNLOCK))},
            {**form, "body": {}},
            {**form, "text": "name=Ada"},
            {**form, "body": {"name": "x" * 100_000}},
            working(form),
        ],
        "post_unlock": [
            {**unlock, "body": {"page": NOBODYS, "password": PASSWORD}},
            {**unlock, "body": {**unlock["body"], "password": "Sesam"}},
            {**unlock, "text": "Sesam"},
            {**unlock, "body": {"page": 1, "password": "x" * 100_000}},
        ],
        "get_draft": [
            {**draft, "path": f"preview/{NOBODYS}/"},
            {**draft, "headers": bearer(api_token(Scope.UNLOCK))},
            {**draft, "headers": {}},
        ],
        "get_preview": [{"path": "preview/nothing/"}],
        "get_resolve": [{"path": "resolve/?path=/niets/"}],
        "get_changes": [
            {"path": "changes/?site=nobody.example"},
            {"path": f"changes/?after={newest_cursor(10**9, Site.objects.get())}"},
        ],
        "get_navigation": [{"path": "navigation/?site=nobody.example"}],
        "get_site": [{"path": "site/?site=nobody.example"}],
        "get_category": [{"path": f"categories/faq.FaqCategory/{NOBODYS}/"}],
        "list_pages": [{"path": "pages/?site=nobody.example"}],
        **{f"get_{kind}": [{"path": f"{kind}s/{NOBODYS}/"}] for kind in KINDS},
        **{f"find_{kind}s": [{"path": f"{kind}s/find/?id={NOBODYS}"}] for kind in KINDS},
    }
    for name, ways in own.items():
        for call in ways:
            yield name, call


def working(form: Call) -> Call:
    """A submission whose key is being worked on."""
    page_id = re.findall(r"\d+", form["path"])[0]
    name = idempotency.sha256(f"form-{page_id}::same-again".encode()).hexdigest()
    body = idempotency._body_digest(form["body"])
    Submission.objects.create(pk=name, body=body, started_at=timezone.now())
    return {**form, "headers": {**form["headers"], **KEY}}


def test_what_is_sent_is_what_is_documented(calls: dict[str, Call], settings: Any) -> None:
    document = json.loads(ask("openapi.json").content)
    operations = {
        one["operationId"]: one for methods in document["paths"].values() for one in methods.values()
    }
    assert operations.keys() == calls.keys()
    documented = {
        (name, status): (set(known["headers"]), set(known.get("content", ())))
        for name, operation in operations.items()
        for status, known in operation["responses"].items()
    }
    sent: dict[Place, tuple[set[str], set[str]]] = {}
    for name, answer in asked(calls, settings):
        headers, kinds = sent.setdefault((name, str(answer.status_code)), (set(), set()))
        headers |= {header for header in INTERESTING if header in answer.headers}
        kinds |= {answer.headers["Content-Type"].partition(";")[0]} if answer.content else set()
    assert sent.keys() == documented.keys()
    assert sent == documented
