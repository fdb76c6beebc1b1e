"""Reads that no client of good will sends, at every address of the delivery API.

Addresses and parameters are taken from the URL patterns and the endpoints, so new ones join by themselves.
"""

import random
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from django.urls import URLPattern, URLResolver
from rest_framework.viewsets import ViewSetMixin

from techport_cms.headless.pages import PagesEndpoint
from techport_cms.headless.urls import v2_patterns

METHODS = ("GET",) * 12 + ("HEAD", "HEAD", "OPTIONS", "OPTIONS", "DELETE", "PUT", "PATCH", "TRACE", "BREW")
VALUES = tomllib.loads(Path(__file__).with_name("hostile_values.toml").read_text())
NUMBERS, DATES, TEXTS = (VALUES["kinds"][kind] for kind in ("numbers", "dates", "texts"))
LONG = (
    "a" * 5000,
    "é" * 3000,
    "9" * 5000,
    '"' * 1000,
    "/a" * 1500,
    "a(" * 800,
    "-" * 999,
    ",".join("ab" * 500),
    ",".join(["id"] * 300),
    ",".join(["-id"] * 2500),
    "a " * 500,
    ":" + "9" * 5000,
)
RAW = (
    "%",
    "%zz",
    "%ff",
    "%c3%28",
    "%ed%a0%80",
    "%00",
    "%u0041",
    "a=%ff",
    "&&&",
    "=",
    "=x",
    "a;b",
    "%26",
    "+",
)
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {},
    {},
    {"HTTP_ACCEPT": "text/html"},
    {"HTTP_ACCEPT": "application/xml"},
    {"HTTP_ACCEPT": "\xff;q=x"},
    {"HTTP_HOST": "unknown.example"},
    {"HTTP_HOST": "a b"},
    {"HTTP_HOST": "localhost:99999999"},
    {"HTTP_IF_NONE_MATCH": 'W/"a", *,, "'},
    {"HTTP_IF_MODIFIED_SINCE": "Thu, 99 Foo 0000 99:99:99 GMT"},
    {"HTTP_IF_MODIFIED_SINCE": "Fri, 31 Dec 9999 23:59:59 GMT"},
    {"HTTP_IF_MATCH": '"another"'},
    {"HTTP_IF_MATCH": '*, W/"a'},
    {"HTTP_IF_UNMODIFIED_SINCE": "Thu, 01 Jan 1970 00:00:00 GMT"},
    {"HTTP_IF_UNMODIFIED_SINCE": "Thu, 99 Foo 0000 99:99:99 GMT"},
    {"HTTP_ORIGIN": "null", "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "GET"},
    {"HTTP_AUTHORIZATION": "Bearer \xff"},
    {"HTTP_COOKIE": "sessionid=x; \x01"},
    {"HTTP_RANGE": "bytes=0-1"},
    {"HTTP_ACCEPT_LANGUAGE": "x" * 2000},
)


@dataclass(frozen=True)
class Address:
    route: str  # "pages/<int:pk>/"
    names: tuple[str, ...]  # of its parameters


@dataclass(frozen=True)
class Read:
    method: str
    path: str  # percent-encoded
    query: str
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path[:200]}?{self.query[:600]} {self.headers}"


def addresses() -> list[Address]:
    return list(_addresses(v2_patterns, ""))


def _addresses(patterns: list[Any], prefix: str) -> Iterator[Address]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern).lstrip("^")
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield Address(route, tuple(_names(pattern.callback)))


def _names(view: Callable) -> list[str]:
    view_class: Any = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if view_class is None:
        return []
    if not issubclass(view_class, ViewSetMixin):
        return [parameter.name for parameter in view_class.parameters]
    names = set(view_class.known_query_parameters) | set(view_class.find_query_parameters)
    for model in (view_class.model, *(_types() if view_class is PagesEndpoint else ())):
        names |= set(view_class.field_filters(model))
    return sorted(names)


def _types() -> list[Any]:
    from wagtail.models import get_page_models

    return get_page_models()


class Hostile:
    def __init__(self, seed: int, ids: list[int]) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self.ids = [str(id_) for id_ in ids]
        self.addresses = addresses()

    def read(self) -> Read:
        address = self.chance.choice(self.addresses)
        return Read(
            self.chance.choice(METHODS),
            self._path(address.route),
            self._query(address.names),
            self.chance.choice(HEADERS),
        )

    def _path(self, route: str) -> str:
        parts = []
        for part in route.split("/"):
            if part.startswith("<"):
                text = quote(self.chance.choice(TEXTS), "")
                part = self.chance.choice([*self.ids, *self.ids, *NUMBERS, text])
            parts.append(part)
        path = f"/api/v2/{'/'.join(parts)}"
        return path if self.chance.random() < 0.95 else path + self.chance.choice((*RAW, "/", "..", "//"))

    def _query(self, names: tuple[str, ...]) -> str:
        pairs = [self._pair(names) for _ in range(self.chance.choice((0, 1, 1, 1, 1, 2, 2, 4)))]
        if pairs and self.chance.random() < 0.05:
            pairs.append(self.chance.choice(pairs))  # a parameter twice
        if self.chance.random() < 0.05:
            pairs.append(self.chance.choice(RAW))
        if self.chance.random() < 0.01:
            pairs += [f"p{n}=1" for n in range(2000)]
        return "&".join(pairs)

    def _pair(self, names: tuple[str, ...]) -> str:
        if not names or self.chance.random() < 0.05:
            name = self.chance.choice((*TEXTS, "bogus", "live", "id__in", "pk", "owner", "title__contains"))
        else:
            name = self.chance.choice(names)
        value = self._value(name)
        as_it_is = value.encode().decode("latin-1")  # as WSGI has bytes
        return f"{quote_plus(name)}={as_it_is if self.chance.random() < 0.05 else quote_plus(value)}"

    def _value(self, name: str) -> str:
        if name in VALUES["usual"] and self.chance.random() < 0.45:
            return self.chance.choice(VALUES["usual"][name])
        own = VALUES["hostile"].get(name)
        if own and self.chance.random() < 0.7:
            return self.chance.choice(own)
        values = [self.chance.choice(kind) for kind in (TEXTS, NUMBERS, DATES, self.ids, LONG)]
        value = self.chance.choice(values)
        return value if self.chance.random() < 0.9 else f"{value},{self.chance.choice(values)}"
