"""The pages that content points to: links in rich text, choosers in blocks, related pages.

A reference is followed to the page's public translation in the reader's language, else to
the page itself where it is public, else nowhere. What a page points to is announced
(`expect_pages`) before the first of it is asked for, and then loaded in one query with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from wagtail.models import Locale, Page, PageQuerySet

from .kept import is_kept, kept
from .prepared import padded, parameters, prepared
from .sites import know_root_paths
from .spoken import active_language, expected_languages
from .together import shared, together
from .visibility import is_public_row, is_restricted

# What nobody asks of a page that is pointed to, or stands above another; who does asks the database for each
# such page. Reading these of every row, times above all, took a tenth of the CPU of an answer.
UNREAD = (
    *("has_unpublished_changes", "draft_title", "latest_revision", "latest_revision_created_at"),
    *("live_revision", "first_published_at", "last_published_at", "go_live_at", "expire_at", "expired"),
    *("locked", "locked_at", "locked_by", "owner"),
)

Key = tuple[str, Any]  # field and value: ("id", 3), ("path", "00010002"), ("translation_key", UUID(…))


class PageLoader:
    """The pages that somebody asks for, or is going to ask for: the first question loads them all."""

    def __init__(self) -> None:
        self._expected: set[Key] = set()
        self._loaded: set[tuple[str, Any, str]] = set()  # keys, with the language where it matters
        self._pages: dict[Key, Page] = {}
        self._translations: dict[UUID, dict[str, Page]] = defaultdict(dict)  # the public ones, by language
        self._oldest: dict[UUID, int] = {}  # among all that are loaded, drafts too

    def expect(self, keys: Iterable[Key]) -> None:
        self._expected.update(keys)

    def page(self, id_: int, code: str) -> Page | None:
        """The page itself, whether it is public or not."""
        self.load({("id", id_)}, code)
        return self._pages.get(("id", id_))

    def loaded(self, key: Key) -> Page | None:
        return self._pages.get(key)

    def public_page(self, key: Key, code: str) -> Page | None:
        """What the page's reference leads to in this language. Costs nothing after `load`."""
        self.load({key}, code)
        page = self._pages.get(key)
        if page is None:
            return None
        return self._translations[page.translation_key].get(code) or (page if is_public_row(page) else None)

    def translations(self, key: UUID) -> dict[str, Page]:
        """The public translations that are loaded, by language."""
        return self._translations[key]

    def oldest(self, key: UUID) -> int | None:
        """Of the pages with this translation key, drafts too; None where they were not asked for."""
        return self._oldest.get(key) if ("translation_key", key, "") in self._loaded else None

    def load(self, keys: set[Key], code: str) -> None:
        if all(_in_language(key, code) in self._loaded for key in keys):
            return
        # What is expected stays so: an id leads to another page in another language.
        codes = expected_languages(code)
        asked = {_in_language(key, one): key for key in keys | self._expected for one in codes}
        missing = {key for marked, key in asked.items() if marked not in self._loaded}
        self._loaded.update(asked)
        for page in self._query(missing, codes):
            know_root_paths(page)
            self._pages["id", page.pk] = self._pages["path", page.path] = page
            self._oldest[page.translation_key] = min(page.pk, self._oldest.get(page.translation_key, page.pk))
            if is_public_row(page):
                self._translations[page.translation_key][page.locale.language_code] = page

    def _query(self, keys: Iterable[Key], codes: list[str]) -> Iterable[Page]:
        values: dict[str, list[Any]] = defaultdict(list)
        for field, value in keys:
            values[field].append(value)
        given = {field: padded(found) for field, found in sorted(values.items())}
        shape = tuple((field, len(found)) for field, found in given.items())
        languages = padded(codes)
        return prepared(_pages_with, shape, len(languages))(*languages, *chain.from_iterable(given.values()))


def _in_language(key: Key, code: str) -> tuple[str, Any, str]:
    return (*key, code if key[0] == "id" else "")


def _pages_with(shape: tuple[tuple[str, int], ...], languages: int) -> PageQuerySet:
    """The pages with so many values of these fields, and the translations of those with an `id` into so
    many languages."""
    arms, first = [], languages
    for field, number in shape:
        named = Page.objects.filter(
            **{f"{field}__in": parameters(number, Page._meta.get_field(field), first)}
        )
        arms.append(named)
        if field == "id":
            codes = parameters(languages, Locale._meta.get_field("language_code"))
            keys = named.order_by().values("translation_key")
            arms.append(Page.objects.filter(translation_key__in=keys, locale__language_code__in=codes))
        first += number
    # A union, since for an OR of these the database would look at every page.
    ids, *others = [arm.order_by().values("pk") for arm in arms]
    wanted = ids.union(*others, all=True) if others else ids
    pages = Page.objects.filter(pk__in=wanted).annotate(is_restricted=is_restricted())
    return pages.select_related("locale").defer(*UNREAD).order_by()


def public_pages_by_id(ids: Iterable[int], language: str | None = None) -> dict[int, Page | None]:
    """For each page id the page that a reader in `language` (default: the active one) is led to.

    The value is None where neither the page nor its translation is public. One query at most.
    """
    wanted = {int(id_) for id_ in ids}
    if not wanted:
        return {}
    code, loader = active_language(language), shared(PageLoader)
    loader.load({("id", id_) for id_ in wanted}, code)
    return {id_: loader.public_page(("id", id_), code) for id_ in wanted}


def public_page(page: Page | None) -> Page | None:
    """The page that a reader is led to who follows a reference to `page`, or None."""
    return public_pages_by_id([page.pk])[page.pk] if page is not None and page.pk else None


def public_urls(ids: Iterable[int]) -> dict[int, str | None]:
    """For each page id the address that a reader is led to, as `Page.url` has it; None where there is none.

    One query at most, and none for addresses that are kept.
    """
    code, wanted = active_language(), {int(id_) for id_ in ids}
    with preloaded(_without_url(wanted, code)):
        return {id_: kept(_url_key(id_, code), partial(_public_url, id_, code)) for id_ in wanted}


def expect_urls(ids: Iterable[int]) -> None:
    """Announce pages of which the address is going to be asked for, and nothing else."""
    expect_pages(_without_url({int(id_) for id_ in ids}, active_language()))


def public_parent(page: Page) -> Page | None:
    """The public page above this one."""
    return shared(PageLoader).public_page(_parent_key(page), active_language())


def public_itself(id_: int) -> Page | None:
    """The page with this id where it is public, not its translation."""
    page = shared(PageLoader).page(id_, active_language())
    return page if page is not None and is_public_row(page) else None


def public_ancestors(page: Page) -> list[Page]:
    """The public pages above this one, the home page first. Costs no query where `expect_ancestors`
    has announced them."""
    loader, code = shared(PageLoader), active_language()
    loader.load(set(_ancestor_keys(page)), code)
    found = (loader.loaded(key) for key in _ancestor_keys(page))
    return [above for above in found if above is not None and is_public_row(above)]


def expect_ancestors(pages: Iterable[Page]) -> None:
    shared(PageLoader).expect(key for page in pages for key in _ancestor_keys(page))


def pages_by_id(ids: Iterable[int]) -> dict[int, Page]:
    """The pages themselves, for who does not show them: they may be drafts or private."""
    wanted = set(ids)
    loader, code = shared(PageLoader), active_language()
    loader.load({("id", id_) for id_ in wanted}, code)
    return {id_: page for id_ in wanted if (page := loader.page(id_, code)) is not None}


def public_translations(pages: Iterable[Page]) -> dict[tuple[UUID, str], Page]:
    """The public translations of these pages, by translation key and language. One query at most."""
    keys, loader = {page.translation_key for page in pages}, shared(PageLoader)
    loader.load({("translation_key", key) for key in keys}, active_language())
    return {(key, code): page for key in keys for code, page in loader.translations(key).items()}


def oldest_page(key: UUID) -> int | None:
    """The primary key of the oldest page with this translation key, draft or not, where its translations
    have been loaded. Costs no query."""
    return shared(PageLoader).oldest(key)


def expect_pages(
    ids: Iterable[int] = (),
    translations_of: Iterable[Page] = (),
    parents_of: Iterable[Page] = (),
) -> None:
    """Announce what is going to be asked for."""
    loader = shared(PageLoader)
    loader.expect(("id", int(id_)) for id_ in ids)
    loader.expect(("translation_key", page.translation_key) for page in translations_of)
    loader.expect(_parent_key(page) for page in parents_of)


@contextmanager
def preloaded(ids: Iterable[int]) -> Iterator[None]:
    """Within this context, references to these pages cost no further query."""
    with together():
        public_pages_by_id(ids)
        yield


def _url_key(id_: int, code: str) -> tuple[str, int, str, str | None]:
    # Both: `code` is that of the content, and an address may begin with a variant of it ("en-gb" of "en").
    return "url of page", id_, code, get_language()


def _without_url(ids: Iterable[int], code: str) -> list[int]:
    return [id_ for id_ in ids if not is_kept(_url_key(id_, code))]


def _public_url(id_: int, code: str) -> str | None:
    page = public_pages_by_id([id_], code)[id_]
    return page.url if page is not None else None


def _parent_key(page: Page) -> Key:
    return "path", page.path[: -page.steplen]


def _ancestor_keys(page: Page) -> list[Key]:
    """From the home page down; the root of all trees is no page that anybody sees."""
    step = page.steplen
    return [("path", page.path[: depth * step]) for depth in range(2, page.depth)]
