"""Whether a translation is of the source as it is published now: decided when either is published.

wagtail-localize compares with the copy of the source that it froze for the translator, so it says
"up to date" until somebody synchronises. Here the segments of what is published are compared with
those that the published translation was made from. docs/decisions/0019-translation-state.md
"""

import json
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from wagtail.models import DraftStateMixin, Locale, Page, Revision, TranslatableMixin
from wagtail.signals import published
from wagtail.snippets.models import get_snippet_models
from wagtail_localize.fields import get_translatable_fields
from wagtail_localize.models import StringSegment, Translation, TranslationSource
from wagtail_localize.segments import RelatedObjectSegmentValue, StringSegmentValue, TemplateSegmentValue
from wagtail_localize.segments.extract import extract_segments

from techport_cms.changes.log import record
from techport_cms.changes.models import Kind
from techport_cms.core.translation_state import Items, Statuses, TranslationState, TranslationStatus

from .models import DIGEST, Freshness, RevisionSource

INCOMPLETE = ""  # made from no source: some sentences stand there in the source's language


def connect() -> None:
    published.connect(settle_published, dispatch_uid="techport_translations")
    post_save.connect(settle_saved, dispatch_uid="techport_translations")
    post_delete.connect(settle_deleted, dispatch_uid="techport_translations")


def statuses(items: Items) -> Statuses:
    """Of those that were published since this app is there. One query."""
    rows = Freshness.objects.filter(translation_key__in={item.translation_key for item in items})
    by_item = {(row.translation_key, row.locale_id): row for row in rows}
    known = ((item.pk, by_item.get((item.translation_key, item.locale_id))) for item in items)
    return {pk: _status(row) for pk, row in known if row is not None}


def _status(row: Freshness) -> TranslationStatus:
    if row.is_source:
        return TranslationStatus(TranslationState.SOURCE)
    if row.outdated_since is None:
        return TranslationStatus(TranslationState.CURRENT)
    return TranslationStatus(TranslationState.OUTDATED, row.outdated_since)


def settle_published(sender: type[models.Model], instance: Any, revision: Revision, **kwargs: Any) -> None:
    if isinstance(instance, TranslatableMixin) and instance.live:  # it may only be scheduled
        settle(instance, revision=revision)


def settle_saved(sender: type[models.Model], instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """A snippet without drafts is published by saving it."""
    if not raw and sender in get_snippet_models() and _is_public_at_once(instance):
        settle(instance)


def settle_deleted(sender: type[models.Model], instance: Any, **kwargs: Any) -> None:
    if not isinstance(instance, TranslatableMixin) or sender is not instance.get_translation_model():
        return
    rows = Freshness.objects.filter(translation_key=instance.translation_key)
    if rows.filter(locale_id=instance.locale_id).delete()[0] and rows.exists():
        settle(instance)


def _is_public_at_once(instance: Any) -> bool:
    return isinstance(instance, TranslatableMixin) and not isinstance(instance, DraftStateMixin)


def source_digest(source: TranslationSource, original: Any, locale: Locale) -> str:
    """Of `original`, the frozen source, for a translation of it into `locale`."""
    texts = StringSegment.objects.filter(source=source).annotate_translation(locale)
    missing = texts.filter(Q(translation=None) | Q(translation=""))
    return INCOMPLETE if missing.exists() else digest(original)


def note_source(target: Any, revision: Revision | None, made_from: str) -> None:
    """The desk wrote `target`, as `revision` where it has any; keep what from."""
    if revision is None:
        settle(target, made_from=made_from)
    else:
        RevisionSource.objects.create(revision=revision, digest=made_from)


def settle(item: Any, *, revision: Revision | None = None, made_from: str | None = None) -> None:
    """Write anew how the translations of `item`, itself among them, stand to their sources.

    `item` was published (as `revision`, where it has any) or is gone. The row is locked before
    anything is read: who publishes the source and who publishes the translation wait for each other.
    """
    with transaction.atomic(savepoint=False):
        rows = Freshness.objects.filter(translation_key=item.translation_key)
        known = {row.locale_id: row for row in rows.select_for_update().order_by("pk")}
        family = Family(type(item), item.translation_key)
        changed = [row for row in _assess(item, family, known, revision, made_from) if _differs(row, known)]
        if not changed:
            return
        Freshness.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["translation_key", "locale"],
            update_fields=["is_source", "made_from", "outdated_since"],
        )
        # What readers are told of these is new, though nobody published them.
        others = known.keys() - {item.locale_id}
        record(Kind.SAVE, *(family.by_locale[row.locale_id] for row in changed if row.locale_id in others))


class Family:
    """The items that are translations of one another, and who was translated from whom."""

    def __init__(self, model: type[models.Model], key: UUID) -> None:
        items: Any = model._default_manager.filter(translation_key=key).order_by("pk")
        items = items.select_related("locale", *_relations(model))
        self.by_locale: dict[int, Any] = {item.locale_id: item for item in items}
        links = Translation.objects.filter(source__object_id=key)
        rows = list(links.values_list("target_locale_id", "source__locale_id", "enabled"))
        self.links = {target: source for target, source, _ in rows if source in self.by_locale}
        self.at_desk = {target for target, _, enabled in rows if enabled}
        self.published_digest = cache(self._published_digest)  # by locale

    def source_of(self, item: Any) -> Any:
        """What it was translated from: as the desk knows, else the oldest. A source is its own."""
        if (locale_id := self.links.get(item.locale_id)) is not None:
            return self.by_locale[locale_id]
        targets, sources = self.links.keys(), set(self.links.values())
        return min(
            self.by_locale.values(),
            key=lambda other: (other.locale_id in targets, other.locale_id not in sources, other.pk),
        )

    def _published_digest(self, locale_id: int) -> str | None:
        item = self.by_locale[locale_id]
        return digest(_specific(item)) if _is_live(item) else None


def _assess(
    item: Any, family: Family, known: dict[int, Freshness], revision: Revision | None, made_from: str | None
) -> Iterator[Freshness]:
    """A new row for each item that is published, where something is known of it."""
    for member in filter(_is_live, family.by_locale.values()):
        row = Freshness(translation_key=member.translation_key, locale_id=member.locale_id, is_source=False)
        source, before = family.source_of(member), known.get(member.locale_id)
        if source is member:
            row.is_source = True
            yield row
            continue
        if member.pk == item.pk:
            row.made_from = _made_from(member, family, revision) if made_from is None else made_from
        elif before is None or before.is_source:
            continue  # nobody has seen it being published
        else:
            row.made_from = before.made_from
        row.outdated_since = _outdated_since(row, before, family.published_digest(source.locale_id))
        yield row


def _made_from(item: Any, family: Family, revision: Revision | None) -> str:
    """Who publishes by hand has looked at the source, says this house; the desk knows what it wrote.

    At the desk, a revision that somebody else made still has the texts of the desk's last one.
    """
    if revision is not None:
        written = RevisionSource.objects.filter(revision__in=item.revisions.filter(pk__lte=revision.pk))
        last = written.order_by("-pk").first()
        if last is not None and (item.locale_id in family.at_desk or last.pk == revision.pk):
            return last.digest
    source = family.source_of(item)
    return family.published_digest(source.locale_id) or digest(source.get_latest_revision_as_object())


def _outdated_since(row: Freshness, before: Freshness | None, now_published: str | None) -> Any:
    since = before.outdated_since if before is not None else None
    if row.made_from == INCOMPLETE:
        return since or timezone.now()
    if now_published is None:  # the source is not public: nothing newer is there to read
        return since if before is not None and before.made_from == row.made_from else None
    return None if row.made_from == now_published else since or timezone.now()


def _differs(row: Freshness, known: dict[int, Freshness]) -> bool:
    names = ("is_source", "made_from", "outdated_since")
    before = known.get(row.locale_id)
    return before is None or any(getattr(row, name) != getattr(before, name) for name in names)


def digest(item: Any) -> str:
    """Of the texts, links and choices that a translation takes over from this item.

    Without the ids of blocks: a paragraph that was made anew with the same words has not changed.
    """
    parts = [(segment.path.partition(".")[0], *_content(segment)) for segment in extract_segments(item)]
    stored = json.dumps(parts, sort_keys=True, default=str).encode()
    return blake2b(stored, digest_size=DIGEST // 2).hexdigest()


def _relations(model: type[models.Model]) -> list[str]:
    """The keys whose objects a digest of this model asks for."""
    fields = (translatable.get_field(model) for translatable in get_translatable_fields(model))
    return [field.name for field in fields if isinstance(field, models.ForeignKey)]


def _content(segment: Any) -> tuple[Any, ...]:
    match segment:
        case StringSegmentValue():
            return "text", segment.string.data, segment.attrs
        case TemplateSegmentValue():
            return "template", segment.template
        case RelatedObjectSegmentValue():
            return "object", segment.translation_key
        case _:
            return "value", segment.data


def _is_live(item: Any) -> bool:
    return getattr(item, "live", True)


def _specific(item: Any) -> Any:
    return item.specific if isinstance(item, Page) else item
