"""Which site a request is for, and where the sites' home pages are: no query on a warm process."""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, override
from wagtail.coreutils import WAGTAIL_APPEND_SLASH, get_supported_content_language_variant
from wagtail.models import Page, Site
from wagtail.models.sites import SiteRootPath

from .kept import is_keeping, kept
from .together import once

SITE = ("id", "hostname", "port", "site_name", "root_page_id", "is_default_site")  # columns of a site


def remember_site(request: HttpRequest) -> None:
    """Put what is kept where Wagtail looks for it first. Does nothing where nothing is kept."""
    if is_keeping():
        request.get_host()  # refuses a name that is not allowed
        # Not kept by host: there is no end of ports and, with wildcards, of names.
        request._wagtail_site = site_at(request)  # type: ignore[attr-defined]
        request._wagtail_cached_site_root_paths = root_paths()  # type: ignore[attr-defined]


def know_root_paths(page: Page) -> None:
    """The same for `page.url`, which knows no request."""
    if is_keeping():
        page._wagtail_cached_site_root_paths = root_paths()


def url_parts(page: Page) -> tuple[int, str, str] | None:
    """As page.get_url_parts() for a page of one site, in which Wagtail would ask the URL resolver
    each time; None where this does not know and Wagtail must be asked."""
    if not is_keeping() or not WAGTAIL_APPEND_SLASH:
        return None
    places = [root for root in root_paths() if page.url_path.startswith(root.root_path)]
    if len(places) != 1:
        return None
    site_id, root_path, root_url, language = places[0]
    beginning = kept(("beginning", root_path, get_language()), lambda: home_address(language))
    return (site_id, root_url, beginning + quote(page.url_path[len(root_path) :])) if beginning else None


def home_address(language: str) -> str:
    """The path of the home page in this language, "/en/"; empty where the site serves no pages."""
    active = get_language()
    # As Wagtail does: in the active language, where that is a variant of the page's.
    try:
        variant = get_supported_content_language_variant(active) if active else None
    except LookupError:
        variant = None
    with override(active if variant == language else language):
        try:
            return reverse("wagtail_serve", args=[""])
        except NoReverseMatch:
            return ""


def only_site_of(page: Page) -> int | None:
    """The primary key of the site that the page is part of; None where it is part of several, or of none."""
    sites = {root.site_id for root in root_paths() if page.url_path.startswith(root.root_path)}
    return sites.pop() if len(sites) == 1 else None


def root_paths() -> list[SiteRootPath]:
    """As Site.get_site_root_paths(), whose cache nobody can clear in other processes."""
    return kept("root paths", read_root_paths) if is_keeping() else Site.get_site_root_paths()


def read_root_paths() -> list[SiteRootPath]:
    """The same of the sites that are known. One query."""
    sites = kept("sites", read_sites)
    return [
        SiteRootPath(site.pk, home.url_path, site.root_url, home.locale.language_code)
        for site, homes in sites
        for home in homes
    ]


def site_at(request: HttpRequest) -> Site | None:
    """As Site.find_for_request() among the sites that are known."""
    host = request._get_raw_host()  # type: ignore[attr-defined]
    return best_site(known_sites(), split_domain_port(host)[0], request.get_port())


def known_sites() -> list[Site]:
    """One query, none where they are kept."""
    return [site for site, _homes in kept("sites", lambda: once(read_sites))]


def best_site(sites: list[Site], hostname: str, port: str) -> Site | None:
    """Of the sites at the host that at the port, else the default one; else the default site, unless only
    one site is at the host."""
    here = [site for site in sites if site.hostname == hostname]
    exact = [site for site in here if str(site.port) == port]
    default = [site for site in sites if site.is_default_site]
    best = exact or [site for site in here if site.is_default_site] or (here if len(here) == 1 else default)
    return best[0] if best else None


def read_sites() -> list[tuple[Site, list[Page]]]:
    """Each site with its home page in every language, the most specific place first. One query."""
    roots = Site.objects.values("root_page__translation_key")
    homes = Page.objects.filter(translation_key__in=roots)
    if not getattr(settings, "WAGTAIL_I18N_ENABLED", False):
        homes = homes.filter(sites_rooted_here__isnull=False)
    columns = {f"site_{name}": F(f"sites_rooted_here__{name}") for name in SITE}
    rows = list(homes.select_related("locale").annotate(**columns).order_by("pk"))
    languages = {row.pk: row for row in rows}.values()  # a page may be the root of several sites
    sites = [_site_of(row) for row in rows if row.site_id is not None]
    sites.sort(key=lambda site: (not site.is_default_site, site.hostname))
    sites.sort(key=lambda site: site.root_page.url_path, reverse=True)
    return [(site, [home for home in languages if _is_home_of(home, site)]) for site in sites]


def _site_of(row: Any) -> Site:
    values = {name: getattr(row, f"site_{name}") for name in SITE}
    site = Site.from_db(row._state.db, list(values), list(values.values()))
    site.root_page = row
    return site


def _is_home_of(page: Page, site: Site) -> bool:
    if getattr(settings, "WAGTAIL_I18N_ENABLED", False):
        return page.translation_key == site.root_page.translation_key
    return page.pk == site.root_page.pk
