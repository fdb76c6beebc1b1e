"""What a parameter of the API can be asked with.

Values come from what such a parameter means, where that is known here; from its schema (`enum`,
`examples`); from rows that have a field of its name, hidden ones where there are; else from the type in
its schema. So a new parameter is asked for without a word here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from wagtail.coreutils import get_content_languages
from wagtail.models import Page, Site

from techport_cms.core.channels import channel_names
from techport_cms.core.pictures import presets

from .content import Publicity, content_models, state_of

Json = dict[str, Any]
Query = dict[str, str]

SAMPLES = 3  # where each other one would be asked for in the same way
BY_FORMAT = {"date": "2000-01-01", "date-time": "2000-01-01T00:00:00Z"}
BY_TYPE = {"integer": "1", "number": "1", "boolean": "true", "string": "a"}
NEEDS = {"fallback": "locale", "search_operator": "search"}  # what a parameter goes with


@dataclass
class Rows:
    """Of one model: all that are hidden, and one of which values are taken."""

    model: type[Model]
    hidden: list[Any]
    public: list[Any]  # some

    @property
    def sample(self) -> Any:
        return (self.hidden or self.public)[0]


def all_rows() -> list[Rows]:
    publicity, found = Publicity(), []
    for model in content_models():
        hidden: list[Any] = []
        public: list[Any] = []
        for row, is_public in publicity.split(model):
            if not is_public:
                hidden.append(row)
            elif len(public) < SAMPLES:
                public.append(row)
        if hidden or public:
            found.append(Rows(model, hidden, public))
    return found


def public_words(rows: list[Rows]) -> Iterator[str]:
    """What finds something: an answer may show more than that."""
    return (max(str(row).split(), key=len, default="") for one in rows for row in one.public)


class Values:
    def __init__(self, rows: list[Rows], paths: list[str], words: list[str]) -> None:
        self.rows = rows
        self.paths = paths  # of what is hidden, gone or elsewhere
        self.words = [*words, *dict.fromkeys(filter(None, public_words(rows)))]  # to search for

    def queries(self, parameter: Json, others: dict[str, Json]) -> Iterator[Query]:
        """What to ask with, to see what this parameter does; `others` are all of the endpoint."""
        name = parameter["name"]
        if needed := others.get(NEEDS.get(name, "")):
            for value in self.of(parameter):
                for other in self.of(needed)[:SAMPLES]:
                    yield {needed["name"]: other, name: value}
        elif self._is_known(parameter):
            yield from ({name: value} for value in self.of(parameter))
        else:
            yield from self._of_fields(parameter, typed="type" in others)

    def of(self, parameter: Json) -> list[str]:
        name, schema = parameter["name"], parameter["schema"]
        if name in self._meanings:
            return self._meanings[name]()
        return [str(choice) for choice in schema.get("enum") or schema.get("examples") or ()]

    def _is_known(self, parameter: Json) -> bool:
        schema = parameter["schema"]
        return parameter["name"] in self._meanings or "enum" in schema or "examples" in schema

    def _of_fields(self, parameter: Json, typed: bool) -> Iterator[Query]:
        """`date__gte`, of the types that have a date."""
        name = parameter["name"]
        found = False
        for rows in self.rows:
            value = _value(rows.sample, name.partition("__")[0])
            if value and issubclass(rows.model, Page) == typed:
                found = True
                yield {name: value, **({"type": rows.model._meta.label} if typed else {})}
        if not found:
            schema = parameter["schema"]
            yield {name: BY_FORMAT.get(schema.get("format", "")) or BY_TYPE.get(schema.get("type", ""), "a")}

    @cached_property
    def _meanings(self) -> dict[str, Callable[[], list[str]]]:
        ids = list(dict.fromkeys(str(pk) for page in self._hidden_pages() for pk in _around(page)))
        in_tree = ("id", "child_of", "descendant_of", "ancestor_of", "translation_of")
        return {
            "renditions": lambda: [",".join(presets())],
            "locale": lambda: list(get_content_languages()),
            "fallback": lambda: list(get_content_languages()),
            "type": self._types,
            "channel": channel_names,
            "site": lambda: list(Site.objects.values_list("hostname", flat=True)),
            "search": lambda: self.words,
            "path": lambda: self.paths,
            "html_path": lambda: self.paths,
            "order": lambda: ["id", "-id", "random"],
            **{name: lambda: ids for name in in_tree},
            # The first answer holds as much as one can; the rest is followed from there.
            **dict.fromkeys(("limit", "offset", "cursor", "after", "_"), list),
        }

    def _hidden_pages(self) -> Iterator[Page]:
        """Some for each reason that there is."""
        by_state: dict[str, list[Page]] = defaultdict(list)
        for rows in self.rows:
            for row in rows.hidden if issubclass(rows.model, Page) else ():
                by_state[state_of(row)].append(row)
        return (page for pages in by_state.values() for page in pages[:SAMPLES])

    def _types(self) -> list[str]:
        return [rows.model._meta.label for rows in self.rows]


def _around(page: Page) -> Iterator[int]:
    """A page, and those from which a list could come to it: above, below, in another language."""
    yield page.pk
    for near in (page.get_ancestors().reverse(), page.get_children(), page.get_translations()):
        yield from near.filter(depth__gt=1).values_list("pk", flat=True)[:1]


def _value(row: Model, name: str) -> str:
    """Of a field, as text; empty where it has none, or none that a parameter holds."""
    try:
        row._meta.get_field(name)
    except FieldDoesNotExist:
        return ""
    value = getattr(row, name, None)
    if isinstance(value, Model):
        value = value.pk
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):  # a moment too
        return value.isoformat()
    return str(value) if isinstance(value, str | int | float | Decimal | UUID) else ""
