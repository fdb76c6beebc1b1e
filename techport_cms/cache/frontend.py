"""Empties shared caches in front through the backends of `wagtail.contrib.frontend_cache`.

TECHPORT_CACHE = {"PURGE": "techport_cms.cache.frontend.purge"}
WAGTAILFRONTENDCACHE = {
    "varnish": {"BACKEND": "techport_cms.cache.frontend.SurrogateKeyBackend", "LOCATION": "http://localhost:6081/"},
}

Wagtail's own backends know addresses only: they are told to forget every address of every site, which
CloudFront and Azure can (`https://example.org/*`). Its app need not be installed; its signals would purge
single pages, which is not enough: a publication changes lists, menus and other languages too.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.request import Request, urlopen

from wagtail.contrib.frontend_cache.backends import BaseBackend, CloudflareBackend
from wagtail.contrib.frontend_cache.utils import get_backends
from wagtail.models import Site

logger = logging.getLogger(__name__)

TIMEOUT = 10  # seconds


class PurgeError(RuntimeError):
    """Names the backends that could not be emptied; the log says why."""


def purge(keys: Sequence[str]) -> None:
    """Have each backend forget every answer with one of these surrogate keys.

    Raises PurgeError, once all were asked. Of Wagtail's own only the log tells that they failed.
    """
    failed = [name for name, backend in get_backends().items() if not _has_purged(name, backend, keys)]
    if failed:
        raise PurgeError(", ".join(failed))


def _has_purged(name: str, backend: Any, keys: Sequence[str]) -> bool:
    try:
        if hasattr(backend, "purge_keys"):
            backend.purge_keys(keys)
        else:
            backend.purge_batch([f"{site.root_url}/*" for site in _sites_of(backend)])
    except Exception:
        logger.exception("The shared cache %r could not be emptied.", name)
        return False
    return True


def _sites_of(backend: BaseBackend) -> Iterator[Site]:
    return (site for site in Site.objects.order_by("pk") if backend.invalidates_hostname(site.hostname))


class SurrogateKeyBackend(BaseBackend):
    """One request with the keys in the header `Surrogate-Key`, separated by spaces.

    LOCATION is where it goes, METHOD its method ("PURGE"), HEADERS what it has besides. Varnish needs a rule
    for it in its VCL (vmod_xkey); Fastly takes it as it is: LOCATION
    https://api.fastly.com/service/<id>/purge, METHOD POST, HEADERS {"Fastly-Key": "<token>"}.
    """

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._location: str = params["LOCATION"]
        self._method: str = params.get("METHOD", "PURGE")
        self._headers: Mapping[str, str] = params.get("HEADERS", {})

    def purge_keys(self, keys: Sequence[str]) -> None:
        """Raises URLError (HTTPError for a status of 400 or more)."""
        headers = {**self._headers, "Surrogate-Key": " ".join(keys)}
        _send(Request(self._location, method=self._method, headers=headers))  # noqa: S310

    def purge(self, url: str) -> None:
        """Raises URLError."""
        _send(Request(url, method=self._method, headers=dict(self._headers)))  # noqa: S310


class CloudflareHostsBackend(CloudflareBackend):
    """Cloudflare reads no `Surrogate-Key`: it forgets all of the sites' hosts. Parameters as Wagtail's."""

    def purge_keys(self, keys: Sequence[str]) -> None:
        """Raises URLError, or ValueError where Cloudflare says that it has not done it."""
        body = json.dumps({"hosts": sorted({site.hostname for site in _sites_of(self)})}).encode()
        headers = {"Content-Type": "application/json", **self._authorization()}
        answer = _send(Request(self.cloudflare_purge_endpoint_url, body, headers, method="POST"))  # noqa: S310
        if not json.loads(answer).get("success"):
            raise ValueError(f"Cloudflare: {answer.decode()}")

    def _authorization(self) -> dict[str, str]:
        if self.cloudflare_token:
            return {"Authorization": f"Bearer {self.cloudflare_token}"}
        return {"X-Auth-Email": self.cloudflare_email, "X-Auth-Key": self.cloudflare_api_key}


def _send(request: Request) -> bytes:
    with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - the operator's address
        return answer.read()
