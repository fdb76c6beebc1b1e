"""Groups of staff and what each may do: docs/editors.md tells it in words.

Editors              write in every language, cannot publish: they submit for review
Chief editors        review and publish, and keep snippets, navigation and settings
Translators: <lang>  translate into one language and publish it, within its tree
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from techport_cms.core.registry import categories

from ..models import Navigation, SiteSettings

EDITORS = "Editors"
CHIEF_EDITORS = "Chief editors"
REVIEW = "Editorial review"

WRITE = ("add", "change")
KEEP = ("add", "change", "delete", "publish")
FILES = (("wagtailimages", "image"), ("wagtaildocs", "document"))


@dataclass(frozen=True)
class Role:
    """`pages`: on each page of `trees` and below; `files`: in every collection of images and documents;
    `terms` and `frame`: on those snippets; `others`: "app_label.codename"."""

    name: str
    pages: tuple[str, ...]
    files: tuple[str, ...]
    trees: Iterable[Page]
    terms: tuple[str, ...] = ()
    frame: tuple[str, ...] = ()
    others: tuple[str, ...] = ("wagtailadmin.access_admin", "wagtail_localize.submit_translation")


@dataclass
class Granted:
    """How much was not there yet."""

    groups: list[str] = field(default_factory=list)
    permissions: int = 0


def translators(locale: Locale) -> str:
    """The name of the group that translates into this language."""
    return f"Translators: {locale.language_code}"


@transaction.atomic
def create_groups() -> Granted:
    """Give each group what it lacks; what people gave it besides stays, and so do their own groups."""
    granted = Granted()
    for role in roles():
        group, created = Group.objects.get_or_create(name=role.name)
        if created:
            granted.groups.append(role.name)
        granted.permissions += _grant(group, role)
    _start_review(Group.objects.get(name=CHIEF_EDITORS))
    _remove_stock_moderators()
    return granted


def roles() -> list[Role]:
    homes = _homes()
    chief_keeps = (
        "wagtailredirects.add_redirect",
        "wagtailredirects.change_redirect",
        "wagtailredirects.delete_redirect",
    )
    chief_edits = ("add", "change", "publish", "bulk_delete", "lock", "unlock")
    fixed = [
        Role(EDITORS, WRITE, ("add", "change", "choose"), homes, terms=WRITE),
        Role(
            CHIEF_EDITORS,
            chief_edits,
            ("add", "change", "choose"),
            homes,
            terms=KEEP,
            frame=("add", "change", "publish"),
            others=(*Role.others, *chief_keeps),
        ),
    ]
    return [*fixed, *(_translator(locale, homes) for locale in _target_locales())]


def _translator(locale: Locale, homes: list[Page]) -> Role:
    return Role(
        translators(locale),
        pages=("add", "change", "publish"),
        files=("add", "change", "choose"),  # each picture has an alternative text in their language
        trees=[home for home in homes if home.locale_id == locale.pk],
        terms=("add", "change", "publish"),
        frame=("change", "publish"),
    )


def _homes() -> list[Page]:
    """The home page of every site in every language."""
    keys = Site.objects.values("root_page__translation_key")
    return list(Page.objects.filter(translation_key__in=keys).order_by("pk"))


def _target_locales() -> models.QuerySet[Locale]:
    return Locale.objects.exclude(language_code=settings.LANGUAGE_CODE).order_by("language_code")


def _grant(group: Group, role: Role) -> int:
    wanted = _permissions(role)
    missing = wanted.exclude(pk__in=group.permissions.values("pk"))
    count = missing.count()
    group.permissions.add(*missing)
    return count + _grant_on_pages(group, role) + _grant_on_files(group, role)


def _permissions(role: Role) -> models.QuerySet[Permission]:
    """The permissions that hold for a whole model."""
    wanted = Q(pk__in=[])
    for name in role.others:
        app_label, codename = name.split(".")
        wanted |= Q(content_type__app_label=app_label, codename=codename)
    for model in categories:
        wanted |= _on_model(model, role.terms)
    for model in (Navigation, SiteSettings):
        wanted |= _on_model(model, role.frame)
    return Permission.objects.filter(wanted)


def _on_model(model: type[models.Model], actions: Iterable[str]) -> Q:
    content_type = ContentType.objects.get_for_model(model)
    codenames = [f"{action}_{model._meta.model_name}" for action in actions]
    return Q(content_type=content_type, codename__in=codenames)


def _grant_on_pages(group: Group, role: Role) -> int:
    codenames = [f"{action}_page" for action in role.pages]
    content_type = ContentType.objects.get_for_model(Page)
    permissions = Permission.objects.filter(content_type=content_type, codename__in=codenames)
    made = [
        GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)[1]
        for page in role.trees
        for permission in permissions
    ]
    return sum(made)


def _grant_on_files(group: Group, role: Role) -> int:
    root = Collection.get_first_root_node()
    made = []
    for app_label, name in FILES:
        # The permissions belong to Wagtail's own model, also where a project swaps it.
        content_type = ContentType.objects.get_for_model(apps.get_model(app_label, name))
        codenames = [f"{action}_{name}" for action in role.files]
        for permission in Permission.objects.filter(content_type=content_type, codename__in=codenames):
            made.append(
                GroupCollectionPermission.objects.get_or_create(
                    group=group, collection=root, permission=permission
                )[1]
            )
    return sum(made)


def _start_review(reviewers: Group) -> None:
    """Pages go through the review of the chief editors, unless somebody chose another workflow."""
    workflow, _created = Workflow.objects.get_or_create(name=REVIEW)
    if not workflow.workflow_tasks.exists():
        task = GroupApprovalTask.objects.create(name=REVIEW)
        task.groups.add(reviewers)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    for home in _homes():
        WorkflowPage.objects.get_or_create(page=home, defaults={"workflow": workflow})


def _remove_stock_moderators() -> None:
    """Wagtail's example group and workflow, while nobody is in the one and nothing in the other."""
    stock = Group.objects.filter(name="Moderators", user__isnull=True)
    Workflow.objects.filter(name="Moderators approval", workflow_states__isnull=True).delete()
    GroupApprovalTask.objects.filter(groups__in=stock, task_states__isnull=True).delete()
    stock.filter(groupapprovaltask__isnull=True).delete()
