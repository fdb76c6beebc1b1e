"""Where a visitor can begin: the pages and files of each site, and where something is that he may not
see, was, or never was."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit, urlunsplit

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from wagtail.coreutils import get_content_languages
from wagtail.documents import get_document_model
from wagtail.models import Page, Site

from techport_cms.changes.models import Tombstone
from techport_cms.core.sites import root_paths
from techport_cms.core.visibility import is_public_file, public_pages

from .content import CHUNK

WELL_KNOWN = (
    "",
    "robots.txt",
    "sitemap.xml",
    "favicon.ico",
    ".well-known/security.txt",
    ".well-known/change-password",
)
NOWHERE = "check-leaks/there-is-nothing-here/"


@dataclass(frozen=True)
class Hosts:
    """The addresses of the sites: "https://example.org", by host name."""

    roots: dict[str, str]
    excluded: tuple[str, ...]  # beginnings of paths: the admin, uploaded and static files

    def own(self, url: str, base: str) -> str | None:
        """The absolute address, where it is on one of the sites and no file or page of the admin."""
        try:
            parts = urlsplit(urljoin(base, url.strip()))
        except ValueError:
            return None
        root = self.roots.get(parts.hostname or "")
        if root is None or parts.scheme not in ("http", "https") or parts.path.startswith(self.excluded):
            return None
        scheme, netloc = urlsplit(root)[:2]
        return urlunsplit((scheme, netloc, parts.path or "/", parts.query, ""))


def hosts(server: str = "") -> Hosts:
    """Of all sites; the default one is asked at the address of the server, where one is given."""
    roots: dict[str, str] = {}
    for site in Site.objects.order_by("is_default_site"):
        root = server.rstrip("/") if server and site.is_default_site else site.root_url
        roots[site.hostname] = root
        roots[urlsplit(root).hostname or ""] = root
    default = next(reversed(roots.values()), "")
    for name in ("WAGTAILAPI_BASE_URL", "WAGTAILADMIN_BASE_URL"):  # with which some addresses are made
        named = urlsplit(getattr(settings, name, None) or "").hostname
        if named and default:
            roots.setdefault(named, default)
    return Hosts(roots, tuple(path for path in _excluded() if path.strip("/")))


def _excluded() -> Iterator[str]:
    yield from (settings.STATIC_URL or "", settings.MEDIA_URL or "")
    try:
        yield reverse("wagtailadmin_home")
    except NoReverseMatch:
        return


def starting_addresses(known: Hosts) -> Iterator[str]:
    """Relative ones are of every site."""
    yield from (f"/{path}" for path in (*WELL_KNOWN, NOWHERE))
    yield from (f"/{language}/{NOWHERE}" for language in get_content_languages())
    yield from (path for _page, path in hidden_pages())
    yield from was_there()
    yield from redirects()
    yield from (document.url for document in get_document_model().objects.iterator(CHUNK))
    for page in public_pages().order_by("path").iterator(CHUNK):
        if url := page.get_full_url():
            yield url


def hidden_pages() -> Iterator[tuple[Page, str]]:
    """Where the pages are that are not public: they have an address nevertheless."""
    hidden = Page.objects.exclude(pk__in=public_pages().values("pk")).filter(depth__gt=1)
    for page in hidden.order_by("path").iterator(CHUNK):
        if url := page.get_full_url():
            yield page, url


def was_there() -> Iterator[str]:
    """The addresses of pages that were public and are not."""
    roots = root_paths()
    for url_path in Tombstone.objects.values_list("url_path", flat=True).iterator(CHUNK):
        for root in roots:
            if url_path.startswith(root.root_path):
                yield root.root_url + _path_of(root.language_code, url_path.removeprefix(root.root_path))


def redirects() -> Iterator[str]:
    if not apps.is_installed("wagtail.contrib.redirects"):
        return
    from wagtail.contrib.redirects.models import Redirect

    for redirect in Redirect.objects.select_related("site").iterator(CHUNK):
        root = redirect.site.root_url if redirect.site else ""
        yield f"{root}{redirect.old_path}"


def hidden_files() -> dict[str, Model]:
    """The documents that are not public, by the path of their address."""
    documents = get_document_model().objects.iterator(CHUNK)
    return {urlsplit(one.url).path: one for one in documents if not is_public_file(one)}


def _path_of(language: str, path: str) -> str:
    from django.utils.translation import override

    with override(language):
        return reverse("wagtail_serve", args=[path])
