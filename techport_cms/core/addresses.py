"""Which place in the tree an address leads to, on whichever site of this installation."""

from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from django.http import HttpRequest
from django.urls import get_script_prefix
from wagtail.models import Site

from .routing import url_path_at
from .sites import best_site, known_sites
from .visibility import is_restricted_place

PORTS = {"http": "80", "https": "443"}


class OwnAddresses:
    """As they are for who has sent this request: its host is ours too, whatever the sites are called."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def is_private(self, address: str, base: str = "") -> bool:
        """Whether a page that not everybody may see is at this address, or above it."""
        place = self.url_path(address, base)
        return bool(place) and is_restricted_place(place)

    def url_path(self, address: str, base: str = "") -> str:
        """The Page.url_path that this address leads to (a relative one from `base`), whether there is such a
        page or not; empty where it is on no site of ours, or no address."""
        try:
            parts = urlsplit(urljoin(base, address))
            site = self._site_at(parts)
        except ValueError:
            return ""
        path = f"/{unquote(parts.path).removeprefix(get_script_prefix()).lstrip('/')}"
        return (site and url_path_at(site, path)) or ""

    def _site_at(self, parts: SplitResult) -> Site | None:
        hostname, port = place_of(parts)
        if (hostname, port) == place_of(urlsplit(f"{self.request.scheme}://{self.request.get_host()}")):
            return Site.find_for_request(self.request)
        sites = known_sites()
        is_ours = any(site.hostname == hostname for site in sites)
        return best_site(sites, hostname, port) if is_ours else None


def place_of(parts: SplitResult) -> tuple[str, str]:
    """Host and port, each written in one way. ValueError where the port is none."""
    return (parts.hostname or "").rstrip("."), str(parts.port or PORTS.get(parts.scheme, ""))
