"""The frame around every page: site settings and navigation in the reader's language.

What a language does not have (yet) comes from the default language.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Locale, Page, Site

from techport_cms.core.delivery import current
from techport_cms.core.kept import kept
from techport_cms.core.references import preloaded, public_pages_by_id
from techport_cms.core.schemas import Schema, array, closed, nullable, ref

from .models import Navigation, SiteSettings

Entry = dict[str, Any]  # NavigationItemBlock as it is stored: label, page (its id), url, children
Row = TypeVar("Row", SiteSettings, Navigation)


@dataclass(frozen=True)
class NavigationItem:
    """`current` is the value of aria-current: "page", or "true" for a page or entry above the one shown."""

    label: str
    url: str
    current: str = ""
    is_page: bool = False  # else an address elsewhere
    children: list["NavigationItem"] = field(default_factory=list)


@dataclass(frozen=True)
class Content:
    """What the frame of a site says in a language: the same on every page."""

    settings: SiteSettings
    main: list[NavigationItem] = field(default_factory=list)
    footer: list[NavigationItem] = field(default_factory=list)


@dataclass(frozen=True)
class Frame:
    settings: SiteSettings
    main: list[NavigationItem] = field(default_factory=list)
    footer: list[NavigationItem] = field(default_factory=list)
    home_url: str = "/"

    @property
    def place(self) -> tuple[str, ...]:
        """Where the page shown stands in the menus. With the site and the language it decides what they show;
        there are as many of it as entries, more or less, and not as many as addresses."""
        return tuple(_marks([*self.main, *self.footer]))


def site_frame(request: HttpRequest) -> Frame:
    """The frame of this request's site in the active language: three queries, none on a warm process."""
    home_url = reverse("wagtail_serve", args=[""])
    site = Site.find_for_request(request)
    if site is None:
        return Frame(_no_settings(), home_url=home_url)
    code = _code()
    # The addresses begin with the active language, which may be a variant of the content's.
    content = kept(("frame", site.pk, code, get_language()), lambda: _content(site, code, request))
    main, footer = (
        [_seen_from(request.path, item, home_url) for item in items]
        for items in (content.main, content.footer)
    )
    return Frame(content.settings, main, footer, home_url)


SETTINGS_TEXTS = (
    "name", "tagline", "organisation", "contact_email", "contact_label", "phone", "address",
    "footer_text", "notice", "seo_title", "description",
)  # fmt: skip
TEXT: Schema = {"type": "string"}
SETTINGS_SCHEMA: Schema = {
    "type": "object",
    "properties": {
        **dict.fromkeys(SETTINGS_TEXTS, TEXT),
        "social_links": array(closed({"name": TEXT, "url": TEXT})),
        "social_image": nullable(ref("Image")),
    },
}
NAVIGATION_SCHEMA: Schema = {
    "type": "object",
    "properties": {"main": array(ref("NavigationItem")), "footer": array(ref("NavigationItem"))},
}


def settings_json(site: Site, locale: Locale) -> dict[str, Any]:
    """For channels; {} while nothing is published."""
    row = _published(SiteSettings, site, locale.language_code)
    if row is None:
        return {}
    return {
        **{name: getattr(row, name) for name in SETTINGS_TEXTS},
        "social_links": [{"name": link.value["name"], "url": link.value["url"]} for link in row.social_links],
        "social_image": current().image(row.social_image),
    }


def navigation_json(site: Site, locale: Locale) -> dict[str, Any]:
    """For channels: trees of {"label", "url", "page", "children"}; {} while nothing is published."""
    row = _published(Navigation, site, locale.language_code)
    if row is None:
        return {}
    trees = {"main": _entries(row.main.raw_data), "footer": _entries(row.footer.raw_data)}
    pages = public_pages_by_id(_page_ids([*trees["main"], *trees["footer"]]))
    with preloaded(page.pk for page in pages.values() if page):
        return {name: _tree_json(entries, pages) for name, entries in trees.items()}


def _code() -> str:
    return get_supported_content_language_variant(get_language() or settings.LANGUAGE_CODE)


def _published(model: type[Row], site: Site, code: str) -> Row | None:
    """The published row in this language, else in the default one. One query."""
    related = ["locale", "social_image"] if model is SiteSettings else ["locale"]
    rows = model.objects.filter(
        site=site, live=True, locale__language_code__in={code, settings.LANGUAGE_CODE}
    )
    by_code = {row.locale.language_code: row for row in rows.select_related(*related)}
    return by_code.get(code) or by_code.get(settings.LANGUAGE_CODE)


def _content(site: Site, code: str, request: HttpRequest) -> Content:
    texts = _published(SiteSettings, site, code) or _no_settings()
    row = _published(Navigation, site, code)
    if row is None:
        return Content(texts)
    main, footer = _entries(row.main.raw_data), _entries(row.footer.raw_data)
    pages = public_pages_by_id(_page_ids([*main, *footer]))
    return Content(texts, _items(main, pages, request), _items(footer, pages, request))


def _no_settings() -> SiteSettings:
    return SiteSettings(name=settings.WAGTAIL_SITE_NAME, site=None)


def _entries(stored: Iterable[dict[str, Any]]) -> list[Entry]:
    # As they are stored: the block would load each page, which may not even be public.
    return [item["value"] for item in stored]


def _below(entry: Entry) -> list[Entry]:
    # What was stored before there were submenus has none.
    return _entries(entry.get("children") or ())


def _page_ids(entries: Iterable[Entry]) -> Iterator[int]:
    """Of all levels, so that they are loaded together."""
    for entry in entries:
        if entry.get("page"):
            yield entry["page"]
        yield from _page_ids(_below(entry))


def _items(entries: list[Entry], pages: dict[int, Page | None], request: HttpRequest) -> list[NavigationItem]:
    """An entry that leads nowhere is left out, with what is below it."""
    items = []
    for entry in entries:
        page = pages.get(entry.get("page", 0))
        url = page.get_url(request) if page else entry.get("url")
        if url:
            label = entry.get("label") or (page.title if page else url)
            children = _items(_below(entry), pages, request)
            items.append(NavigationItem(label, url, is_page=page is not None, children=children))
    return items


def _seen_from(path: str, item: NavigationItem, home_url: str) -> NavigationItem:
    children = [_seen_from(path, child, home_url) for child in item.children]
    below = "true" if any(child.current for child in children) else ""
    return replace(item, current=_aria_current(item, path, home_url) or below, children=children)


def _marks(items: Iterable[NavigationItem]) -> Iterator[str]:
    for item in items:
        yield item.current
        yield from _marks(item.children)


def _aria_current(item: NavigationItem, path: str, home_url: str) -> str:
    if not item.is_page:
        return ""
    target = urlsplit(item.url).path
    if target == path:
        return "page"
    # Every page is below the home page, which says nothing.
    return "true" if target != home_url and path.startswith(target) else ""


def _tree_json(entries: list[Entry], pages: dict[int, Page | None]) -> list[dict[str, Any]]:
    return [item for entry in entries if (item := _item_json(entry, pages))]


def _item_json(entry: Entry, pages: dict[int, Page | None]) -> dict[str, Any] | None:
    page = current().page(pages.get(entry.get("page", 0)))
    url = page["url"] if page else entry.get("url")
    if not url:
        return None
    return {
        "label": entry.get("label") or (page["title"] if page else url),
        "url": url,
        "page": page,
        "children": _tree_json(_below(entry), pages),
    }
