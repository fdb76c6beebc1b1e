"""Shared caches in front are emptied through the backends of wagtail.contrib.frontend_cache."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from wagtail.contrib.frontend_cache.backends import BaseBackend
from wagtail.models import Site

from techport_cms.cache import frontend

pytestmark = pytest.mark.django_db

OURS = "techport_cms.cache.frontend"


class Front(ThreadingHTTPServer):
    """Writes down what it is asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.status, self.answer = 200, b'{"success": true}'
        self.url = f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    server: Front

    def do_PURGE(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, dict(self.headers.items()), body))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.answer)

    do_POST = do_PURGE  # noqa: N815

    def log_message(self, *args: Any) -> None:
        pass


class AddressesOnly(BaseBackend):
    """As Wagtail's are."""

    purged: list[str]

    def purge_batch(self, urls: list[str]) -> None:
        type(self).purged = urls


@pytest.fixture
def front() -> Iterator[Front]:
    with Front() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_by_surrogate_key(front, settings) -> None:
    settings.WAGTAILFRONTENDCACHE = {
        "varnish": {"BACKEND": f"{OURS}.SurrogateKeyBackend", "LOCATION": front.url},
        "fastly": {
            "BACKEND": f"{OURS}.SurrogateKeyBackend",
            "LOCATION": f"{front.url}service/x/purge",
            "METHOD": "POST",
            "HEADERS": {"Fastly-Key": "token"},
        },
    }
    frontend.purge(["techport", "page-7"])
    told = [(method, path, headers["Surrogate-Key"]) for method, path, headers, _ in front.asked]
    assert told == [("PURGE", "/", "techport page-7"), ("POST", "/service/x/purge", "techport page-7")]
    assert front.asked[1][2]["Fastly-Key"] == "token"


def test_cloudflare_by_host(front, settings, monkeypatch, caplog) -> None:
    options = {"BACKEND": f"{OURS}.CloudflareHostsBackend", "BEARER_TOKEN": "token", "ZONEID": "zone"}
    settings.WAGTAILFRONTENDCACHE = {"cdn": {**options, "HOSTNAMES": ["example.org"]}}
    site = Site.objects.get()
    site.hostname = "example.org"
    site.save()
    Site.objects.create(hostname="elsewhere.example", root_page=site.root_page)
    cloudflare = frontend.CloudflareHostsBackend
    url = property(lambda self: front.url, lambda self, value: None)
    monkeypatch.setattr(cloudflare, "cloudflare_purge_endpoint_url", url, raising=False)
    frontend.purge(["techport"])
    ((method, _path, headers, body),) = front.asked
    assert (method, headers["Authorization"], json.loads(body)) == (
        "POST",
        "Bearer token",
        {"hosts": ["example.org"]},
    )
    front.answer = b'{"success": false, "errors": ["no such zone"]}'
    with pytest.raises(frontend.PurgeError, match="cdn"):
        frontend.purge(["techport"])
    assert "no such zone" in caplog.text


def test_what_knows_addresses_only_forgets_all_of_them(settings) -> None:
    settings.WAGTAILFRONTENDCACHE = {"cloudfront": {"BACKEND": f"{__name__}.AddressesOnly"}}
    frontend.purge(["techport"])
    assert AddressesOnly.purged == [f"{Site.objects.get().root_url}/*"]


def test_one_that_fails_is_told_and_the_others_are_emptied(front, settings, caplog) -> None:
    front.status = 503
    settings.WAGTAILFRONTENDCACHE = {
        "varnish": {"BACKEND": f"{OURS}.SurrogateKeyBackend", "LOCATION": front.url},
        "cloudfront": {"BACKEND": f"{__name__}.AddressesOnly"},
    }
    AddressesOnly.purged = []
    with pytest.raises(frontend.PurgeError, match="varnish"):
        frontend.purge(["techport"])
    assert "503" in caplog.text
    assert AddressesOnly.purged
