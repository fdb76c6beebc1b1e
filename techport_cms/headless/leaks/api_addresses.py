"""What can be asked of the API: every endpoint of its OpenAPI document, with every parameter."""

import json
import re
from collections.abc import Iterator
from functools import cached_property
from itertools import product
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.apps import apps
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from wagtail.models import Page, Site

from techport_cms.changes.log import horizon

from ..changes import newest_cursor
from ..openapi.document import builder
from ..router import api_router
from ..sites import site_query
from .api_fields import depths, orders
from .api_values import SAMPLES, Json, Rows, Values, all_rows
from .links import with_parameters
from .transports import Answer

FORMS = ("rich_text_format", "renditions")  # asked for together, as deep as can be
WRONG = (
    "nothing/",
    "pages/0/",
    "pages/x/",
    "pages",
    "pages/?nothing=1",
    "pages/?locale=xx",
    "pages/?limit=x",
)


class Api:
    """`paths` are those where something is hidden, gone or elsewhere, `words` what to search for."""

    def __init__(self, paths: list[str], words: list[str]) -> None:
        self._rows = all_rows()
        self._values = Values(self._rows, paths, words)
        self.words = self._values.words  # and those that find what is public

    @cached_property
    def root(self) -> str:
        """Empty where the project's URLs do not include the API."""
        try:
            return reverse("wagtailapi_v2:root").rstrip("/")
        except NoReverseMatch:
            return ""

    def addresses(self) -> Iterator[str]:
        if not self.root:
            return
        yield from (f"{self.root}/{ending}" for ending in WRONG)
        yield f"{self.root.rpartition('/')[0]}/v3-preview/"
        yield from self._feeds()
        yield from self._bare()
        for template, operation in self._operations.items():
            paths = [template] if "{" not in template else [*self._hidden(template)][:SAMPLES]
            for path in paths:
                yield from self._variants(f"{self.root}{path}", operation, _listed(path))

    def _feeds(self) -> Iterator[str]:
        """The change feed of each site from where its log begins."""
        for site in Site.objects.all():
            query = {**site_query(site), "after": newest_cursor(horizon(), site)}
            yield f"{self.root}/changes/?{urlencode(query)}"

    def _bare(self) -> Iterator[str]:
        """Every endpoint without parameters, and with as much in its answer as there can be."""
        for template, operation in self._operations.items():
            for path in [template] if "{" not in template else self._hidden(template):
                yield f"{self.root}{path}"
                yield with_parameters(f"{self.root}{path}", **_most(_parameters(operation), "*"))

    def variants_of(self, url: str, answer: Answer) -> Iterator[str]:
        """The same address with every parameter, where it is the bare one of an object in the API; and
        what the API resolves the address of that object to."""
        parts = urlsplit(url)
        if not self.root or parts.query or not parts.path.startswith(f"{self.root}/"):
            return
        for pattern, operation in self._patterns:
            if pattern.fullmatch(parts.path.removeprefix(self.root)):
                told = _told(answer)
                model = _model(told.get("type"))
                yield from self._variants(url, operation, model)
                yield from self._resolved(told.get("html_url"), model)

    def _resolved(self, address: str | None, model: type[Model] | None) -> Iterator[str]:
        operation = self._operations.get("/resolve/")
        if operation and address:
            most = _most(_parameters(operation), depths(model)[-1])
            yield with_parameters(f"{self.root}/resolve/", path=address, **most)

    @cached_property
    def _operations(self) -> dict[str, Json]:
        """What is read, by path: "/pages/{id}/"."""
        return {path: methods["get"] for path, methods in builder().paths.items() if "get" in methods}

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], Json]]:
        objects = {path: operation for path, operation in self._operations.items() if "{" in path}
        return [(re.compile(re.sub(r"{\w+}", "[^/]+", path)), one) for path, one in objects.items()]

    def _hidden(self, template: str) -> Iterator[str]:
        """The path with what is not public in the place of `{id}`; nothing for a path without."""
        names = re.findall(r"{(\w+)}", template)
        values = {_filled(names, rows, row) for rows in self._rows for row in rows.hidden} if names else set()
        yield from (template.format(**dict(zip(names, found, strict=True))) for found in sorted(values))

    def _variants(self, url: str, operation: Json, model: type[Model] | None) -> Iterator[str]:
        """`model` is the one of what is shown, as far as it is known."""
        parameters = _parameters(operation)
        yield from self._shown(url, parameters, model)
        if {"type", "fields"} <= parameters.keys():
            for found in (rows.model for rows in self._rows if issubclass(rows.model, Page)):
                yield from self._shown(with_parameters(url, type=found._meta.label), parameters, found)
        for name, parameter in parameters.items():
            if name not in ("fields", *FORMS):
                for query in self._values.queries(parameter, parameters):
                    yield with_parameters(url, **_most(parameters, "*"), **query)

    def _shown(self, url: str, parameters: dict[str, Json], model: type[Model] | None) -> Iterator[str]:
        """With nested fields of each depth, and of the last one in each form and order."""
        found = depths(model)
        yield from (with_parameters(url, **_most(parameters, fields)) for fields in found)
        url = with_parameters(url, **_most(parameters, found[-1]))
        forms = [name for name in FORMS if name in parameters]
        for values in product(*(self._values.of(parameters[name]) for name in forms)):
            yield with_parameters(url, **dict(zip(forms, values, strict=True)))
        if "order" in parameters:
            yield from (with_parameters(url, order=order) for order in orders(model))


def _parameters(operation: Json) -> dict[str, Json]:
    return {one["name"]: one for one in operation["parameters"] if one["in"] == "query"}


def _filled(names: list[str], rows: Rows, row: Any) -> tuple[str, ...]:
    return tuple(rows.model._meta.label if name == "type" else quote(str(row.pk)) for name in names)


def _most(parameters: dict[str, Json], fields: str) -> dict[str, str]:
    """As much as an answer can hold, with these fields."""
    most = parameters.get("limit", {}).get("schema", {}).get("maximum")
    return {
        **({"fields": fields} if "fields" in parameters else {}),
        **({"limit": str(most)} if most else {}),
    }


def _listed(path: str) -> type[Model] | None:
    """The model of the list at this path."""
    endpoint = api_router._endpoints.get(path.strip("/"))
    return endpoint.model if endpoint else None


def _told(answer: Answer) -> Json:
    """What an answer with one object tells of it in `meta`."""
    try:
        meta = json.loads(answer.body)["meta"]
    except (ValueError, TypeError, KeyError):
        return {}
    return meta if isinstance(meta, dict) else {}


def _model(label: str | None) -> type[Model] | None:
    try:
        return apps.get_model(label) if label else None
    except (LookupError, ValueError):
        return None
