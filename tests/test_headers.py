"""Headers, through real requests."""

import re
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from demo_site import DemoSite
from django.templatetags.static import static
from playwright.sync_api import Page

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


def test_what_the_api_answers_may_load_nothing(demo_site: DemoSite) -> None:
    with demo_site.get("/api/v2/pages/") as answer:
        etag = answer.headers["ETag"]
        policies = [answer.headers["Content-Security-Policy"]]
    for path, headers in (
        ("/api/v2/pages/", {"If-None-Match": etag}),
        ("/api/v2/pages/", {"If-None-Match": etag, "Authorization": "Bearer none"}),
        ("/api/v2/pages/?nothing=1", {}),
        ("/api/nothing/", {}),
    ):
        with pytest.raises(HTTPError) as refused:
            demo_site.get(path, **headers)
        policies.append(refused.value.headers["Content-Security-Policy"])
    assert set(policies) - {None} == {"default-src 'none'; frame-ancestors 'none'"}  # a 304 may leave it out


def test_the_page_about_the_api_is_a_page_of_the_site(demo_site: DemoSite) -> None:
    with demo_site.get("/api/v2/docs/") as answer:
        policy, etag = answer.headers["Content-Security-Policy"], answer.headers["ETag"]
    assert "style-src 'self'" in policy
    with pytest.raises(HTTPError) as unchanged:
        demo_site.get("/api/v2/docs/", **{"If-None-Match": etag})
    assert unchanged.value.code == 304
    assert unchanged.value.headers["Content-Security-Policy"] in (None, policy)


def test_scripts_of_other_websites_see_every_header(demo_site: DemoSite, page: Page) -> None:
    other = urlsplit(demo_site.url)._replace(netloc=f"127.0.0.1:{urlsplit(demo_site.url).port}").geturl()
    page.goto(other + static("techport/css/base.css"))  # a file, which has no policy against asking elsewhere
    script = "async (url) => [...(await fetch(url)).headers.keys()]"
    seen = set(page.evaluate(script, demo_site.url + "/api/v2/navigation/?locale=nl"))
    assert {"etag", "content-language", "surrogate-key"} <= seen


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
