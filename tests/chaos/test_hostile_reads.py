"""Whatever is asked, the API answers: `make chaos` asks 10,000 times, the suite 1,000 times."""

import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from chaos_seed import IS_WHOLE, SEED
from django.test import Client
from factories import (
    ArticlePageFactory,
    ImageFactory,
    NewsIndexPageFactory,
    PartnerIndexPageFactory,
    PartnerPageFactory,
    SectorFactory,
    TopicFactory,
    make_private,
    published_home,
    translated,
)
from hostile import Hostile, Read, addresses
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

READS = 10_000 if IS_WHOLE else 1_000
SLOWEST = 1.0  # seconds
MEMBERS = {"type", "title", "status", "detail", "message"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids() -> list[int]:
    """Of pages of every language and state."""
    home = published_home()
    news, partners = NewsIndexPageFactory(parent=home), PartnerIndexPageFactory(parent=home)
    for number in range(5):
        article = ArticlePageFactory(parent=news, topic=TopicFactory(), hero_image=ImageFactory())
        PartnerPageFactory(parent=partners, sector=SectorFactory(), latitude="52.4762", longitude="4.6418")
        translated(article, "en", slug=f"article-{number}")
    make_private(ArticlePageFactory(parent=news, title="Besloten"))
    ArticlePageFactory(parent=news, title="Concept", live=False)
    Redirect.add_redirect("/slechte-poort", "http://example.org:99999/x")
    return list(Page.objects.values_list("pk", flat=True))


def test_every_address_is_asked(ids: list[int]) -> None:
    routes = {address.route for address in addresses()}
    assert {"pages/", "pages/<int:pk>/", "pages/find/", "images/", "documents/"} <= routes
    names = {name for address in addresses() for name in address.names}
    assert {"cursor", "fallback", "date__gte", "kind__in", "renditions", "html_path"} <= names


def test_no_read_breaks_the_api(client: Client, ids: list[int], tell: Callable[[str], None]) -> None:
    client.raise_request_exception = False
    hostile, statuses, wrong = Hostile(SEED, ids), Counter[int](), list[str]()
    slowest: tuple[float, str] = (0.0, "")
    for _ in range(READS):
        read = hostile.read()
        began = time.monotonic()
        response = ask(client, read)
        slowest = max(slowest, (time.monotonic() - began, str(read)))
        statuses[response.status_code] += 1
        wrong += [f"{read}: {problem}" for problem in problems(read, response)]
    tell(
        f"{READS} reads, {dict(sorted(statuses.items()))}, "
        f"{len(wrong)} wrong, slowest {slowest[0]:.2f} s: {slowest[1][:300]}"
    )
    assert not wrong, f"seed {SEED}:\n" + "\n".join(wrong[:20])
    assert not IS_WHOLE or slowest[0] < SLOWEST


def ask(client: Client, read: Read) -> Any:
    return client.generic(read.method, read.path, QUERY_STRING=read.query, **read.headers)


def problems(read: Read, response: Any) -> list[str]:
    """What is wrong with this answer."""
    if response.status_code >= 500:
        return [f"{response.status_code} {response.exc_info and repr(response.exc_info[1])}"]
    if response.status_code < 400:
        return []
    kind = response.headers.get("Content-Type")
    if kind != "application/problem+json":
        return [f"{response.status_code} is {kind}"]
    if read.method == "HEAD":
        return []
    body = json.loads(response.content)
    if body.keys() < MEMBERS or body["status"] != response.status_code:
        return [f"members {body}"]
    return []
