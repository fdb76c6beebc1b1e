"""The languages of a page: the switch in the header, hreflang, breadcrumbs."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language, get_language_from_path, get_language_info
from wagtail.coreutils import get_content_languages
from wagtail.models import Page, Site

from .kept import kept
from .references import public_translations


@dataclass(frozen=True)
class LanguageLink:
    """Where a reader gets who switches to this language.

    `exact` says that it is the same page; otherwise `instead` is the title of the page that stands in for
    it (the nearest one above that is there in that language), to be named in the switch.
    """

    code: str  # BCP 47
    name: str  # in the language itself
    url: str
    current: bool
    exact: bool
    instead: str = ""


def address_language(path: str) -> str:
    """The language that this path names, else the default one; no reader's preference decides."""
    return get_language_from_path(path) or settings.LANGUAGE_CODE


def ancestors_of(page: Page) -> list[Page]:
    """The live pages above this one, home page first."""
    routed = getattr(page, "routed_ancestors", None)
    if routed is None:
        routed = page.get_ancestors().filter(depth__gt=1).order_by("depth") if page.path else []
    return [ancestor for ancestor in routed if ancestor.live]


def page_language_links(page: Page, request: HttpRequest | None = None) -> list[LanguageLink]:
    """One link per content language, the default language first. One query at most; none where they are
    kept, which those of a draft are not: routing has not found it."""
    if request is None or not hasattr(page, "routed_ancestors"):
        return _page_links(page, request)
    site = Site.find_for_request(request)
    key = ("language links", page.pk, get_language(), site and site.pk)
    return kept(key, lambda: _page_links(page, request))


def _page_links(page: Page, request: HttpRequest | None) -> list[LanguageLink]:
    line = [page, *reversed(ancestors_of(page))]
    there = public_translations(line)
    links = [_page_link(code, line, there, request) for code in get_content_languages()]
    return [link for link in links if link is not None]


def view_language_links(request: HttpRequest) -> list[LanguageLink]:
    """The same for what is not a page: a view's own address in each language, else the home pages."""
    match = request.resolver_match
    is_view = match is not None and match.url_name != "wagtail_serve"
    path = request.get_full_path() if is_view else "/"
    return [
        LanguageLink(code, _own_name(code), translate_url(path, code), code == get_language(), exact=True)
        for code in get_content_languages()
    ]


def x_default(links: Iterable[LanguageLink]) -> str | None:
    """The address for readers of every other language: the default language's, else the first."""
    exact = {link.code: link.url for link in links if link.exact}
    return exact.get(settings.LANGUAGE_CODE) or next(iter(exact.values()), None)


def _page_link(
    code: str, line: list[Page], there: dict[tuple[UUID, str], Page], request: HttpRequest | None
) -> LanguageLink | None:
    page = line[0]
    if code == get_language():
        return LanguageLink(code, _own_name(code), page.get_full_url(request) or "", True, True)
    for candidate in line:
        target = there.get((candidate.translation_key, code))
        if target is not None and (url := target.get_full_url(request)):
            exact = candidate is page
            return LanguageLink(code, _own_name(code), url, False, exact, "" if exact else target.title)
    return None


def _own_name(code: str) -> str:
    return get_language_info(code)["name_local"].capitalize()
