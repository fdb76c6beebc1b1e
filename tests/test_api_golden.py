"""The JSON of each type, pinned by a golden file. UPDATE_GOLDEN=1 writes them anew; read the diff."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from demo_site import DemoSite

pytestmark = pytest.mark.browser  # of the slow ones that need the running demo site

GOLDEN = Path(__file__).parent / "golden"

TYPES = {
    "home-page": "pages/?type=home.HomePage&locale=nl",
    "home-page-en": "pages/?type=home.HomePage&locale=en",
    "standard-page": "pages/?type=home.StandardPage&locale=nl&slug=over-techport",
    "join-page": "pages/?type=home.JoinPage&locale=en",
    "faq-index-page": "pages/?type=faq.FaqIndexPage&locale=nl",
    "question-page": "pages/?type=faq.QuestionPage&locale=nl&slug=wie-hebben-techport-opgericht",
    "partner-index-page": "pages/?type=partners.PartnerIndexPage&locale=nl",
    "partner-page": "pages/?type=partners.PartnerPage&locale=en&slug=example-steel-construction",
    "news-index-page": "pages/?type=news.NewsIndexPage&locale=nl",
    "article-page": "pages/?type=news.ArticlePage&locale=en&slug=techport-turns-ten",
    "image": "images/?order=title",
}


@pytest.mark.parametrize("name", TYPES)
def test_detail(demo_site: DemoSite, name: str) -> None:
    listing = fetch(demo_site, f"/api/v2/{TYPES[name]}")
    endpoint = TYPES[name].split("/")[0]
    detail = fetch(demo_site, f"/api/v2/{endpoint}/{listing['items'][0]['id']}/")
    compare(f"{name}.json", detail, demo_site)


@pytest.mark.parametrize("path", ["pages/?limit=2&order=title", "images/?limit=2&order=title", "documents/"])
def test_list(demo_site: DemoSite, path: str) -> None:
    compare(f"list-{path.split('/')[0]}.json", fetch(demo_site, f"/api/v2/{path}"), demo_site)


def test_every_type_of_ours_is_pinned() -> None:
    from wagtail.models import Page, get_page_models

    pinned = set(re.findall(r"type=([\w.]+)", " ".join(TYPES.values())))
    assert pinned == {model._meta.label for model in get_page_models() if model is not Page}


def fetch(site: DemoSite, path: str) -> Any:
    with site.get(path) as answer:
        assert answer.headers["Content-Type"] == "application/json"
        return json.load(answer)


def compare(file: str, answer: Any, site: DemoSite) -> None:
    shown = json.dumps(neutral(answer, site), indent=2, ensure_ascii=False) + "\n"
    path = GOLDEN / file
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown)
    assert shown == path.read_text(), f"{file} has changed; UPDATE_GOLDEN=1 accepts it"


def neutral_member(name: str, item: Any, site: DemoSite) -> Any:
    if name == "id" and isinstance(item, int):
        return "<id>"
    return "<cursor>" if name == "next" and item else neutral(item, site)


def neutral(value: Any, site: DemoSite) -> Any:
    """The answer without what differs from run to run: ids, times, host, file suffixes."""
    if isinstance(value, dict):
        return {name: neutral_member(name, item, site) for name, item in value.items()}
    if isinstance(value, list):
        return [neutral(item, site) for item in value]
    if isinstance(value, str):
        value = value.replace(site.url, "http://site").replace("http://localhost", "http://site")
        value = re.sub(r"/(pages|images|documents)/\d+/", r"/\1/<id>/", value)
        value = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)", "<time>", value)
        return re.sub(r"_[A-Za-z0-9]{7}(\.\w+)$", r"\1", value)
    return value
