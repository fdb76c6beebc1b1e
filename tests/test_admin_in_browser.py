"""The admin in a real browser: in the language of who works in it, under its Content Security Policy."""

import json
from collections.abc import Iterator

import pytest
from demo_site import DemoSite
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

PLACES = ["", "images/", "documents/", "snippets/faq/faqcategory/", "snippets/home/navigation/", "account/"]
PAGE_TYPES = [
    "home.HomePage",
    "home.StandardPage",
    "home.JoinPage",
    "faq.FaqIndexPage",
    "faq.QuestionPage",
    "partners.PartnerIndexPage",
    "partners.PartnerPage",
    "news.NewsIndexPage",
    "news.ArticlePage",
]


PREVIEW_LIMIT = 60_000  # milliseconds: the first one of a page with many pictures makes their files


class Desk:
    """Somebody's browser, signed in to the admin; it keeps what the console complains of."""

    def __init__(self, site: DemoSite, page: Page, username: str) -> None:
        self.site = site
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        page.on("request", lambda request: self._note_request(request.url))
        page.goto(f"{site.url}/admin/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", site.admin_password)
        page.click("button[type=submit]")

    def _note(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(text)

    def _note_request(self, url: str) -> None:
        if not url.startswith((self.site.url, "data:", "blob:")):
            self.complaints.append(f"asks {url}")

    def open(self, path: str) -> None:
        answer = self.page.goto(f"{self.site.url}/admin/{path}")
        assert answer is not None and answer.status == 200, path
        self.page.wait_for_load_state("networkidle")

    def open_preview(self) -> None:
        """The editor opens it by itself, where it was open on the page before."""
        toggle = self.page.locator("[data-side-panel-toggle=preview]").first
        if toggle.get_attribute("aria-expanded") != "true":
            toggle.click()


@pytest.fixture(scope="module")
def signed_in(demo_site: DemoSite, browser: Browser) -> Iterator[Desk]:
    # The machine may have a time zone without a name, which Wagtail's account page stumbles over.
    context = browser.new_context(locale="en-GB", timezone_id="Europe/Amsterdam")
    yield Desk(demo_site, context.new_page(), "chief")
    context.close()


@pytest.fixture
def chief(signed_in: Desk) -> Desk:
    signed_in.page.goto("about:blank")
    signed_in.complaints.clear()
    return signed_in


def test_the_admin_keeps_its_own_content_security_policy(chief: Desk) -> None:
    for path in PLACES:
        chief.open(path)
    assert chief.complaints == []


@pytest.mark.parametrize("page_type", PAGE_TYPES)
def test_every_page_type_can_be_edited_and_previewed(chief: Desk, page_type: str) -> None:
    with chief.site.get(f"/api/v2/pages/?type={page_type}&locale=nl&limit=1") as answer:
        page_id = json.load(answer)["items"][0]["id"]
    chief.open(f"pages/{page_id}/edit/")
    chief.open_preview()
    preview = chief.page.frame_locator("#w-preview-iframe")
    expect(preview.locator("main h1").first).to_be_visible(timeout=PREVIEW_LIMIT)
    assert chief.complaints == []


def test_the_dutch_speak_dutch(chief: Desk) -> None:
    chief.open("")
    expect(chief.page.locator("html")).to_have_attribute("lang", "nl")
    expect(chief.page).to_have_title("Dashboard - Techport")
    expect(chief.page.get_by_role("link", name="Afbeeldingen").first).to_be_visible()


def test_the_page_to_sign_in_is_in_the_language_of_the_site(demo_site: DemoSite, page: Page) -> None:
    page.goto(f"{demo_site.url}/admin/login/")
    expect(page.get_by_role("heading", name="Inloggen bij Techport")).to_be_visible()
    expect(page.get_by_label("Wachtwoord")).to_be_visible()


def test_a_translator_finds_every_segment_of_a_page(demo_site: DemoSite, browser: Browser) -> None:
    context = browser.new_context(locale="nl-NL", timezone_id="Europe/Amsterdam")
    desk = Desk(demo_site, context.new_page(), "translator")
    with demo_site.get("/api/v2/pages/?type=news.ArticlePage&slug=techport-turns-ten") as answer:
        page_id = json.load(answer)["items"][0]["id"]
    desk.open(f"pages/{page_id}/edit/")
    expect(desk.page.locator("html")).to_have_attribute("lang", "en")
    expect(desk.page.get_by_text("Techport bestaat tien jaar").first).to_be_visible()
    expect(desk.page.get_by_text("Translated manually").first).to_be_visible()
    expect(desk.page.get_by_text("This segment is out of date")).to_have_count(0)
    context.close()
