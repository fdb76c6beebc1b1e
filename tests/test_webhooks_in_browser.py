"""Webhooks in a real browser, with a real worker, in both languages: from the form to switching off."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from demo_site import DemoSite
from django.utils import translation
from django.utils.translation import gettext as _
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect
from webhook_receiver import Receiver, receiving

pytestmark = pytest.mark.browser

SECRET = re.compile(r"^whsec_[A-Za-z0-9+/=]{44}$")
PICTURES = os.environ.get("SCREENSHOTS")  # a directory


PUBLISH = """
from wagtail.models import Page
Page.objects.get(slug="voor-wie-is-techport").specific.save_revision().publish()
"""
SPEAK = """
from wagtail.users.models import UserProfile
UserProfile.objects.filter(user__username="admin").update(preferred_language="{language}")
"""
PATIENCE = 60_000  # milliseconds; the worker of the demo site looks once a second


class Desk:
    """The administrator of the demo site, who works in this language; the worker runs beside it."""

    def __init__(self, site: DemoSite, page: BrowserPage, language: str) -> None:
        self.site, self.page, self.language, self.taken = site, page, language, 0
        site.manage("shell", "--verbosity", "0", "-c", SPEAK.format(language=language))
        self.open("")
        page.fill("input[name=username]", "admin")
        page.fill("input[name=password]", site.admin_password)
        page.click("button[type=submit]")

    def open(self, path: str) -> None:
        self.page.goto(f"{self.site.url}/admin/{path}")

    def push(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def publish(self) -> None:
        self.site.manage("shell", "--verbosity", "0", "-c", PUBLISH)

    def wait_for(self, text: str) -> None:
        """Load the page again until the worker has done something."""
        deadline = time.monotonic() + PATIENCE / 1000
        while self.page.get_by_text(text).count() == 0:
            assert time.monotonic() < deadline, f"{text} does not come: {self.page.inner_text('main')}"
            self.page.wait_for_timeout(500)
            self.page.goto(self.page.url)

    def picture(self) -> None:
        self.taken += 1
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / f"webhooks-{self.language}-{self.taken}.png")


@pytest.fixture(params=["nl", "en"])
def desk(request: pytest.FixtureRequest, demo_site: DemoSite, page: BrowserPage) -> Iterator[Desk]:
    with translation.override(request.param):
        yield Desk(demo_site, page, request.param)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


def test_a_webhook_from_its_form_to_its_end(desk: Desk, receiver: Receiver) -> None:
    desk.open("webhooks/new/")
    desk.page.fill("input[name=name]", "Scherm in de hal")
    desk.page.fill("input[name=url]", receiver.url)
    desk.picture()
    desk.page.locator("form [type=submit]").last.click()
    desk.page.wait_for_url("**/secret/")
    secret = desk.page.url.partition("/admin/")[2]
    webhook = secret.removesuffix("secret/")
    desk.push(_("Show the secret"))
    expect(desk.page.locator("code").first).to_have_text(SECRET)
    desk.picture()
    desk.open(secret)
    expect(desk.page.locator("code")).to_have_count(0)

    desk.open(f"{webhook}test/")
    desk.push(_("Send a test"))
    desk.wait_for(_("arrived (%(status)s)") % {"status": 200})
    assert [event.type for event in receiver.accepted] == ["webhook.test"]
    desk.picture()

    desk.publish()
    desk.open(f"{webhook}deliveries/")
    desk.wait_for("page.published")
    desk.picture()
    desk.page.get_by_role("link", name=re.compile("^page.published")).first.click()
    told = len(receiver.accepted)
    desk.push(_("Send again"))
    desk.wait_for(_("arrived (%(status)s)") % {"status": 200})
    assert len(receiver.accepted) == told + 1
    assert receiver.accepted[-1].id in {event.id for event in receiver.accepted[:-1]}
    desk.picture()

    receiver.statuses = [410]  # "do not send me anything any more"
    desk.publish()
    desk.open(f"{webhook}deliveries/")
    desk.wait_for(_("This webhook is not active."))
    desk.picture()
