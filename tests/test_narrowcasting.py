"""The screen of examples/narrowcasting in a real browser: it shows what is meant for screens, and goes on
when the network, the site or its answers fail."""

import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from demo_site import ROOT, DemoSite
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser

EXAMPLE = ROOT / "examples/narrowcasting"
ON_SCREEN = "type=news.ArticlePage&locale={}&channel=screens&order=-date&limit=8"

LISTS = re.compile(r"/api/v2/pages/")
CHANGES = re.compile(r"/api/v2/changes/")
EVERYTHING = re.compile(r"/api/v2/")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        """Nothing: the test's output is for the test."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The example's own address, which is not that of the site."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(EXAMPLE))) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://localhost:{running.server_port}/index.html"
        running.shutdown()


@pytest.fixture
def address(server: str, demo_site: DemoSite) -> str:
    return f"{server}?site={demo_site.url}&locale=nl,en&seconds=0.3&refresh=0.5"


def titles(site: DemoSite, locale: str) -> list[str]:
    with site.get(f"/api/v2/pages/?{ON_SCREEN.format(locale)}") as answer:
        return [page["title"] for page in json.load(answer)["items"]]


def shown_news(page: Page, locale: str) -> list[str]:
    return page.locator(f".slide.news[lang={locale}] h1").evaluate_all(
        "all => all.map(one => one.textContent)"
    )


def wait_for_another_slide(page: Page) -> None:
    """For one that was not shown when this was asked."""
    before = page.locator(".slide.shown").inner_text()
    page.wait_for_function(
        "before => document.querySelector('.slide.shown').innerText !== before", arg=before
    )


def test_news_and_partners_go_round_in_both_languages(demo_site: DemoSite, page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(address)
    for kind in ("news", "partners"):
        for locale in ("nl", "en"):
            page.locator(f".slide.shown.{kind}[lang={locale}]").wait_for()
    assert shown_news(page, "nl") == titles(demo_site, "nl")
    assert shown_news(page, "en") == titles(demo_site, "en")
    lists = [url for url in asked if LISTS.search(url)]
    assert len(lists) == 4
    assert all("channel=screens" in url for url in lists)
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    expect(page.locator("#state")).to_contain_text("Bijgewerkt om")


def test_without_a_network_it_goes_on_also_after_a_restart(
    demo_site: DemoSite, page: Page, address: str
) -> None:
    page.goto(address)
    page.locator(".slide.news").first.wait_for(state="attached")
    page.evaluate("Promise.all([...document.images].map(image => image.decode()))")
    page.context.set_offline(True)
    expect(page.locator("#state")).to_contain_text("Geen verbinding. Bijgewerkt op")
    wait_for_another_slide(page)
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")  # nothing is there by luck
    page.reload()
    page.locator(".slide.shown.news").wait_for()
    wait_for_another_slide(page)
    assert shown_news(page, "nl") == titles(demo_site, "nl")
    expect(page.locator("#state")).to_contain_text("Geen verbinding. Bijgewerkt op")
    pictures = page.locator(".news img").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert pictures
    assert all(pictures)
    page.context.set_offline(False)
    expect(page.locator("#state")).to_contain_text("Bijgewerkt om")


END = "2099-01-01T00:00:00Z"


@pytest.mark.parametrize("restarted", [False, True])
def test_without_a_network_what_ends_goes(
    demo_site: DemoSite, page: Page, address: str, restarted: bool
) -> None:
    """The first of each list: an article, and one partner of a slide."""
    page.route(LISTS, with_an_end)
    page.goto(address)
    page.locator(".slide.news").first.wait_for(state="attached")
    news, partners = titles(demo_site, "nl"), page.locator(".slide.partners[lang=nl] h3")
    before = partners.all_text_contents()
    assert shown_news(page, "nl") == news
    page.context.set_offline(True)
    expect(page.locator("#state")).to_contain_text("Geen verbinding. Bijgewerkt op")
    assert shown_news(page, "nl") == news
    page.clock.set_fixed_time(END)
    if restarted:
        page.reload()
    expect(partners).to_have_text(before[1:])
    assert shown_news(page, "nl") == news[1:]
    wait_for_another_slide(page)
    page.context.set_offline(False)


def test_the_website_has_no_end(demo_site: DemoSite, page: Page, address: str) -> None:
    """What has ended for channels goes on there, and comes with its end."""
    page.route(LISTS, with_an_end)
    page.clock.set_fixed_time(END)
    page.goto(f"{address}&channel=website")
    page.locator(".slide.news").first.wait_for(state="attached")
    assert len(shown_news(page, "nl")) == len(titles(demo_site, "nl"))


def with_an_end(route: Route) -> None:
    found = route.fetch().json()
    found["items"][0]["channels_until"] = END
    answer(route, {"status": 200, "body": json.dumps(found)})


BAD = {
    "error": {"status": 500, "body": "no"},
    "page": {"status": 200, "body": "<h1>Please log in</h1>", "content_type": "text/html"},
    "shape": {"status": 200, "body": '{"items": 5}'},
    "member": {"status": 200, "body": '{"items": [{"title": null}]}'},
}
PUBLISHED = {"status": 200, "body": '{"items": [{"kind": "upsert"}], "next": "x", "more": false}'}
BEHIND_OTHERS = {"status": 200, "body": '{"items": [], "next": "x", "more": true}'}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_answer_changes_nothing(
    demo_site: DemoSite, page: Page, address: str, bad: dict[str, Any]
) -> None:
    page.goto(address)
    page.locator(".slide.news").first.wait_for(state="attached")
    page.route(LISTS, lambda route: answer(route, bad))
    page.route(CHANGES, lambda route: answer(route, PUBLISHED))
    expect(page.locator("#state")).to_contain_text("Geen verbinding")
    wait_for_another_slide(page)
    assert shown_news(page, "nl") == titles(demo_site, "nl")
    page.unroute(LISTS)
    expect(page.locator("#state")).to_contain_text("Bijgewerkt om")


def answer(route: Route, given: dict[str, Any]) -> None:
    headers = {"Access-Control-Allow-Origin": "*"}
    route.fulfill(**{"content_type": "application/json", **given}, headers=headers)


def test_a_site_that_is_not_there_yet_is_waited_for(page: Page, address: str) -> None:
    page.route(EVERYTHING, lambda route: route.abort())
    page.goto(address)
    expect(page.locator(".slide.shown")).to_contain_text("Wacht op de site")
    page.unroute(EVERYTHING)
    page.locator(".slide.shown.news").wait_for()


@pytest.mark.parametrize("told", [PUBLISHED, BEHIND_OTHERS], ids=["next", "behind others"])
def test_what_is_published_appears_and_what_ended_goes(
    demo_site: DemoSite, page: Page, address: str, told: dict[str, Any]
) -> None:
    """The lists are asked for when the change feed tells of something, and at no other time."""
    page.goto(address)
    page.locator(".slide.news").first.wait_for(state="attached")
    old = titles(demo_site, "nl")
    assert shown_news(page, "nl") == old
    page.route(LISTS, lambda route: with_another_title(route, old[0], "Zojuist gepubliceerd"))
    with page.expect_response(CHANGES):
        pass
    assert shown_news(page, "nl") == old
    page.route(CHANGES, lambda route: answer(route, told), times=1)
    expect(page.locator(".slide.news[lang=nl] h1").first).to_have_text("Zojuist gepubliceerd")
    assert shown_news(page, "nl") == ["Zojuist gepubliceerd", *old[1:]]


def with_another_title(route: Route, old: str, new: str) -> None:
    found = route.fetch()
    answer(route, {"status": 200, "body": found.text().replace(old, new)})


def test_nothing_moves_for_who_wants_it_so(browser: Browser, address: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    page.locator(".slide.shown.news").wait_for()
    assert page.evaluate("document.getAnimations().length") == 0
    wait_for_another_slide(page)
    assert page.evaluate("document.getAnimations().length") == 0
    context.close()
