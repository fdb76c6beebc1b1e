"""What can be asked of the API: every endpoint of its OpenAPI document, with every parameter."""

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import product
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.urls import NoReverseMatch, reverse

from techport_cms.changes.log import horizon

from ..changes import newest_cursor
from ..openapi.document import builder
from .api_values import SAMPLES, Json, Rows, Values, all_rows
from .links import with_parameters

SHOWN = ("fields", "rich_text_format", "renditions")  # asked for together, and with all others
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
    """`paths` are those of pages that are not public, `words` what to search for."""

    def __init__(self, paths: list[str], words: list[str]) -> None:
        self._rows = all_rows()
        self._values = Values(self._rows, paths, words)

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
        yield f"{self.root}/changes/?{urlencode({'after': newest_cursor(horizon())})}"
        yield from self._bare()
        for template, operation in self._operations.items():
            paths = [template] if "{" not in template else [*self._hidden(template)][:SAMPLES]
            for path in paths:
                yield from self._variants(f"{self.root}{path}", operation)

    def _bare(self) -> Iterator[str]:
        """Every endpoint without parameters, and with as much in its answer as there can be."""
        for template, operation in self._operations.items():
            for path in [template] if "{" not in template else self._hidden(template):
                yield f"{self.root}{path}"
                yield with_parameters(f"{self.root}{path}", **_most(_parameters(operation)))

    def variants_of(self, url: str) -> Iterator[str]:
        """The same address with every parameter, where it is the bare one of an object in the API."""
        parts = urlsplit(url)
        if not self.root or parts.query or not parts.path.startswith(f"{self.root}/"):
            return
        for pattern, operation in self._patterns:
            if pattern.fullmatch(parts.path.removeprefix(self.root)):
                yield from self._variants(url, operation)

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

    def _variants(self, url: str, operation: Json) -> Iterator[str]:
        parameters = _parameters(operation)
        shown = [name for name in SHOWN if name in parameters]
        url = with_parameters(url, **_most(parameters))
        for values in product(*(self._values.of(parameters[name]) for name in shown)):
            yield with_parameters(url, **dict(zip(shown, values, strict=True)))
        for name, parameter in parameters.items():
            if name not in shown:
                for query in self._values.queries(parameter, parameters):
                    yield with_parameters(url, **query)


def _parameters(operation: Json) -> dict[str, Json]:
    return {one["name"]: one for one in operation["parameters"] if one["in"] == "query"}


def _filled(names: list[str], rows: Rows, row: Any) -> tuple[str, ...]:
    return tuple(rows.model._meta.label if name == "type" else str(row.pk) for name in names)


def _most(parameters: dict[str, Json]) -> dict[str, str]:
    """As much as an answer can hold."""
    most = parameters.get("limit", {}).get("schema", {}).get("maximum")
    return {**({"fields": "*"} if "fields" in parameters else {}), **({"limit": str(most)} if most else {})}
