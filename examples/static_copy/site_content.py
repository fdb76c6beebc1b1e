"""Everything that a site publishes, fetched from its delivery API, and what can be told from it."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

Json = dict[str, Any]

# The sizes of pictures to ask for, by type of page; others have "hero". The site makes what it does not have
# yet, so one preset is enough: of its widths a browser takes the one that it needs.
PRESETS = {"partners.PartnerPage": "logo"}

# Blocks that name pages by themselves: an editor did not link to these pages.
EXCERPTS = ("latest_news", "partner_strip", "faq_excerpt")
HREF = re.compile(r'href="([^"#]*)')


class Api:
    def __init__(self, site: str) -> None:
        self.address = f"{site.rstrip('/')}/api/v2/"

    def get(self, path: str, **query: Any) -> Json:
        """Patient with a site that is busy. Raises OSError where it gives no answer."""
        url = f"{self.address}{path}?{urlencode(query)}"
        while True:
            try:
                with urlopen(url, timeout=60) as answer:  # noqa: S310 - the site is the user's own choice
                    found: Json = json.load(answer)
                    return found
            except HTTPError as error:
                if error.code not in (429, 503):
                    raise
                time.sleep(float(error.headers.get("Retry-After") or 1))

    def pages(self, **query: Any) -> Iterator[Json]:
        """Every page of the list, whatever is published meanwhile."""
        cursor: str | None = ""
        while cursor is not None:
            found = self.get("pages/", **query, limit=100, cursor=cursor)
            yield from found["items"]
            cursor = found["meta"]["next"]


@dataclass
class Content:
    """`pages` holds every public page by its id; lists of ids are in the order of the site."""

    locales: list[Json]
    pages: dict[int, Json]
    partners: list[int]  # in the order of the directory; `pages` has that of the tree
    navigation: dict[str, Json]  # by locale
    settings: dict[str, Json]  # by locale
    categories: dict[int, Json]  # of questions, by id, in their order

    @classmethod
    def fetch(cls, api: Api) -> "Content":
        root = api.get("")
        query = {"fields": "*", "rich_text_format": "html"}
        found = [
            page
            for kind in root["page_types"]
            for page in api.pages(type=kind, renditions=PRESETS.get(kind, "hero"), **query)
        ]
        directory = api.pages(type="partners.PartnerPage", order="-founder,title")
        codes = [locale["code"] for locale in root["locales"]]
        return cls(
            locales=root["locales"],
            pages={page["id"]: page for page in found},
            partners=[page["id"] for page in directory],
            navigation={code: api.get("navigation/", locale=code) for code in codes},
            settings={code: api.get("site/", locale=code) for code in codes},
            categories={item["id"]: item for item in cls._categories(api)},
        )

    @staticmethod
    def _categories(api: Api) -> Iterator[Json]:
        total, found = 1, 0
        while found < total:
            answer = api.get("categories/", type="faq.FaqCategory", limit=100, offset=found)
            total, items = answer["meta"]["total_count"], answer["items"]
            yield from items
            found += len(items) or total

    def children(self, page: Json) -> list[Json]:
        """The pages right below this one, in the order of the tree."""
        return [one for one in self.pages.values() if parent(one) == page["id"]]

    def directory(self, index: Json) -> list[Json]:
        partners = [self.pages[id_] for id_ in self.partners if id_ in self.pages]
        return [partner for partner in partners if parent(partner) == index["id"]]

    def articles(self, index: Json) -> list[Json]:
        """The newest first; of one day, the last one in the tree."""
        return sorted(self.children(index), key=lambda page: page["date"])[::-1]

    def groups(self, index: Json) -> list[tuple[Json | None, list[Json]]]:
        """Questions by category; those without one come last."""
        questions, groups = self.children(index), []
        for id_ in [*self.categories, None]:
            group = [one for one in questions if (one["category"] or {}).get("id") == id_]
            if group:
                groups.append((group[0]["category"], group))
        return groups

    def pointing_to(self, page: Json) -> list[Json]:
        """The newest pages in this language in which an editor links to this one."""
        same_language = (
            one for one in self.pages.values() if one["meta"]["locale"] == page["meta"]["locale"]
        )
        url = page["meta"]["html_url"]
        found = [one for one in same_language if one is not page and url in set(links(one))]
        return sorted(found, key=lambda one: (one["meta"]["first_published_at"], one["id"]), reverse=True)

    def language_links(self, page: Json) -> Iterator[tuple[Json, Json]]:
        """Each language with the page for it: the translation, else that of the nearest page above."""
        above = (self.pages.get(item["id"]) for item in reversed(page["meta"]["breadcrumbs"]))
        line = [page, *(one for one in above if one)]
        for locale in self.locales:
            if found := next(filter(None, (self._in(one, locale["code"]) for one in line)), None):
                yield locale, found

    def _in(self, page: Json, locale: str) -> Json | None:
        if page["meta"]["locale"] == locale:
            return page
        ids = [one["id"] for one in page["meta"]["translations"] if one["locale"] == locale]
        return self.pages.get(ids[0]) if ids else None


def parent(page: Json) -> int | None:
    above = page["meta"]["breadcrumbs"]
    return above[-1]["id"] if above else None


def links(value: Any) -> Iterator[str]:
    """The addresses that a page's own content leads to, without anchors."""
    if isinstance(value, str):
        yield from HREF.findall(value)
    elif isinstance(value, list):
        for item in value:
            yield from links(item)
    elif isinstance(value, dict) and value.get("type") not in EXCERPTS:
        if isinstance(value.get("url"), str):
            yield value["url"]
        for name, member in value.items():
            if name != "meta":
                yield from links(member)


def path(url: str) -> str:
    """Where the copy has what is at this address of the site."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}{'#' if parts.fragment else ''}{parts.fragment}"
