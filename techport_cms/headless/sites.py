"""Which site a request is about: the one at its host, or the one that `site` names."""

from typing import Any

from django.http import HttpRequest
from wagtail.models import Site

from .parameters import Parameter, whole_number
from .problems import bad_request, not_found

LAST_PORT = 65535


def named_site(text: str) -> Site | None:
    """The site "hostname" or "hostname:port"; None for an empty text. Raises ApiError (400, 404)."""
    if not text:
        return None
    hostname, _, port = text.partition(":")
    try:
        with_port = {"port": whole_number(0, LAST_PORT)(port)} if port else {}
    except ValueError as error:
        raise bad_request("site must be a host name, or one with a port") from error
    sites = Site.objects.filter(hostname=hostname, **with_port)
    if len(sites) > 1:
        raise bad_request("Your query returned multiple sites. Try adding a port number to your site filter.")
    if not sites:
        raise not_found("No Site matches the given query.")
    return sites[0]


SITE = Parameter(
    "site",
    "Host name, with a port where it needs one, of another site of this installation.",
    parse=named_site,
)


def site_of(request: HttpRequest, values: dict[str, Any]) -> Site:
    """Raises ApiError (404) where there is none."""
    site = values.get("site") or Site.find_for_request(request)
    if site is None:
        raise not_found("there is no site at this host")
    return site


def site_query(site: Site) -> dict[str, str]:
    """What names this site in a query, among any others; who asks at the default site need not."""
    return {} if site.is_default_site else {"site": f"{site.hostname}:{site.port}"}
