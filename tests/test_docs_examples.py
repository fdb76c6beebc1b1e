"""The examples in the pages for channel developers work: each is executed against the running demo site, and
what the pages show of an answer is in it. Every address and every parameter has one.
"""

import contextlib
import io
import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import docs_examples
import pytest
from demo_site import ROOT, DemoSite
from django.urls import URLPattern, resolve
from django.utils.module_loading import import_string
from docs_examples import Block, Command
from standardwebhooks.webhooks import Webhook
from typescript_packages import OPTIONS, run

from techport_cms.headless.openapi.parameters import FIELDS, FORMS, PAGED, TREE
from techport_cms.headless.router import api_router
from techport_cms.headless.urls import endpoints

pytestmark = pytest.mark.once

DOCS = ROOT / "docs"
PAGES = ("api.md", "channel-developers.md", "channel-access.md", "channel-sync.md", "rich-text.md")
PREFIX = "/api/v2/"
LOOKUPS = ("gte", "lte", "gt", "lt", "in")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

# Code for a project's own settings and models: there is nothing to run it in, so its names are looked up.
OF_A_PROJECT = ('handler400 = "', "class EventPage(Page):")

PREPARE = """
import json
from django.contrib.auth import get_user_model
from wagtail.documents.models import Document
from django.core.files.base import ContentFile
from wagtail.models import Page, PageViewRestriction
from home.models import StandardPage
from techport_cms.headless.drafts import share
from techport_cms.headless.models import ChannelToken

admin = get_user_model().objects.get(username="admin")
row = ChannelToken(name="Examples", user=admin, scopes=["read:draft", "submit:form"])
token = row.replace_token()
row.save()
about = Page.objects.get(slug="about-techport")
page = StandardPage(title="Members", slug="members", locale=about.locale)
about.get_parent().add_child(instance=page)
page.save_revision().publish()
PageViewRestriction.objects.create(page=page, restriction_type="password", password="open-sesame")
document = Document.objects.create(title="Members", file=ContentFile(b"members", name="members.txt"))
preview = share(admin, about)
print(json.dumps({"TOKEN": token, "PAGE": str(page.pk), "PASSWORD": "open-sesame", "PREVIEW": preview.token}))
"""
CLEAN_UP = """
from wagtail.documents.models import Document
from wagtail.models import APIToken, Page
from home.models import JoinPage
from techport_cms.headless.models import ChannelToken, PreviewToken
Page.objects.get(slug="members").delete()
Document.objects.filter(title="Members").delete()
ChannelToken.objects.filter(name="Examples").delete()
APIToken.objects.filter(name="Trying things").delete()
PreviewToken.objects.filter(is_shared=True).delete()
for page in JoinPage.objects.all():
    page.get_submission_class().objects.filter(page=page).delete()
"""


@pytest.fixture(scope="module")
def variables(demo_site: DemoSite) -> Any:
    """What a reader has: tokens, and a page with a password."""
    yield json.loads(demo_site.manage("shell", "--no-imports", "-c", PREPARE))
    demo_site.manage("shell", "--no-imports", "-c", CLEAN_UP)


@pytest.fixture(scope="module")
def executed(
    demo_site: DemoSite, variables: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Command]]:
    """The commands of each page, after they were run."""
    found = {page: docs_examples.commands(DOCS / page) for page in PAGES}
    for page, commands in found.items():
        directory = tmp_path_factory.mktemp(page.partition(".")[0])
        docs_examples.execute(commands, demo_site, directory, variables)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_command_answers_what_the_page_shows(
    demo_site: DemoSite, executed: dict[str, list[Command]], page: str
) -> None:
    wrong = [
        f"{command.place}: {found}\n  {command.text}"
        for command, found in problems(executed[page], demo_site)
    ]
    assert not wrong, "\n".join(wrong)


def problems(commands: list[Command], site: DemoSite) -> Any:
    for command in commands:
        status = docs_examples.expected_status(command.output)
        if command.code != 0:
            yield command, f"ended with {command.code}: {command.errors or command.answer}"
        for asked in command.asked:
            if asked.status != status if status >= 400 else asked.status >= 400:
                yield command, f"{asked.url} answered {asked.status}: {command.answer[:300]}"
        for found in compared(command, site):
            yield command, found


def compared(command: Command, site: DemoSite) -> list[str]:
    said = docs_examples.shown(command.output)
    if not command.output:
        return []
    if isinstance(said, dict | list):
        answer = docs_examples.shown(command.answer)
        return list(docs_examples.differences(said, answer, site, "the answer"))
    is_same = docs_examples.same_text(command.output, command.answer, site)
    return [] if is_same else [f"answers {command.answer!r}, not {command.output!r}"]


def test_every_address_has_an_example(executed: dict[str, list[Command]]) -> None:
    """Each endpoint of the API, and each method of it, by the names of the URL patterns."""
    patterns = [*endpoints, *flat(api_router.get_urlpatterns())]
    wanted = {(route(pattern), method) for pattern in patterns for method in methods(pattern)}
    assert len(wanted) == 23
    assert wanted - {(route_of(asked.url), asked.method) for asked in answered(executed)} == set()


def flat(patterns: list[Any], before: str = "") -> list[URLPattern]:
    found: list[URLPattern] = []
    for pattern in patterns:
        nested = getattr(pattern, "url_patterns", None)
        found += flat(nested) if nested is not None else [pattern]
    return found


def methods(pattern: URLPattern) -> list[str]:
    view = getattr(pattern.callback, "view_class", None)
    if view is None:  # of Wagtail's viewsets, which read
        return ["GET"]
    return [method for method, handler in (("GET", view.read), ("POST", view.write)) if handler]


def route(pattern: URLPattern) -> str:
    """By what it is known: the code behind it, and the name."""
    view: Any = pattern.callback
    owner = getattr(view, "view_class", None) or getattr(view, "cls", view)
    return f"{owner.__name__} {pattern.name}"


def route_of(url: str) -> str:
    match = resolve(urlsplit(url).path)
    view: Any = match.func
    owner = getattr(view, "view_class", None) or getattr(view, "cls", view)
    return f"{owner.__name__} {match.url_name}"


def answered(executed: dict[str, list[Command]]) -> list[docs_examples.Asked]:
    """The requests for the delivery API that went well."""
    asked = [asked for commands in executed.values() for command in commands for asked in command.asked]
    return [one for one in asked if one.status < 400 and urlsplit(one.url).path.startswith(PREFIX)]


def test_every_parameter_of_the_list_of_pages_has_an_example(executed: dict[str, list[Command]]) -> None:
    lists = [asked.url for asked in answered(executed) if urlsplit(asked.url).path == f"{PREFIX}pages/"]
    used = {name for url in lists for name in parse_qs(urlsplit(url).query)}
    wanted = {parameter.name for parameter in (*TREE, *PAGED, FIELDS, *FORMS)} | {"format", "_"}
    assert wanted - used == set()
    assert {lookup for lookup in LOOKUPS if not any(name.endswith(f"__{lookup}") for name in used)} == set()
    assert {"kind", "slug"} <= used  # exact values of fields


def test_every_documented_parameter_is_known(executed: dict[str, list[Command]]) -> None:
    """The table of docs/api.md names the parameters that the OpenAPI document has, and no others."""
    text = (DOCS / "api.md").read_text()
    table = text[text.index("| parameter | meaning |") :].partition("\n\n")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    cells = [cell for cell in first_cells if "field__" not in cell]
    named = {name for cell in cells for name in re.findall(r"`([a-z_]+)[`=]", cell)}
    of_files = {"tags"}  # the filter of images and documents that is no plain value
    assert named == {one.name for one in (*TREE, *PAGED, FIELDS, *FORMS)} | {"format", "_"} | of_files


@pytest.mark.parametrize(
    ("said", "answer", "is_right"),
    [
        ({"a": {"b": "text"}}, {"a": {"b": "text", "c": 1}, "d": 2}, True),  # what a page leaves out
        ({"a": "2026-01-01", "b": 12, "c": "cut…"}, {"a": "2027-03-04", "b": 7, "c": "cut short"}, True),
        (["…"], [], True),
        ({"a": "http://localhost:8000/en/"}, {"a": "http://site.example/en/"}, True),
        ({"a": "text"}, {"a": "other"}, False),
        ({"a": "text"}, {"b": "text"}, False),
        ({"a": "text"}, {"a": None}, False),
        ({"a": 1}, {"a": True}, False),
        ({"a": None}, {"a": {}}, False),
        ({"a": "http://localhost:8000/en/"}, {"a": "http://site.example/nl/"}, False),
        ([{"a": "text"}], [], False),
        ([], [{"a": "text"}], False),
    ],
)
def test_the_comparison_sees_what_differs(said: Any, answer: Any, is_right: bool) -> None:
    site = DemoSite("http://site.example", "", Path(), "")
    assert (not list(docs_examples.differences(said, answer, site))) is is_right


@pytest.mark.parametrize("page", PAGES)
def test_every_python_example_runs(demo_site: DemoSite, page: str) -> None:
    namespace: dict[str, Any] = {"__name__": page}
    found = [block for block in docs_examples.blocks(DOCS / page) if block.language == "python"]
    for block in found:
        if block.text.startswith(OF_A_PROJECT) or OF_A_PROJECT[1] in block.text:
            check_of_a_project(block)
            continue
        code = compile(docs_examples.at_site(block.text, demo_site), block.place, "exec")
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(code, namespace)  # noqa: S102 - our own documentation
        if "print(" in block.text:
            assert printed.getvalue().strip(), f"{block.place} prints nothing"


def check_of_a_project(block: Block) -> None:
    compile(block.text, block.place, "exec")
    for name in re.findall(r'"(techport_cms\.[\w.]+)"', block.text):
        assert import_string(name), block.place


def functions(page: str, name: str, site: DemoSite) -> Any:
    [block] = [one for one in docs_examples.blocks(DOCS / page) if f"def {name}(" in one.text]
    namespace: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(docs_examples.at_site(block.text, site), namespace)  # noqa: S102 - our own documentation
    return namespace[name]


def test_the_list_in_python_walks_through_everything(demo_site: DemoSite) -> None:
    pages = functions("channel-developers.md", "pages", demo_site)
    with demo_site.get("/api/v2/pages/?limit=0") as answer:
        total = json.load(answer)["meta"]["total_count"]
    ids = [page["id"] for page in pages(order="id", limit=7)]
    assert len(set(ids)) == len(ids) == total


def test_the_check_of_a_signature_in_python_is_right(demo_site: DemoSite) -> None:
    is_genuine = functions("channel-developers.md", "is_genuine", demo_site)
    headers, body = signed(datetime.now(UTC))
    assert is_genuine(SECRET, headers, body)
    assert is_genuine(
        SECRET, headers | {"webhook-signature": f"v1,other {headers['webhook-signature']}"}, body
    )
    assert not is_genuine(SECRET, headers, body + b" ")
    assert not is_genuine(SECRET, headers | {"webhook-id": "msg_other"}, body)
    assert not is_genuine(SECRET, headers | {"webhook-signature": "v1,"}, body)
    assert not is_genuine(SECRET, *signed(datetime.fromtimestamp(time.time() - 301, UTC)))


def signed(moment: datetime) -> tuple[dict[str, str], bytes]:
    """As the site sends it: by the library of Standard Webhooks."""
    body = b'{"type": "page.published"}'
    signature = Webhook(SECRET).sign("msg_1", moment, body.decode())
    sent = str(int(moment.timestamp()))
    return {"webhook-id": "msg_1", "webhook-timestamp": sent, "webhook-signature": signature}, body


def test_the_renderer_in_python_says_what_the_html_says(demo_site: DemoSite) -> None:
    """In short: without attributes that are safe to repeat, and without tables. The demo site has none."""
    to_html = functions("rich-text.md", "to_html", demo_site)
    query = "/api/v2/pages/?type=faq.QuestionPage&fields=_,answer&limit=100&rich_text_format="
    with demo_site.get(f"{query}ast") as trees, demo_site.get(f"{query}html") as texts:
        pairs = list(zip(paragraphs(json.load(trees)), paragraphs(json.load(texts)), strict=True))
    assert len(pairs) >= 18
    assert [to_html(tree) for tree, _ in pairs] == [html.replace("&#x27;", "'") for _, html in pairs]


def paragraphs(found: dict[str, Any]) -> list[Any]:
    answers = [block for page in found["items"] for block in page["answer"]]
    return [block["value"] for block in answers if block["type"] == "paragraph"]


@pytest.mark.parametrize(
    ("page", "mark", "said"),
    [
        ("channel-developers.md", "async function* pages(", "http"),
        ("channel-developers.md", "function isGenuine(", "true false"),
        ("channel-access.md", "location.search", "About Techport"),
    ],
)
def test_every_typescript_example_runs(
    demo_site: DemoSite, variables: dict[str, str], typescript: Path, page: str, mark: str, said: str
) -> None:
    [block] = [one for one in docs_examples.blocks(DOCS / page) if mark in one.text]
    before, after = around_typescript(mark, variables["PREVIEW"])
    (typescript / "example.mts").write_text(before + docs_examples.at_site(block.text, demo_site) + after)
    # Without a look at the types: those of Node.js, and of the program around an example, are not there.
    run(typescript, "npx", "tsc", "--noCheck", *OPTIONS, "example.mts")
    assert said in run(typescript, "node", "example.mjs"), block.place


def around_typescript(mark: str, token: str) -> tuple[str, str]:
    """What an example takes from the program around it, and how that uses it."""
    if mark == "location.search":
        browser = {"location": {"search": f"?token={token}"}}
        shown = "globalThis.render = (page) => console.log(page.title);"
        return f"Object.assign(globalThis, {json.dumps(browser)});\n{shown}\n", ""
    if mark == "function isGenuine(":
        headers, body = signed(datetime.now(UTC))
        values = f"{json.dumps(SECRET)}, {json.dumps(headers)}, Buffer.from("
        calls = (f"isGenuine({values}{json.dumps(text)}))" for text in (body.decode(), "other"))
        return "", f"\nconsole.log({', '.join(calls)});\n"
    return "", ""


def test_every_typescript_example_is_one_that_runs() -> None:
    """The test above names each: what it needs around it differs."""
    found = [
        one for page in PAGES for one in docs_examples.blocks(DOCS / page) if one.language == "typescript"
    ]
    assert len(found) == 3
