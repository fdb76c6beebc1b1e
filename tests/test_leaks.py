"""manage.py check_leaks finds what is not public wherever it comes out, and here it comes out nowhere."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from cache_visitor import Visitor, new_stage
from django.core.management import CommandError, call_command
from factories import ArticlePageFactory, make_private
from leak_canaries import Canaries, token
from wagtail.models import Page

from techport_cms.headless.leaks.report import Report, check
from techport_cms.headless.leaks.sources import private_texts
from techport_cms.headless.leaks.transports import Answer, InProcess

pytestmark = pytest.mark.django_db


@pytest.fixture
def canaries(db: None) -> Canaries:
    return Canaries()


def told(report: Report) -> list[str]:
    return list(report.lines())


class TestWhatMustNotBeSeen:
    def test_every_canary_is_looked_for(self, canaries) -> None:
        texts = [text.casefold() for found in private_texts().owners().values() for text in found]
        missing = {name for name in canaries.names if not any(token(name) in text for text in texts)}
        assert not missing

    def test_what_is_public_too_is_not_looked_for(self, canaries) -> None:
        ArticlePageFactory(parent=canaries.news, title=canaries.hidden["draft"].title, slug="zelfde")
        texts = [text for found in private_texts().owners().values() for text in found]
        assert canaries.hidden["draft"].title not in texts
        assert canaries.hidden["private"].title in texts

    def test_what_the_operator_says_may_be_seen(self, canaries) -> None:
        title = canaries.hidden["draft"].title
        texts = [text for found in private_texts([title]).owners().values() for text in found]
        assert title not in texts


def test_nothing_comes_out(canaries) -> None:
    report = check()
    assert not report.hits, told(report)
    assert not report.left
    assert not {500, 503, 429} & set(report.statuses)
    assert {200, 301, 302, 304, 400, 401, 404, 410} <= set(report.statuses)
