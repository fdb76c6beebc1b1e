"""What must hold of a page after a publish that was killed: it is done, or it has not begun."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scenarios import Scenario
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision
from wagtail_localize.models import TranslationLog

from faq.models import QuestionPage
from techport_cms.changes.models import Change
from techport_cms.webhooks import leases
from techport_cms.webhooks.models import Lease

CONTENT = ("title", "slug", "seo_title", "answer", "category", "social_image")
OF_AN_ALIAS = (*(name for name in CONTENT if name != "slug"), "live", "last_published_at")


@dataclass(frozen=True)
class Before:
    """Where each record ended before the attempt."""

    live_revision: int
    revision: int
    audit: int
    change: int
    translation_log: int


def look(scenario: Scenario) -> Before:
    return Before(
        live_revision=QuestionPage.objects.get(pk=scenario.page).live_revision_id,
        revision=_last(Revision),
        audit=_last(PageLogEntry),
        change=_last(Change),
        translation_log=_last(TranslationLog),
    )


def was_published(scenario: Scenario, before: Before) -> bool:
    return look(scenario).live_revision != before.live_revision


def problems(scenario: Scenario, before: Before) -> list[str]:
    """Each invariant that does not hold; empty where the publish is done or has not begun."""
    page = QuestionPage.objects.get(pk=scenario.page)
    published = page.live_revision_id != before.live_revision
    aliases = list(QuestionPage.objects.filter(alias_of=page))
    return [
        *_of_the_row(page),
        *_of_revisions(scenario, page, before, published),
        *_of_records(scenario, page, aliases, before, published),
        *_of_aliases(page, aliases),
        *_of_indexes([page, *aliases]),
        *_of_leases(),
    ]


def _last(model: Any) -> int:
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _content(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "answer": json.loads(data["answer"])}  # PostgreSQL sorts the keys of JSON


def _of_the_row(page: QuestionPage) -> Iterator[str]:
    row, revision = _content(page.serializable_data()), _content(page.live_revision.content)
    for name in CONTENT:
        if row[name] != revision[name]:
            yield f"the live row's {name} is not that of the live revision"


def _of_revisions(scenario: Scenario, page: QuestionPage, before: Before, published: bool) -> Iterator[str]:
    latest = page.latest_revision
    newest = page.revisions.order_by("-created_at", "-pk").first()
    if latest != newest:
        yield "the latest revision is not the newest one"
    # Each text that a translator saves is the draft's title at once.
    if scenario.translation is None and page.draft_title != latest.content["title"]:
        yield "the draft title is not that of the latest revision"
    if page.has_unpublished_changes != (latest.pk != page.live_revision_id):
        yield "has_unpublished_changes is wrong"
    if scenario.is_scheduled and (latest.approved_go_live_at is None) != published:
        yield "the schedule does not say what happened"
    if not scenario.is_scheduled and (newest.pk > before.revision) != published:
        yield "a revision is there that is not published"


def _of_records(
    scenario: Scenario, page: QuestionPage, aliases: list[QuestionPage], before: Before, published: bool
) -> Iterator[str]:
    wanted = [page.live_revision_id] if published else []
    audit = PageLogEntry.objects.filter(page=page.pk, action=scenario.audit, pk__gt=before.audit)
    if list(audit.values_list("revision_id", flat=True)) != wanted:
        yield "the audit log does not say what happened"
    changes = Change.objects.filter(pk__gt=before.change, sequence__isnull=False, kind="publish")
    told = sorted(changes.values_list("object_id", flat=True))
    if told != (sorted(str(each.pk) for each in [page, *aliases]) if published else []):
        yield "the publication log does not say what happened"
    if scenario.translation is not None:
        logs = TranslationLog.objects.filter(pk__gt=before.translation_log)
        if list(logs.values_list("revision_id", flat=True)) != wanted:
            yield "the translation log does not say what happened"


def _of_aliases(page: QuestionPage, aliases: list[QuestionPage]) -> Iterator[str]:
    source = _content(page.serializable_data())
    for alias in aliases:
        copy = _content(alias.serializable_data())
        if any(copy[name] != source[name] for name in OF_AN_ALIAS):
            yield "an alias is not like its source"


def _of_indexes(pages: list[QuestionPage]) -> Iterator[str]:
    for page in pages:
        if set(ReferenceIndex._extract_references_from_object(page)) != _references(page):
            yield "the reference index is not that of the live row"
    word = pages[0].title.split()[-1].rstrip("?")
    wanted = {page.pk for page in pages}
    found = Page.objects.filter(pk__in=wanted).search(word)
    if {page.pk for page in found} != wanted:
        yield "search does not find the title of the live row"


def _of_leases() -> Iterator[str]:
    """Whoever had one has ended or was killed, and that is long enough ago."""
    for name in Lease.objects.values_list("name", flat=True):
        if not leases.acquire(name, "another worker"):
            yield f"nobody else can take the lease of {name}"
        leases.release(name, "another worker")


def _references(page: QuestionPage) -> set[tuple]:
    rows = ReferenceIndex.get_references_for_object(page)
    return set(rows.values_list("to_content_type_id", "to_object_id", "model_path", "content_path"))
