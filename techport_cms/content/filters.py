"""Lists that readers narrow down through the address: `?kind=school&sector=onderwijs`.

The address is the whole state, so a filtered list can be linked to and kept, and works without
JavaScript. A value that nobody knows matches nothing: no error, and no list that says otherwise
than its address. Items are compared in Python, so no value from outside reaches the database.

Of all items only the key, the text that readers search in and what they are filtered by are in
memory (a catalogue, which outlives the request, see core.kept); in full only those of the page
that is shown. Most items are alike in what they are filtered by: each group of these is compared once.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.paginator import Page
from django.http import HttpRequest

from .pagination import paginate

F = TypeVar("F", bound=Hashable)  # the facets of an item: what filters compare


class Catalogue(Generic[F]):
    """The items of a list in their order, for any filter: 100 bytes each and their texts."""

    def __init__(self, rows: Iterable[tuple[int, str, F]]) -> None:
        """Rows of primary key, text that is searched, facets."""
        self.keys = array("q")
        self.texts: list[str] = []
        self.groups = array("l")  # of each item: where in `facets` its own are
        numbers: dict[F, int] = {}
        for key, text, facets in rows:
            self.keys.append(key)
            self.texts.append(text.casefold())
            self.groups.append(numbers.setdefault(facets, len(numbers)))
        self.facets = list(numbers)
        self.sizes = Counter(self.groups)

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[tuple[int, F]]:
        """Key and facets of each item."""
        return ((key, self.facets[group]) for key, group in zip(self.keys, self.groups, strict=True))

    def sizes_with(self, text: str) -> Mapping[int, int]:
        """How many items of each group hold this text."""
        if not text:
            return self.sizes
        return Counter(group for group, held in zip(self.groups, self.texts, strict=True) if text in held)

    def keys_of(self, groups: set[int], text: str) -> Sequence[int]:
        if not text and len(groups) == len(self.facets):
            return self.keys
        items = zip(self.keys, self.groups, self.texts, strict=True)
        return [key for key, group, held in items if group in groups and text in held]


@dataclass(frozen=True)
class Filter:
    """`value` is what the facets of an item have for it, "" if nothing; a filter without it is the text
    that readers type."""

    name: str  # of the parameter
    value: Callable[[Any], str] | None = None
    choices: Sequence[tuple[str, Any]] = ()  # value and label


@dataclass(frozen=True)
class Option:
    """One choice of a filter, under the other filters as they stand."""

    value: str
    label: str
    count: int
    url: str
    selected: bool


class FilteredList:
    """The items that match the parameters in `data`, and the addresses of all other choices."""

    def __init__(
        self,
        catalogue: Catalogue[Any],
        filters: Sequence[Filter],
        data: Mapping[str, str],
        url: str | None,
    ) -> None:
        self._catalogue = catalogue
        self._filters = {filter_.name: filter_ for filter_ in filters}
        self._url = url or ""
        self._sizes: dict[str, Mapping[int, int]] = {}  # by text
        values = {name: data.get(name, "").strip() for name in self._filters}
        self.chosen = {name: value for name, value in values.items() if value}
        self.keys = catalogue.keys_of(self._matching(self.chosen), self._text(self.chosen))

    def __len__(self) -> int:
        return len(self.keys)

    def page(self, request: HttpRequest, per_page: int, load: Callable[[Sequence[int]], list[Any]]) -> Page:
        """The page that `?page=` names; `load` answers the items with these keys, in this order."""
        page = paginate(request, self.keys, per_page)
        page.object_list = load(list(page.object_list))
        return page

    def options(self, name: str) -> list[Option]:
        """The choices of a filter, each with its own address."""
        others = self._without(name)
        counts = self._counts(self._filters[name], others)
        return [
            Option(
                value=value,
                label=label,
                count=counts[value],
                url=self._address({**others, name: value}),
                selected=self.chosen.get(name) == value,
            )
            for value, label in self._filters[name].choices
        ]

    def without(self, name: str) -> Option:
        """The choice to leave this filter open."""
        others = self._without(name)
        return Option("", "", self._count(others), self._address(others), selected=name not in self.chosen)

    def active(self) -> list[Option]:
        """The choices that are made; the address and the count of each are those without it."""
        active = []
        for name, value in self.chosen.items():
            label = dict(self._filters[name].choices).get(value, value)
            left = self.without(name)
            active.append(Option(value, label, left.count, left.url, selected=True))
        return active

    def _without(self, name: str) -> dict[str, str]:
        return {other: value for other, value in self.chosen.items() if other != name}

    def _matching(self, chosen: Mapping[str, str]) -> set[int]:
        """The groups that the chosen values leave."""
        tests = [(of, value) for name, value in chosen.items() if (of := self._filters[name].value)]
        if not tests:
            return set(range(len(self._catalogue.facets)))
        return {
            group
            for group, facets in enumerate(self._catalogue.facets)
            if all(of(facets) == value for of, value in tests)
        }

    def _text(self, chosen: Mapping[str, str]) -> str:
        texts = (value for name, value in chosen.items() if self._filters[name].value is None)
        return next(texts, "").casefold()

    def _counts(self, filter_: Filter, others: Mapping[str, str]) -> Counter[str]:
        """How many items each value of the filter leaves, under these other choices."""
        sizes, counts = self._sizes_with(others), Counter[str]()
        if filter_.value:
            for group in self._matching(others):
                counts[filter_.value(self._catalogue.facets[group])] += sizes.get(group, 0)
        return counts

    def _count(self, chosen: Mapping[str, str]) -> int:
        sizes = self._sizes_with(chosen)
        return sum(sizes.get(group, 0) for group in self._matching(chosen))

    def _sizes_with(self, chosen: Mapping[str, str]) -> Mapping[int, int]:
        text = self._text(chosen)
        if text not in self._sizes:
            self._sizes[text] = self._catalogue.sizes_with(text)
        return self._sizes[text]

    def _address(self, chosen: Mapping[str, str]) -> str:
        in_order = {name: chosen[name] for name in self._filters if name in chosen}
        return f"{self._url}?{urlencode(in_order)}" if in_order else self._url
