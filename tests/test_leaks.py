"""manage.py check_leaks finds what is not public wherever it comes out, and here it comes out nowhere."""

import html
import json
from base64 import urlsafe_b64encode
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from cache_visitor import Visitor, new_stage
from django.core.management import CommandError, call_command
from factories import ArticlePageFactory, StandardPageFactory, make_private, published_home
from leak_canaries import Canaries, token
from wagtail.models import Page

from home.models import HomePage
from techport_cms.cache import receivers
from techport_cms.headless.leaks.addresses import Hosts
from techport_cms.headless.leaks.api_addresses import Api
from techport_cms.headless.leaks.content import state_of
from techport_cms.headless.leaks.crawl import Crawl
from techport_cms.headless.leaks.private_texts import Owner, PrivateTexts
from techport_cms.headless.leaks.report import check
from techport_cms.headless.leaks.sources import private_texts
from techport_cms.headless.leaks.transports import Answer, InProcess, Transport
from techport_cms.headless.representation import DEEPEST, make_serializer_class, nesting
from techport_cms.headless.serializers import PublicPageSerializer

pytestmark = pytest.mark.django_db

TEXT = "Een geheim dat pas morgen in de krant van Amsterdam staat"


class TestWhatMustNotBeSeen:
    @pytest.fixture
    def canaries(self) -> Canaries:
        return Canaries()

    def test_every_canary_is_looked_for_and_told_why(self, canaries) -> None:
        owners = private_texts().owners()
        texts = [text.casefold() for found in owners.values() for text in found]
        missing = {name for name in canaries.names if not any(token(name) in text for text in texts)}
        assert not missing
        assert {owner.state for owner in owners} == {
            "draft", "scheduled", "expired", "unpublished", "private", "password", "outside", "deleted",
            "changes", "comment", "submission",
        }  # fmt: skip

    def test_every_reason_and_every_place_is_asked_for(self, canaries) -> None:
        asked: dict[str, set[str]] = defaultdict(set)

        def note(url: str, headers: Mapping[str, str]) -> Answer:
            for name, value in parse_qsl(urlsplit(url).query):
                asked[name].add(value)
            return Answer(404)

        check(note, searches=1)
        states = {state_of(page) for page in canaries.hidden.values() if str(page.pk) in asked["child_of"]}
        assert states == {"draft", "scheduled", "expired", "unpublished", "private", "outside"}
        assert str(canaries.home.pk) in asked["translation_of"] & asked["descendant_of"]
        assert {"/deur", "/verwijderd/", f"/{canaries.hidden['draft'].slug}/"} <= asked["path"]
        assert any("partner_since" in order for order in asked["order"])
        assert {*map(nesting, asked["fields"])} == set(range(DEEPEST + 1))

    def test_what_is_public_too_is_not_looked_for(self, canaries) -> None:
        draft, private = canaries.hidden["draft"], canaries.hidden["private"]
        ArticlePageFactory(parent=canaries.news, title=draft.title, slug="zelfde")
        texts = [text for found in private_texts(ignored=[private.title]).owners().values() for text in found]
        assert not {draft.title, private.title} & set(texts)
        assert canaries.hidden["expired"].title in texts


# A visitor of the whole site


def only(is_asked: Callable[[str], bool], transport: Transport) -> Transport:
    """Asks for nothing else."""
    return lambda url, headers: transport(url, headers) if is_asked(unquote(url)) else Answer(404)


def through(visitor: Visitor, kept: Counter[str]) -> Callable[[str, Mapping[str, str]], Answer]:
    """Asks the cache in front of the site."""

    def ask(url: str, headers: Mapping[str, str]) -> Answer:
        reply = visitor.get(url, **{name.lower().replace("-", "_"): value for name, value in headers.items()})
        kept[reply.cached] += 1
        return Answer(
            reply.status, {name.lower(): value for name, value in reply.headers.items()}, reply.body
        )

    return ask


@pytest.fixture
def stage_of_site(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    stage = new_stage(tmp_path)
    monkeypatch.setattr(receivers, "shared_epoch", lambda: stage._epoch)
    return Visitor(stage)


@pytest.mark.once
def test_nothing_comes_out_also_right_after_it_was_hidden(stage_of_site, committed) -> None:
    with committed():
        canaries = Canaries()
        unpublished, restricted = (
            StandardPageFactory(
                parent=canaries.home, title=f"{token(name)} staat open", slug=name, show_in_menus=True
            )
            for name in ("straks-weg", "straks-besloten")
        )
        body = [("related_pages", {"heading": "", "pages": [unpublished, restricted]})]
        pointing = ArticlePageFactory(parent=canaries.news, title="Wijst", slug="wijst", body=body)
        pointing.save_revision().publish()
    kept: Counter[str] = Counter()
    ask = through(stage_of_site, kept)
    report = check(ask, searches=5)
    assert not report.hits, list(report.lines())
    assert not report.left
    assert {200, 301, 302, 304, 400, 401, 404, 410} <= set(report.statuses)
    assert not {500, 503, 429} & set(report.statuses)
    shown = stage_of_site.get("/nieuws/wijst/")
    assert shown.cached == "hit"
    assert shown.body.count(token("straks-weg").encode()) and shown.body.count(
        token("straks-besloten").encode()
    )

    with committed():
        unpublished.unpublish()
        make_private(restricted)
    report = check(ask, searches=5)
    assert not report.hits, list(report.lines())
    titles = {text for found in private_texts().owners().values() for text in found}
    assert {unpublished.title, restricted.title} <= titles
    assert kept["hit"] > 100


class TestItCanFail:
    """The command, on a small site that shows what it should not."""

    @pytest.fixture
    def draft(self) -> Page:
        home = published_home()
        return StandardPageFactory(parent=home, title=TEXT, slug="morgen", live=False)

    def run(self, limit: int = 60) -> str:
        with pytest.raises(CommandError) as raised:
            call_command("check_leaks", limit=limit)
        assert raised.value.returncode == 1
        return str(raised.value)

    def test_a_clean_site(self, draft, capsys) -> None:
        call_command("check_leaks", limit=60, verbosity=2)
        assert " 0 leaks." in capsys.readouterr().out

    def test_an_endpoint_that_shows_drafts(self, draft, monkeypatch, capsys) -> None:
        monkeypatch.setattr(
            "techport_cms.headless.pages.public_pages",
            lambda pages, passed=(), site=None: pages.filter(depth__gt=1),
        )
        self.run()
        out = capsys.readouterr().out
        assert f'LEAK: home.StandardPage {draft.pk} "{TEXT}" (draft)' in out
        assert f"http://localhost/api/v2/pages/{draft.pk}/" in out

    @pytest.fixture
    def related(self, draft, monkeypatch) -> Iterator[Page]:
        """The first of a row of public pages, each of which points to the next."""
        monkeypatch.delitem(PublicPageSerializer._declared_fields, "alias_of")  # now a relation as others
        make_serializer_class.cache_clear()
        page: Page = StandardPageFactory(parent=draft.get_parent(), title="Open", slug="open")
        for number in range(DEEPEST + 1):
            page = page.create_alias(parent=draft.get_parent(), update_slug=f"open-{number}")
        yield page
        make_serializer_class.cache_clear()

    @pytest.mark.parametrize("level", [2, DEEPEST + 1])
    def test_what_only_nested_fields_show(self, related, monkeypatch, level) -> None:
        """A page that is so many relations away from the one that is asked for says what it should not."""
        original, shown = PublicPageSerializer.to_representation, []

        def to_representation(self: PublicPageSerializer, instance: Any) -> Any:
            shown.append(instance)
            item = original(self, instance)
            shown.pop()
            return {**item, "planted": TEXT} if len(shown) == level else item

        monkeypatch.setattr(PublicPageSerializer, "to_representation", to_representation)
        pages = "http://localhost/api/v2/pages/"
        ways = {pages, f"{pages}{related.pk}/"}
        found = [
            unquote(hit.url) for hit in check(only(lambda url: "(" in url or url in ways, InProcess())).hits
        ]
        assert {nesting(url) for url in found} == set(range(level - 1, DEEPEST + 1))
        for asked in (
            f"pages/{related.pk}/?",
            "type=home.StandardPage",
            f"resolve/?path=http://localhost/{related.slug}/",
        ):
            assert any(asked in url for url in found), asked

    def test_a_filter_that_shows_what_is_below_a_public_page(self, draft, monkeypatch) -> None:
        monkeypatch.setattr(
            "techport_cms.headless.pages.ChildOfFilter.filter_queryset",
            lambda self, request, pages, view: (
                Page.objects.get(pk=request.GET["child_of"]).get_children()
                if "child_of" in request.GET
                else pages
            ),
        )
        report = check(only(lambda url: "child_of" in url, InProcess()))
        assert {hit.owner.pk for hit in report.hits} == {str(draft.pk)}

    def test_a_highlight_in_what_is_public(self, draft, monkeypatch) -> None:
        monkeypatch.setattr("techport_cms.headless.pages.excerpt", lambda text, query: TEXT)
        report = check(only(lambda url: "search=" in url, InProcess()))
        assert {hit.owner.pk for hit in report.hits} == {str(draft.pk)}

    @pytest.fixture
    def leaky_home(self, monkeypatch) -> None:
        original = HomePage.get_context

        def get_context(self: HomePage, *args: Any, **kwargs: Any) -> dict[str, Any]:
            self.purpose = f"Wacht: {TEXT}."
            return original(self, *args, **kwargs)

        monkeypatch.setattr(HomePage, "get_context", get_context)

    def test_a_page_that_names_what_is_private(self, draft, leaky_home, capsys) -> None:
        self.run()
        out = capsys.readouterr().out
        assert "  http://localhost/\n    … " in out
        assert "geheim dat pas" in out

    def test_what_the_operator_says_may_be_seen(self, draft, leaky_home) -> None:
        call_command("check_leaks", limit=50, ignore=[TEXT])


# How texts are found in answers, without a site


def crawl(answers: dict[str, Answer], text: str = TEXT, **options: Any) -> Crawl:
    """Of a site that answers these, and holds this text in a draft."""
    texts = PrivateTexts()
    texts.add(Owner("news.ArticlePage", "7", "Morgen", "draft"), [text])

    def ask(url: str, headers: Mapping[str, str]) -> Answer:
        asked = f"{url} again" if headers and f"{url} again" in answers else url
        return answers.get(asked, Answer(404, {"content-type": "text/html"}, b""))

    known = Hosts({"example.org": "https://example.org"}, ("/admin/",))
    made = Crawl(known, ask, texts, Api([], []), limit=100, **options)
    made.run(["/"])
    return made


def page(body: str, kind: str = "text/html", **headers: str) -> Answer:
    return Answer(200, {"content-type": kind, **headers}, body.encode())


HIDDEN = {
    "plain": page(TEXT),
    "a part of it": page("<p>geheim dat pas morgen in de krant van</p>"),
    "marked words": page(
        TEXT.replace("geheim", "ge<mark>heim</mark>").replace("pas", '<a href="/x">pas</a>')
    ),
    "an attribute": page(f'<img alt="{TEXT}">'),
    "a comment": page(f"<!-- {TEXT} -->"),
    "escaped": page(html.escape(f"<p>{TEXT}</p>"), "application/atom+xml"),
    "entities": page("".join(f"&#{ord(letter)};" for letter in TEXT)),
    "JSON": page(json.dumps({"a": [{"b": f"<p>{TEXT}</p>"}]}), "application/json"),
    "JSON in HTML": page(f'<script>{{"a": "{TEXT.replace("e", chr(92) + "u0065")}"}}</script>'),
    "a cursor": page(
        json.dumps({"next": urlsafe_b64encode(f'"{TEXT}":signed'.encode()).decode().rstrip("=")}),
        "application/json",
    ),
    "a problem": Answer(400, {"content-type": "application/problem+json"}, json.dumps({"x": TEXT}).encode()),
    "a header": Answer(200, {"link": f"<https://example.org/{TEXT.replace(' ', '-')}/>"}),
    "an address": page(f'<a href="/{TEXT.replace(" ", "%20")}/">x</a>'),
    "capitals": page(TEXT.upper()),
}


@pytest.mark.parametrize("answer", HIDDEN.values(), ids=HIDDEN.keys())
def test_it_is_found_however_it_is_written(db, answer: Answer) -> None:
    hits = list(crawl({"https://example.org/": answer}).hits.values())
    assert [hit.owner.pk for hit in hits[:1]] == ["7"]


def test_it_is_found_behind_links_forms_and_conditions(db) -> None:
    form = '<form action="/zoek/"><input name="q"><select name="jaar"><option value="2025"></select></form>'
    ask = {
        "https://example.org/": page(f'<a href="/lijst/?p=2">verder</a> {form}'),
        "https://example.org/lijst/?p=2": page(TEXT),
        "https://example.org/zoek/?q=krant": page(TEXT),
        "https://example.org/zoek/?jaar=2025": page("leeg", etag='"1"'),
        "https://example.org/zoek/?jaar=2025 again": Answer(304, {}, TEXT.encode()),
    }
    found = {hit.url for hit in crawl(ask, words=["krant"]).hits.values()}
    assert found == set(list(ask)[1:4])


def test_it_is_found_in_the_further_parts_of_a_list(db) -> None:
    search, terms = {"meta": {"total_count": 2, "next": None}}, {"meta": {"total_count": 3}}
    ask = {
        "https://example.org/": page('<a href="/found/"><a href="/terms/">'),
        "https://example.org/found/": page(json.dumps({**search, "items": [1]}), "application/json"),
        "https://example.org/found/?offset=1": page(
            json.dumps({**search, "items": [TEXT]}), "application/json"
        ),
        "https://example.org/terms/": page(json.dumps({**terms, "items": [1]}), "application/json"),
        "https://example.org/terms/?offset=1": page(json.dumps({**terms, "items": [1]}), "application/json"),
        "https://example.org/terms/?offset=2": page(
            json.dumps({**terms, "items": [TEXT]}), "application/json"
        ),
    }
    made = crawl(ask)
    assert {hit.url[-15:] for hit in made.hits.values()} == {
        "/found/?offset=1"[-15:],
        "/terms/?offset=2"[-15:],
    }
    assert made.asked == len(ask)


def test_what_the_visitor_has_asked_is_no_leak(db) -> None:
    made = crawl(
        {"https://example.org/": page('<form><input name="q"></form>')},
        "Geheimhouding",
        words=["Geheimhouding"],
    )
    asked = "https://example.org/?q=Geheimhouding"
    again = crawl({"https://example.org/": page(f'<a href="{asked}">x</a>')}, "Geheimhouding")
    assert not made.hits
    assert {hit.url for hit in again.hits.values()} == {"https://example.org/"}


def test_a_file_that_is_sent(db) -> None:
    owner = Owner("wagtaildocs.Document", "3", "Stuk", "private")
    sent = page("inhoud", "application/pdf")
    made = crawl({"https://example.org/": sent}, hidden_files={"/": owner})
    assert [hit.owner for hit in made.hits.values()] == [owner]
    refused = crawl({"https://example.org/": page("aanmelden")}, hidden_files={"/": owner})
    assert not refused.hits


def test_other_hosts_and_the_admin_are_left_alone(db) -> None:
    links = '<a href="https://elsewhere.example/"><a href="/admin/"><a href="mailto:x@example.org">'
    assert crawl({"https://example.org/": page(links)}).asked == 1


def test_in_process_is_nobody_and_never_too_often(db, settings) -> None:
    settings.TECHPORT_HEADLESS = {"READ_LIMIT": (1, 60)}
    published_home()
    ask = InProcess()
    statuses = [ask("http://localhost/api/v2/pages/?limit=1", {}).status for _ in range(3)]
    assert statuses == [200] * 3
    assert ask("http://localhost/admin/", {}).status == 302
