"""Models of a project that has its own: keys that are no integers, fields of every kind, all but few empty.

Their tables are there for the tests of a module that asks for `host_tables`, their app and their
categories for one that asks for `host`. Tests that commit cannot have them.
"""

import sys
import uuid
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.apps import AppConfig, apps
from django.db import connection, models
from made_once import rows
from pytest_django import DjangoDbBlocker
from wagtail import blocks
from wagtail.api import APIField
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Page, TranslatableMixin
from wagtail.snippets.blocks import SnippetChooserBlock

LABEL = "host"


class Quay(models.Model):
    code = models.CharField(max_length=200, primary_key=True)
    name = models.CharField(max_length=50)
    api_fields = (APIField("name"),)

    class Meta:
        app_label = LABEL

    def __str__(self) -> str:
        return self.name


class Region(TranslatableMixin):
    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=50)
    kind = models.CharField(max_length=9, choices=[("sea", "Sea"), ("land", "Land")], null=True)  # noqa: DJ001
    founded = models.DateField(null=True)
    opens_at = models.TimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    walk = models.DurationField(null=True)
    depth = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    share = models.FloatField(null=True)
    people = models.PositiveIntegerField(null=True)
    is_open = models.BooleanField(null=True)
    external_id = models.UUIDField(null=True)
    extra = models.JSONField(null=True)
    digest = models.BinaryField(null=True)
    address = models.GenericIPAddressField(null=True)
    plan = models.FileField(blank=True)
    intro = RichTextField(blank=True)
    body = StreamField(
        [("paragraph", blocks.RichTextBlock()), ("quay", SnippetChooserBlock(f"{LABEL}.Quay"))],
        blank=True,
    )
    above = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    quay = models.ForeignKey(Quay, models.SET_NULL, null=True, related_name="+")
    page = models.ForeignKey(Page, models.SET_NULL, null=True, related_name="+")
    picture = models.ForeignKey(get_image_model_string(), models.SET_NULL, null=True, related_name="+")

    class Meta(TranslatableMixin.Meta):
        app_label = LABEL

    def __str__(self) -> str:
        return self.name


OWN = [field.name for field in Region._meta.fields if field.name not in {"key", "translation_key", "locale"}]
Region.api_fields = tuple(map(APIField, [*OWN, "quay_id"]))  # type: ignore[attr-defined]
MODELS = (Quay, Region)


@pytest.fixture(scope="module")
def host_tables(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    rows.turn_to([], django_db_blocker)  # SQLite makes no table within a transaction
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    yield
    rows.turn_to([], django_db_blocker)
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for model in reversed(MODELS):
            editor.delete_model(model)


@pytest.fixture
def host(host_tables: None, db: None) -> Iterator[None]:
    """These models are installed, and registered as categories besides the project's own."""
    from techport_cms.core.registry import categories
    from techport_cms.headless.openapi.document import builder

    config: Any = AppConfig(LABEL, sys.modules[__name__])
    config.apps = apps
    config.import_models()
    with patch.dict(apps.app_configs, {LABEL: config}), patch.object(categories, "_labels", _labels()):
        _forget(builder)
        yield
    _forget(builder)


def _labels() -> list[str]:
    from techport_cms.core.registry import categories

    return [*categories._labels, *(model._meta.label for model in MODELS)]


def _forget(builder: Any) -> None:
    apps.clear_cache()
    builder.cache_clear()
