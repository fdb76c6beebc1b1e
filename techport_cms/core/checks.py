"""House rules as system checks: `manage.py check` tells what a new model forgot to decide."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, register
from django.core.checks import Warning as CheckWarning
from django.db import models
from wagtail.models import Page, get_page_models
from wagtail.snippets.models import get_snippet_models

# Fields that Wagtail itself keeps and no translator ever sees.
_KEPT_BY_WAGTAIL = {
    "go_live_at", "expire_at", "first_published_at", "content_type", "owner", "path", "depth",
    "numchild", "locale", "translation_key", "draft_title", "comments",
}  # fmt: skip

_PLACE_LIMITS = ("parent_page_types", "max_count", "max_count_per_parent")


@register
def check_content_models(**kwargs: Any) -> list[CheckMessage]:
    pages = [model for model in get_page_models() if model is not Page and model.is_creatable]
    messages: list[CheckMessage] = []
    for model in [*pages, *(m for m in get_snippet_models() if hasattr(m, "translation_key"))]:
        messages += _check_translation_policy(model)
    for model in pages:
        messages += _check_page_type(model)
    return messages


@register
def check_app_order(**kwargs: Any) -> Iterable[CheckMessage]:
    names = [config.name for config in apps.get_app_configs()]
    redirects = "wagtail.contrib.redirects"
    if redirects in names and names.index(redirects) > names.index("techport_cms.core"):
        yield CheckWarning(
            "techport_cms.core stands before wagtail.contrib.redirects in INSTALLED_APPS.",
            hint="Move it behind: it replaces a signal receiver that must be connected first.",
            id="techport_core.W006",
        )


def _check_page_type(model: type[Page]) -> Iterable[CheckMessage]:
    if "api_fields" not in vars(model):
        yield CheckWarning(
            f"{model.__name__} does not declare api_fields.",
            hint="List the fields that channels may read; an empty list says: none.",
            obj=model,
            id="techport_core.W001",
        )
    if all(getattr(model, name, None) is None for name in _PLACE_LIMITS):
        yield CheckWarning(
            f"{model.__name__} does not say where it may be created.",
            hint="Set parent_page_types (or max_count, or max_count_per_parent).",
            obj=model,
            id="techport_core.W002",
        )


def _check_translation_policy(model: type[models.Model]) -> Iterable[CheckMessage]:
    policy = getattr(model, "translatable_fields", None)
    if policy is None:
        yield CheckWarning(
            f"{model.__name__} has no translation policy.",
            hint="Set translatable_fields: TranslatableField or SynchronizedField for each field.",
            obj=model,
            id="techport_core.W003",
        )
        return
    decided = {field.field_name for field in policy}
    if missing := sorted(_editable_fields(model) - decided):
        yield CheckWarning(
            f"The translation policy of {model.__name__} leaves out: {', '.join(missing)}.",
            obj=model,
            id="techport_core.W004",
        )
    if unknown := sorted(decided - {field.name for field in model._meta.get_fields()}):
        yield CheckWarning(
            f"The translation policy of {model.__name__} names no field: {', '.join(unknown)}.",
            obj=model,
            id="techport_core.W005",
        )


def _editable_fields(model: type[models.Model]) -> set[str]:
    fields = (field for field in model._meta.fields if field.editable and not field.auto_created)
    own = {f.name for f in fields if not getattr(f.remote_field, "parent_link", False)}
    children = {relation.name for relation in getattr(model._meta, "child_relations", ())}
    return (own | children) - _KEPT_BY_WAGTAIL
