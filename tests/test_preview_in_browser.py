"""The editor's preview in a front end on another origin, in a real browser: live while typing."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from factories import add_page, published_home
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer
from wagtail.users.models import UserProfile

from home.models import StandardPage
from techport_cms.headless.models import PreviewToken

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATIENCE = 30_000  # milliseconds, on a machine that has other things to do

APP = """<!doctype html><title>App</title><h1>…</h1><p></p>
<script>
const token = new URLSearchParams(location.search).get("token");
fetch(`${API}/api/v2/preview/${token}/`).then((answer) => answer.json()).then((page) => {
  document.querySelector("h1").textContent = page.title ?? page.detail;
  const introduction = document.querySelector("p");
  introduction.textContent = page.introduction ?? "";
  introduction.dataset.shown = Date.now();
});
</script>"""


@pytest.fixture
def front_end(live_server: LiveServer) -> Iterator[str]:
    """The address of an app that knows the API only."""
    body = APP.replace("${API}", live_server.url, 1).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def editor(
    live_server: LiveServer,
    front_end: str,
    browser: Browser,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Page]:
    settings.TECHPORT_HEADLESS = {
        "PREVIEW_URL": f"{front_end}/preview?token={{token}}&type={{type}}",
        "READ_LIMIT": None,
    }
    # The preview follows what the editor saves by itself; nothing else is to come once the test is over.
    settings.WAGTAIL_EDITING_SESSION_PING_INTERVAL = 3_600_000
    monkeypatch.setitem(settings.ADMIN_CONTENT_SECURITY_POLICY, "frame-src", [front_end])
    user = User.objects.create_superuser("anna", "anna@example.org", "x")
    UserProfile.objects.create(user=user, preferred_language="en")
    context = browser.new_context(locale="en-GB", timezone_id="Europe/Amsterdam")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(live_server.url + reverse("wagtailadmin_login"))
    page.fill("input[name=username]", "anna")
    page.fill("input[name=password]", "x")
    page.click("button[type=submit]")
    page.wait_for_url(re.compile("/admin/$"))
    yield page
    page.goto("about:blank")
    context.close()


def seconds_until_shown(editor: Page, shown: Locator, text: str) -> float:
    """From before the text is in the editor's field until the app has it in its own page."""
    typed = editor.evaluate("Date.now()")
    editor.fill("#id_introduction", text)
    expect(shown).to_have_text(text, timeout=PATIENCE)
    return (float(shown.get_attribute("data-shown") or 0) - typed) / 1000


def open_preview(editor: Page, live_server: LiveServer, page: StandardPage) -> FrameLocator:
    """The app that shows the page beside its form."""
    editor.goto(live_server.url + reverse("wagtailadmin_pages:edit", args=[page.pk]))
    editor.locator("[data-side-panel-toggle=preview]").first.click()
    app = editor.frame_locator("#w-preview-iframe").frame_locator("iframe")
    expect(app.locator("h1")).to_have_text(page.title, timeout=PATIENCE)
    editor.wait_for_timeout(3_000)  # Wagtail looks for edits after two
    return app


def test_the_other_origin_follows_what_is_typed(
    editor: Page, live_server: LiveServer, note: Callable[[str], None]
) -> None:
    about = add_page(published_home(), StandardPage(title="Over ons", slug="over-ons", introduction="Oud"))
    app = open_preview(editor, live_server, about)
    took = [seconds_until_shown(editor, app.locator("p"), f"Niet opgeslagen: {part}.") for part in range(4)]
    note(f"seconds from typing to the other origin: {', '.join(f'{one:.2f}' for one in took)}")
    about.refresh_from_db()
    assert about.introduction == "Oud"
    (token,) = PreviewToken.objects.all()
    editor.locator("#id_preview_mode").select_option(label="Default")
    website = editor.frame_locator("#w-preview-iframe")
    expect(website.locator("main h1").first).to_have_text("Over ons", timeout=PATIENCE)
    assert token.is_valid


TYPE_AS_A_SAVE_IS_ANSWERED = """
document.addEventListener("w-autosave:success", () => {
  const field = document.querySelector("#id_introduction");
  field.value = "Laat.";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}, { capture: true, once: true });
let saves = 0;
document.addEventListener("w-autosave:save", () => { document.body.dataset.saves = ++saves; });
"""


def test_what_is_typed_as_a_save_is_answered_is_saved_too(editor: Page, live_server: LiveServer) -> None:
    """Wagtail takes it for saved: it is in no draft, and nothing warns who leaves."""
    about = add_page(published_home(), StandardPage(title="Over ons", slug="over-ons", introduction="Oud"))
    app = open_preview(editor, live_server, about)
    editor.evaluate(TYPE_AS_A_SAVE_IS_ANSWERED)
    editor.fill("#id_introduction", "Vroeg.")
    expect(app.locator("p")).to_have_text("Laat.", timeout=PATIENCE)
    saved = editor.locator("#w-autosave-indicator[data-w-autosave-state-value=saved]")
    expect(editor.locator("body")).to_have_attribute("data-saves", "2", timeout=PATIENCE)
    expect(saved).to_be_attached(timeout=PATIENCE)
    editor.wait_for_timeout(3_000)  # a save answered is no edit: there is no third
    assert editor.locator("body").get_attribute("data-saves") == "2"
    about.refresh_from_db()
    assert about.get_latest_revision_as_object().introduction == "Laat."


def test_what_is_typed_at_once_is_saved_too(editor: Page, live_server: LiveServer) -> None:
    """Wagtail notes the form after two seconds, and takes what is typed until then for what was there."""
    about = add_page(published_home(), StandardPage(title="Over ons", slug="over-ons", introduction="Oud"))
    editor.goto(live_server.url + reverse("wagtailadmin_pages:edit", args=[about.pk]))
    editor.type("#id_introduction", "Meteen ")
    saved = editor.locator("#w-autosave-indicator[data-w-autosave-state-value=saved]")
    expect(saved).to_be_attached(timeout=PATIENCE)
    about.refresh_from_db()
    assert "Meteen" in about.get_latest_revision_as_object().introduction


def test_who_only_looks_saves_nothing(editor: Page, live_server: LiveServer) -> None:
    about = add_page(published_home(), StandardPage(title="Over ons", slug="over-ons", introduction="Oud"))
    open_preview(editor, live_server, about)
    editor.click("#id_introduction")
    editor.wait_for_timeout(3_000)
    about.refresh_from_db()
    assert about.latest_revision is None


def test_what_is_taken_away_at_once_is_saved_too(editor: Page, live_server: LiveServer) -> None:
    """No text is typed for it."""
    body = [{"type": "heading", "value": {"text": "Weg", "level": "h2"}}]
    about = add_page(published_home(), StandardPage(title="Over ons", slug="over-ons", body=json.dumps(body)))
    editor.goto(live_server.url + reverse("wagtailadmin_pages:edit", args=[about.pk]))
    editor.locator("[data-streamfield-action=DELETE]").first.click()
    saved = editor.locator("#w-autosave-indicator[data-w-autosave-state-value=saved]")
    expect(saved).to_be_attached(timeout=PATIENCE)
    about.refresh_from_db()
    assert len(about.get_latest_revision_as_object().body) == 0


def test_who_only_looks_at_once_saves_nothing(editor: Page, live_server: LiveServer) -> None:
    about = add_page(published_home(), StandardPage(title="Over ons", slug="over-ons", introduction="Oud"))
    editor.goto(live_server.url + reverse("wagtailadmin_pages:edit", args=[about.pk]))
    editor.click("#id_introduction")
    editor.keyboard.press("ArrowLeft")
    editor.wait_for_timeout(5_000)
    about.refresh_from_db()
    assert about.latest_revision is None
