"""`fallback=nl` with `locale=en`: Dutch for what has no public English version, and nothing else."""

from types import SimpleNamespace
from typing import Any

import pytest
from api_client import ask, ids, items, read, walk
from factories import (
    PartnerIndexPageFactory,
    PartnerPageFactory,
    make_private,
    published_home,
    translated,
)
from made_once import made_once

pytestmark = pytest.mark.django_db

PARTNER = "partners.PartnerPage"
WANTED: dict[str, Any] = {"type": PARTNER, "locale": "en", "fallback": "nl"}


@made_once
def partners() -> Any:
    """One in both languages, one in Dutch alone, one whose translation is a draft, one whose translation
    is private, one that is private itself, one in English alone."""
    directory = PartnerIndexPageFactory(parent=published_home(), slug="partners")
    names = ("both", "dutch", "draft", "hidden", "private", "english")
    made = {name: PartnerPageFactory(parent=directory, title=name, slug=name) for name in names}
    both = translated(made["both"], "en", title="both (en)")
    draft = translated(made["draft"], "en", live=False, title="secret draft")
    hidden = translated(made["hidden"], "en", title="secret translation")
    english = translated(made["english"], "en", title="english (en)")
    make_private(hidden)
    make_private(made["private"])
    made["english"].unpublish()
    return SimpleNamespace(**made, both_en=both, draft_en=draft, hidden_en=hidden, english_en=english)


def shown(**query: Any) -> dict[str, str]:
    """Language by title."""
    return {item["title"]: item["meta"]["locale"] for item in items(**{**WANTED, **query})}


def test_which_pages_come(partners) -> None:
    assert shown() == {"both (en)": "en", "english (en)": "en", "dutch": "nl", "draft": "nl", "hidden": "nl"}
    assert shown(fallback="en") == shown(fallback=None) == {"both (en)": "en", "english (en)": "en"}
    assert shown(locale="nl", fallback="en") == {
        "both": "nl",
        "dutch": "nl",
        "draft": "nl",
        "hidden": "nl",
        "english (en)": "en",
    }


def test_they_are_marked(partners) -> None:
    states = {item["title"]: item["meta"]["translation"] for item in items(**WANTED)}
    for title in ("dutch", "draft", "hidden"):
        assert states[title] == {"state": "fallback", "outdated_since": None}
    assert states["both (en)"]["state"] == states["english (en)"]["state"] == "current"
    alone = {item["title"]: item["meta"]["translation"]["state"] for item in items(type=PARTNER, locale="nl")}
    assert alone == {"both": "source", "dutch": "source", "draft": "source", "hidden": "source"}


def test_what_is_private_is_nowhere(partners) -> None:
    answer = ask("pages/", **WANTED, fields="*").content.decode()
    for secret in ("secret draft", "secret translation", '"private"'):
        assert secret not in answer
    for item in items(**WANTED):
        if item["title"] in ("draft", "hidden", "dutch"):
            assert item["meta"]["translations"] == []


def test_order_paging_and_count(partners) -> None:
    whole = [item["title"] for item in items(**WANTED, order="title")]
    assert whole == ["both (en)", "draft", "dutch", "english (en)", "hidden"]
    assert read("pages/", **WANTED, limit=2)["meta"]["total_count"] == 5
    for order in ("title", "-title", "-partner_since", None):
        in_order = ids(**WANTED, order=order)
        assert walk(**WANTED, order=order, limit=2) == in_order
        offsets = (0, 2, 4)
        assert [id_ for at in offsets for id_ in ids(**WANTED, order=order, limit=2, offset=at)] == in_order


def test_with_other_filters(partners) -> None:
    assert shown(slug="dutch") == {"dutch": "nl"}
    assert shown(kind="school") == {}
    assert shown(search="dutch") == {"dutch": "nl"}
    assert shown(child_of=partners.dutch.get_parent().pk) == {"dutch": "nl", "draft": "nl", "hidden": "nl"}


def test_the_language_of_the_answer(partners) -> None:
    def language(path: str = "pages/", **query: Any) -> str | None:
        return ask(path, **query).headers.get("Content-Language")

    assert language(locale="en") == "en"
    assert language(locale="nl", type=PARTNER) == "nl"
    assert language(f"pages/{partners.dutch.pk}/") == "nl"
    assert language(f"pages/{partners.both_en.pk}/") == "en"
    assert language() is None
    assert language(**WANTED) is None
    assert language("images/") is None
