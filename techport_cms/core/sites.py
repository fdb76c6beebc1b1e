"""Which site a request is for, and where the sites' home pages are: no query on a warm process."""

from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, override
from wagtail.coreutils import WAGTAIL_APPEND_SLASH, get_supported_content_language_variant
from wagtail.models import Page, Site
from wagtail.models.sites import SiteRootPath

from .kept import is_keeping, kept


def remember_site(request: HttpRequest) -> None:
    """Put what is kept where Wagtail looks for it first. Does nothing where nothing is kept."""
    if is_keeping():
        key = ("site", request.get_host(), request.get_port())
        request._wagtail_site = kept(key, lambda: Site.find_for_request(request))  # type: ignore[attr-defined]
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
    beginning = kept(("beginning", root_path, get_language()), lambda: _beginning(language))
    return (site_id, root_url, beginning + quote(page.url_path[len(root_path) :])) if beginning else None


def _beginning(language: str) -> str:
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


def root_paths() -> list[SiteRootPath]:
    """As Site.get_site_root_paths(), whose cache nobody can clear in other processes."""
    return kept("root paths", read_root_paths) if is_keeping() else Site.get_site_root_paths()


def read_root_paths() -> list[SiteRootPath]:
    """The same from the database: two queries."""
    sites = Site.objects.select_related("root_page__locale")
    in_order = sites.order_by("-root_page__url_path", "-is_default_site", "hostname")
    homes = _homes([site.root_page for site in in_order])
    return [
        SiteRootPath(site.pk, home.url_path, site.root_url, home.locale.language_code)
        for site in in_order
        for home in homes
        if home.translation_key == site.root_page.translation_key
    ]


def _homes(roots: list[Page]) -> list[Page]:
    """The root pages with their translations."""
    if not getattr(settings, "WAGTAIL_I18N_ENABLED", False):
        return roots
    keys = {root.translation_key for root in roots}
    return list(Page.objects.filter(translation_key__in=keys).select_related("locale").order_by("pk"))
