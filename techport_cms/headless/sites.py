"""Which site a request is about: the one at its host, or the one that `site` names."""

from typing import Any

from django.http import HttpRequest
from wagtail.models import Site

from .pages import named_site
from .parameters import Parameter
from .problems import not_found

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
