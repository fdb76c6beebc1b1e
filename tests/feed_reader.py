"""A reader of the change feed, for its tests."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from wagtail.models import (
    Page,
)

Item = dict[str, Any]


def ask(path: str = "", **query: Any) -> tuple[int, Any]:
    response = Client().get(f"/api/v2/changes/{path}", query)
    return response.status_code, json.loads(response.content)


class Reader:
    """Goes through the feed; `news` is what came since it last asked, as "kind type id"."""

    def __init__(self, **query: Any) -> None:
        self.query = query
        self.cursor: str | None = None
        self.items: list[Item] = []

    def news(self) -> list[str]:
        self.items = []
        while True:
            status, body = ask(**self.query, **({"after": self.cursor} if self.cursor else {}))
            assert status == 200, body
            assert len(body["items"]) <= int(self.query.get("limit", 100))
            self.items += body["items"]
            self.cursor = body["next"]
            if not body["more"]:
                return [told(item) for item in self.items]


def told(item: Item) -> str:
    about = item["object"]
    return " ".join(
        filter(None, [item["kind"], about["type"].split(".")[-1], str(about["id"]), about["locale"]])
    )


def upsert(page: Page) -> str:
    return f"upsert {type(page).__name__} {page.pk} {page.locale.language_code}"


def delete(page: Page) -> str:
    return f"delete {type(page).__name__} {page.pk} {page.locale.language_code}"


@pytest.fixture
def reader(question: Page, committed: Callable[[], Any]) -> Reader:
    """Who knows all that is there."""
    with committed():
        question.save_revision().publish()
    reader = Reader()
    reader.news()
    assert reader.news() == []
    return reader
