"""`manage.py check` tells what a new model forgot to decide, and finds nothing in ours."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.checks import ERROR, run_checks
from django.db import models
from django.test.utils import isolate_apps
from wagtail.models import Page, TranslatableMixin, pages
from wagtail_localize.fields import TranslatableField

from techport_cms.content.models import BasePage
from techport_cms.core import checks


def ids(messages: Iterable[Any]) -> list[str]:
    return [message.id for message in messages]


@pytest.fixture(autouse=True)
def known_types(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page types that are made here are forgotten afterwards."""
    monkeypatch.setattr(pages, "PAGE_MODEL_CLASSES", [*pages.PAGE_MODEL_CLASSES])


@pytest.mark.django_db
def test_nothing_is_wrong() -> None:
    """On this version of Django with this database: a command that finds an error does not start."""
    messages = run_checks(databases=["default"])
    wrong = [m for m in messages if m.level >= ERROR or str(m.id).startswith("techport_")]
    assert wrong == []


@isolate_apps("home")
def test_a_page_type_that_decides_nothing() -> None:
    class Undecided(Page):
        parent_page_types = None

        class Meta:
            app_label = "home"

    assert ids(checks._check_page_type(Undecided)) == ["techport_core.W001", "techport_core.W002"]
    assert ids(checks._check_translation_policy(Undecided)) == ["techport_core.W003"]


@isolate_apps("home")
def test_a_policy_that_leaves_out_a_field_or_names_none() -> None:
    class Forgetful(BasePage):
        subtitle = models.CharField(max_length=20)
        api_fields = [*BasePage.api_fields]
        parent_page_types = ["home.HomePage"]
        translatable_fields = [*BasePage.translatable_fields, TranslatableField("subtitel")]

        class Meta:
            app_label = "home"

    left_out, unknown = checks._check_translation_policy(Forgetful)
    assert (left_out.id, unknown.id) == ("techport_core.W004", "techport_core.W005")
    assert "subtitle" in left_out.msg
    assert "subtitel" in unknown.msg
    assert ids(checks._check_page_type(Forgetful)) == []


@isolate_apps("home")
def test_a_snippet_needs_a_policy_too() -> None:
    class Word(TranslatableMixin, models.Model):  # noqa: DJ008
        name = models.CharField(max_length=20)

        class Meta(TranslatableMixin.Meta):
            app_label = "home"

    assert ids(checks._check_translation_policy(Word)) == ["techport_core.W003"]


@pytest.mark.parametrize("core_first", [True, False])
def test_the_order_of_the_apps(monkeypatch: pytest.MonkeyPatch, core_first: bool) -> None:
    names = ["techport_cms.core", "wagtail.contrib.redirects"]
    configs = [SimpleNamespace(name=name) for name in (names if core_first else reversed(names))]
    monkeypatch.setattr(checks.apps, "get_app_configs", lambda: configs)
    assert ids(checks.check_app_order()) == (["techport_core.W006"] if core_first else [])
