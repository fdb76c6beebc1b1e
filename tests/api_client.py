"""A channel that reads the delivery API: lists, walks through them, and what is refused."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db.models import Model
from django.test import Client
from wagtail.api import APIField

ROOT = "/api/v2/"
PROBLEM = "application/problem+json"


def ask(path: str, method: str = "GET", headers: dict[str, str] | None = None, **query: Any) -> Any:
    """The response; an exception of the application is an answer with 500."""
    client = Client(raise_request_exception=False)
    address = path if path.startswith("/") else f"{ROOT}{path}"
    query = {name: value for name, value in query.items() if value is not None}
    return client.generic(
        method, address, query_params=query or None, headers={"host": "localhost", **(headers or {})}
    )


def read(path: str, **query: Any) -> dict[str, Any]:
    answer = ask(path, **query)
    assert answer.status_code == 200, (path, query, answer.content)
    return json.loads(answer.content)


def items(path: str = "pages/", **query: Any) -> list[dict[str, Any]]:
    return read(path, **query)["items"]


def ids(path: str = "pages/", **query: Any) -> list[int]:
    return [item["id"] for item in items(path, **{"fields": "_,id", **query})]


def titles(path: str = "pages/", **query: Any) -> list[str]:
    return [item["title"] for item in items(path, **query)]


def problem(path: str, status: int = 400, /, **query: Any) -> str:
    """What the API says is wrong."""
    answer = ask(path, **query)
    assert answer.status_code == status, (path, query, answer.status_code, answer.content[:300])
    assert answer.headers["Content-Type"] == PROBLEM
    told = json.loads(answer.content)
    assert {"type", "title", "status", "detail", "message"} <= told.keys()
    assert (told["type"], told["status"]) == ("about:blank", status)
    assert told["title"]
    assert told["message"] == told["detail"] != ""
    return told["detail"]


@contextmanager
def showing(model: type[Model], *fields: APIField) -> Iterator[None]:
    """Within this context the model has these in its `api_fields` too, as a host's own would."""
    from techport_cms.headless.representation import make_serializer_class

    names = {field.name for field in fields}
    others = [field for field in model.api_fields if field.name not in names]  # type: ignore[attr-defined]
    with patch.object(model, "api_fields", [*others, *fields]):
        make_serializer_class.cache_clear()
        yield
    make_serializer_class.cache_clear()


def walk(path: str = "pages/", most: int = 50, /, **query: Any) -> list[int]:
    """The ids of a whole list, page by page with the cursor."""
    found: list[int] = []
    cursor = None
    for _ in range(most):
        page = read(path, fields="_,id", cursor=cursor, **query)
        found += [item["id"] for item in page["items"]]
        cursor = page["meta"]["next"]
        if cursor is None:
            return found
    raise AssertionError(f"the walk through {path} does not end")
