"""Every page type in a real browser: accessible, fits a phone, asks nobody else, needs no script."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from demo_site import DemoSite
from playwright.sync_api import Browser, Page, Request, expect
from screenshots import PAGES as PICTURED

pytestmark = pytest.mark.browser

PAGES = {
    "home": ("/", "/en/"),
    "standard": ("/over-techport/", "/en/about-techport/"),
    "join": ("/word-partner/", "/en/become-a-partner/"),
    "faq": ("/veelgestelde-vragen/", "/en/frequently-asked-questions/"),
    "question": (
        "/veelgestelde-vragen/wie-hebben-techport-opgericht/",
        "/en/frequently-asked-questions/who-founded-techport/",
    ),
    "partners": ("/partners/", "/en/partners/"),
    "partners-filtered": ("/partners/?kind=school", "/en/partners/?kind=school"),
    "partners-none": ("/partners/?q=xyzzy", "/en/partners/?q=xyzzy"),
    "partner": ("/partners/voorbeeld-staalbouw/", "/en/partners/example-steel-construction/"),
    "founder": ("/partners/tata-steel/", "/en/partners/tata-steel/"),
    "news": ("/nieuws/", "/en/news/"),
    "article": ("/nieuws/techport-bestaat-tien-jaar/", "/en/news/techport-turns-ten/"),
    "search": ("/search/?q=techport", "/en/search/?q=techport"),
    "search-none": ("/search/?q=xyzzy", "/en/search/?q=xyzzy"),
    "not-found": ("/bestaat-niet/", "/en/does-not-exist/"),
}
ADDRESSES = [(name, path) for name, paths in PAGES.items() for path in paths]
IDS = [path for _, path in ADDRESSES]
WIDTHS = (320, 360, 1280)


def find_nothing(page: Page) -> None:
    """Let axe look at the page as it is now, in both themes."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.evaluate("document.getAnimations().forEach(change => change.finish())")  # of one theme's colours
        results = Axe().run(page)
        assert results.violations_count == 0, f"{theme}: {results.generate_report()}"


@pytest.mark.parametrize(("name", "path"), ADDRESSES, ids=IDS)
def test_axe_finds_nothing(demo_site: DemoSite, page: Page, name: str, path: str) -> None:
    answer = page.goto(demo_site.url + path)
    assert answer and answer.status == (404 if name == "not-found" else 200)
    page.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")
    find_nothing(page)


def test_the_pages_of_the_pictures_are_there() -> None:
    assert PICTURED.items() <= PAGES.items()


@pytest.mark.parametrize("path", PAGES["join"])
def test_axe_finds_nothing_in_a_form_that_is_not_right(demo_site: DemoSite, page: Page, path: str) -> None:
    page.goto(demo_site.url + path)
    page.locator("form.form button[type=submit]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator("form.form [aria-invalid=true]").count() >= 5
    find_nothing(page)
    page.get_by_role("alert").get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.name") == "name"


@pytest.mark.parametrize(("name", "path"), ADDRESSES, ids=IDS)
def test_nothing_overflows_and_nobody_else_is_asked(
    demo_site: DemoSite, page: Page, name: str, path: str
) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    page.goto(demo_site.url + path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    hosts = {urlsplit(request.url).netloc for request in asked}
    assert hosts == {urlsplit(demo_site.url).netloc}
    assert page.context.cookies() == []
    expected = "404" if name == "not-found" else None
    assert [text for text in refused if expected is None or expected not in text] == []


@pytest.mark.parametrize("path", PAGES["partners"])
def test_a_number_beside_a_choice_stays_in_one_piece(demo_site: DemoSite, page: Page, path: str) -> None:
    page.goto(demo_site.url + path)
    lines = """counts => counts.map(count => {
        const text = document.createRange();
        text.selectNodeContents(count);
        return text.getClientRects().length;
    })"""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert set(page.locator(".filters .count").evaluate_all(lines)) == {1}


def test_the_faq_opens_in_place_and_by_its_address(demo_site: DemoSite, page: Page) -> None:
    page.goto(demo_site.url + PAGES["faq"][0])
    question = page.locator("details.qa").nth(2)
    anchor = question.get_attribute("id")
    assert anchor and re.fullmatch(r"q-[0-9a-f]{8}", anchor)
    question.locator("summary").click()
    assert question.get_attribute("open") is not None
    page.goto(f"{demo_site.url}{PAGES['faq'][1]}#{anchor}")
    page.wait_for_function(f"document.getElementById('{anchor}').open")


def test_everything_is_there_without_javascript(demo_site: DemoSite, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(demo_site.url + PAGES["faq"][0])
    first = page.locator("details.qa").first
    first.locator("summary").click()
    expect(first.locator(".answer")).to_be_visible()
    page.goto(demo_site.url + PAGES["partners"][0])
    total = page.locator(".partner-list li").count()
    page.get_by_label("School").first.check()
    page.locator(".filters button[type=submit]").first.click()
    assert "kind=school" in page.url
    assert 0 < page.locator(".partner-list li").count() < total
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", PAGES["home"])
def test_an_open_submenu_is_accessible_and_fits(
    demo_site: DemoSite, page: Page, path: str, width: int, theme: str
) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(demo_site.url + path)
    page.locator(".submenu summary").click()
    for link in page.locator(".submenu a").all():
        box = link.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= width and box["height"] >= 24
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_the_keyboard_opens_and_closes_a_submenu(demo_site: DemoSite, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(demo_site.url + PAGES["home"][1])
    summary, links = page.locator(".submenu summary"), page.locator(".submenu a")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="About Techport").focus()
    page.keyboard.press("Tab")
    expect(summary).to_be_focused()
    expect(summary).to_have_accessible_name("Pages below About Techport")
    page.keyboard.press("Enter")
    expect(links.first).to_be_visible()
    page.keyboard.press("Tab")
    expect(links.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(links.first).to_be_hidden()
    expect(summary).to_be_focused()
    page.keyboard.press("Space")
    for _ in range(links.count() + 1):
        page.keyboard.press("Tab")
    expect(links.first).to_be_hidden()  # it would cover where the focus is now


def test_a_submenu_closes_where_somebody_clicks_elsewhere(demo_site: DemoSite, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(demo_site.url + PAGES["standard"][0])
    page.locator(".submenu summary").click()
    below = page.locator(".submenu a").first
    page.locator(".submenu ul").click(position={"x": 2, "y": 2})
    expect(below).to_be_visible()
    page.locator("h1").click()
    expect(below).to_be_hidden()
    page.locator(".submenu summary").click()
    page.locator(".submenu summary").click()
    expect(below).to_be_hidden()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_submenu_needs_no_javascript(demo_site: DemoSite, browser: Browser, width: int) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(demo_site.url + PAGES["home"][0])
    below = page.locator(".submenu").get_by_role("link", name="Word partner")
    expect(below).to_be_hidden()
    page.locator(".submenu summary").click()
    below.click()
    assert urlsplit(page.url).path == PAGES["join"][0]
    assert page.locator(".submenu a[aria-current=page]").count() == 1
    assert page.locator(".main-nav > ul > li > a[aria-current=true]").count() == 1
    context.close()


@pytest.mark.parametrize("width", [718, 1000], ids=["portrait", "landscape"])
def test_paper_gets_ink_and_every_answer(demo_site: DemoSite, page: Page, width: int) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": width, "height": 1000})
    page.goto(demo_site.url + PAGES["faq"][0])
    for answer in page.locator("details.qa .answer").all():
        expect(answer).to_be_visible()
    head, answers = (page.locator(f".faq-group > .{name}").first.bounding_box() for name in ("head", "list"))
    assert head and answers
    assert head["y"] + head["height"] <= answers["y"]  # one below the other
    footer = page.locator(".site-footer > .wrap")
    assert footer.evaluate("element => getComputedStyle(element).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert footer.evaluate("element => getComputedStyle(element).color") == "rgb(0, 0, 0)"


def test_the_keyboard_reaches_the_content_first(demo_site: DemoSite, page: Page) -> None:
    page.goto(demo_site.url + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


def test_the_home_page_weighs_at_most_100_kb_without_pictures(demo_site: DemoSite, page: Page) -> None:
    sizes: dict[str, int] = {}

    def count(response) -> None:
        if response.request.resource_type != "image" or response.url.endswith(".svg"):
            sizes[response.url] = len(response.body())

    page.on("response", count)
    page.goto(demo_site.url + "/", wait_until="networkidle")
    assert sum(sizes.values()) <= 100_000, sizes
