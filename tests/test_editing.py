"""The main job, in a real browser: staff edit a question, visitors and channels read it."""

import json
from urllib.error import HTTPError

import pytest
from demo_site import DemoSite
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

QUESTION = "/veelgestelde-vragen/waarom-is-techport-opgericht/"
NEW_TITLE = "Waarom werd Techport destijds opgericht?"


def api_titles(site: DemoSite, locale: str) -> set[str]:
    with site.get(f"/api/v2/pages/?type=faq.QuestionPage&locale={locale}&limit=50") as answer:
        return {item["title"] for item in json.load(answer)["items"]}


def read(site: DemoSite, path: str) -> str:
    with site.get(path) as answer:
        return answer.read().decode()


def test_an_editor_publishes_a_question_and_english_stays(demo_site: DemoSite, page: Page) -> None:
    english_before = api_titles(demo_site, "en")
    english_path = english_address(demo_site)
    english_page = read(demo_site, english_path)

    page.goto(f"{demo_site.url}/admin/")
    page.fill("input[name=username]", "chief")
    page.fill("input[name=password]", demo_site.admin_password)
    page.click("button[type=submit]")
    page.goto(f"{demo_site.url}/admin/pages/{question_id(demo_site)}/edit/")
    page.fill("#id_title", NEW_TITLE)
    page.locator("footer button.w-dropdown__toggle, nav.footer button.w-dropdown__toggle").first.click()
    page.locator("button[name=action-publish]").first.click()
    expect(page.locator(".messages .success")).to_contain_text(NEW_TITLE)

    assert NEW_TITLE in read(demo_site, QUESTION)
    assert NEW_TITLE in read(demo_site, "/veelgestelde-vragen/")
    assert NEW_TITLE in api_titles(demo_site, "nl")
    assert api_titles(demo_site, "en") == english_before
    assert read(demo_site, english_path) == english_page


def test_a_visitor_gets_no_cookie(demo_site: DemoSite) -> None:
    for path in (
        "/",
        "/en/",
        QUESTION,
        "/partners/",
        "/nieuws/",
        "/search/",
        "/word-partner/",
        "/api/v2/pages/",
    ):
        with demo_site.get(path) as answer:
            assert answer.headers["Set-Cookie"] is None, path
    with pytest.raises(HTTPError) as missing:
        demo_site.get("/nergens/")
    assert missing.value.headers["Set-Cookie"] is None


def question_id(site: DemoSite) -> int:
    with site.get("/api/v2/pages/?type=faq.QuestionPage&slug=waarom-is-techport-opgericht") as answer:
        return json.load(answer)["items"][0]["id"]


def english_address(site: DemoSite) -> str:
    page = read(site, QUESTION)
    return page.split('hreflang="en" href="')[1].split('"')[0].removeprefix(site.url)
