"""A page with videos in a real browser: who made them is asked for nothing before the reader clicks."""

from collections.abc import Iterator

import pytest
from factories import add_page, published_home
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from home.models import StandardPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The address that an editor gives, and the one that the frame is to have.
VIDEOS = {
    "https://www.youtube.com/watch?v=abc": "https://www.youtube-nocookie.com/embed/abc",
    "https://vimeo.com/123": "https://player.vimeo.com/video/123?dnt=1",
}


@pytest.fixture
def address(live_server: LiveServer) -> str:
    """A public page with these videos."""
    body = [{"type": "video", "value": {"video": url, "title": f"Film: {url}"}} for url in VIDEOS]
    film = add_page(published_home(), StandardPage(title="Films", slug="films", body=body))
    return live_server.url + film.url


@pytest.fixture
def asked_elsewhere(page: Page, live_server: LiveServer) -> Iterator[list[str]]:
    """What the browser asks of anybody else; it gets a page of ours, and no network is needed."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="<!doctype html><p>Player</p>", content_type="text/html")

    page.route(lambda url: not url.startswith(live_server.url), answer)
    yield asked
    page.goto("about:blank")  # nothing is to come once the test is over


def test_nobody_else_is_asked_before_the_click(page: Page, address: str, asked_elsewhere: list[str]) -> None:
    page.goto(address, wait_until="networkidle")
    buttons = page.get_by_role("button", name="Laad de video")
    expect(buttons).to_have_count(len(VIDEOS))
    buttons.first.hover()  # what only is pointed to or focused asks nobody either
    buttons.first.focus()
    page.wait_for_load_state("networkidle")
    assert asked_elsewhere == []
    assert page.locator("iframe").count() == 0


@pytest.mark.parametrize("number", range(len(VIDEOS)), ids=["youtube", "vimeo"])
def test_the_player_is_asked_for_after_the_click(
    page: Page, address: str, asked_elsewhere: list[str], number: int
) -> None:
    page.goto(address)
    player = list(VIDEOS.values())[number]
    with page.expect_request(player):
        page.get_by_role("button", name="Laad de video").nth(number).click()
    expect(page.locator("iframe")).to_have_attribute("src", player)
    expect(page.frame_locator("iframe").locator("p")).to_have_text("Player")  # the policy lets it in
    assert asked_elsewhere == [player]
    expect(page.locator("iframe")).to_be_focused()
    assert page.context.cookies() == []


def test_without_javascript_there_is_a_link(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    for url in VIDEOS:
        expect(page.locator(f'.embed a[href="{url}"]')).to_be_visible()
    expect(page.locator(".embed button")).to_have_count(len(VIDEOS))
    expect(page.locator(".embed button").first).to_be_hidden()
    context.close()
