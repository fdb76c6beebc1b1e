"""Headers, through real requests."""

import re
from urllib.error import HTTPError

import pytest
from demo_site import DemoSite

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "path", ["/", "/en/", "/word-partner/", "/api/v2/pages/", "/sitemap.xml", "/search/?q=x"]
)
def test_the_site_allows_nothing_inline(demo_site: DemoSite, path: str) -> None:
    with demo_site.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        assert "nonce-" not in policy
        assert "default-src 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Accept-Language" not in (answer.headers["Vary"] or "")


def test_the_admin_has_its_own_policy(demo_site: DemoSite) -> None:
    with demo_site.get("/admin/login/") as answer:
        assert "style-src 'self' 'unsafe-inline'" in answer.headers["Content-Security-Policy"]


def test_static_files_are_hashed_compressed_and_kept(demo_site: DemoSite) -> None:
    with demo_site.get("/") as answer:
        sheet = re.search(r'href="(/static/techport/css/base\.[0-9a-f]{12}\.css)"', answer.read().decode())
    assert sheet
    with demo_site.get(sheet[1], **{"Accept-Encoding": "br"}) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]


def test_unknown_hosts_are_refused(demo_site: DemoSite) -> None:
    with pytest.raises(HTTPError) as refused:
        demo_site.get("/", Host="evil.example")
    assert refused.value.code == 400
