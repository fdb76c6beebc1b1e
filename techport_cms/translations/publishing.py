"""The safe publish gate: a translation is written and published in one transaction, or not at all.

wagtail-localize writes the translated text into the live row and publishes it once the transaction
has committed. Killed in between, it leaves a live page that no revision, no alias and no audit entry
knows of; a draft is public at once. Here the text goes into a revision, and only publishing that
revision writes the row of a live page or snippet. docs/decisions/0012-translation-publish.md
"""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models, transaction
from django.utils.text import slugify
from wagtail import hooks
from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.coreutils import find_available_slug
from wagtail.models import DraftStateMixin, Locale, Page, Revision, RevisionMixin
from wagtail_localize.fields import copy_synchronised_fields
from wagtail_localize.models import (
    CannotSaveDraftError,
    SegmentOverride,
    StringSegment,
    StringTranslation,
    TranslationLog,
    TranslationSource,
)
from wagtail_localize.segments.ingest import ingest_segments

from .freshness import note_source, source_digest
from .requests import current_request

# What a copy of a snippet with drafts would take over from its source, as if it were published.
NEVER_PUBLISHED = {
    "live": False,
    "has_unpublished_changes": True,
    "live_revision": None,
    "first_published_at": None,
    "last_published_at": None,
}


def install() -> None:
    """Replace the one method of wagtail-localize through which every translation is written."""
    theirs = TranslationSource.create_or_update_translation
    if theirs is not create_or_update_translation:
        create_or_update_translation.__wrapped__ = theirs  # type: ignore[attr-defined]
        TranslationSource.create_or_update_translation = create_or_update_translation


def create_or_update_translation(
    self: TranslationSource,
    locale: Locale,
    user: models.Model | None = None,
    publish: bool = True,
    copy_parent_pages: bool = False,
    fallback: bool = False,
) -> tuple[Any, bool]:
    """Write the translation of this source into `locale`, as wagtail-localize's method of this name does.

    Returns the translated instance and whether it was made now. What is wrong with a text is kept at
    its translation before ValidationError is raised; every other error leaves nothing behind:
    SourceDeletedError, CannotSaveDraftError, MissingTranslationError, MissingRelatedObjectError,
    ParentNotTranslatedError, PermissionDenied where `user` may not publish.
    """
    original = self.as_instance()
    if not publish and not isinstance(original, DraftStateMixin):
        raise CannotSaveDraftError
    invalid = None
    with transaction.atomic():
        target, created = _get_or_copy(self, original, locale, copy_parent_pages)
        try:
            with transaction.atomic():
                target = _write(self, original, target, fallback, user, publish)
        except ValidationError as error:
            _keep_errors(self, locale, error)
            invalid = error  # raised in here, it would take the kept errors with it
    if invalid is not None:
        raise invalid
    return target, created


def _get_or_copy(
    source: TranslationSource, original: Any, locale: Locale, copy_parent_pages: bool
) -> tuple[Any, bool]:
    try:
        return source.get_translated_instance(locale), False
    except ObjectDoesNotExist:
        pass
    if isinstance(original, Page):
        if copy_parent_pages:
            _draft_missing_parents(original, locale)
        return original.copy_for_translation(locale), True
    copy = original.copy_for_translation(locale)
    if isinstance(copy, DraftStateMixin):
        for name, value in NEVER_PUBLISHED.items():
            setattr(copy, name, value)
    return copy, True


def _draft_missing_parents(page: Page, locale: Locale) -> None:
    """Make drafts of what stands above the page. Wagtail would make aliases, which are public at once:
    Dutch pages at English addresses."""
    for parent in page.get_ancestors().filter(depth__gt=1).order_by("depth").specific():
        if not parent.has_translation(locale):
            parent.copy_for_translation(locale)


def _write(
    source: TranslationSource, original: Any, target: Any, fallback: bool, user: Any, publish: bool
) -> Any:
    """Bring the target up to date with its source; return it as it is in the database."""
    locale = target.locale
    if isinstance(target, Page) and target.alias_of_id:
        ConvertAliasPageAction(target, log_action="wagtail.convert_alias", user=user).execute(
            skip_permission_checks=True
        )
    made_from = source_digest(source, original, locale)  # before `target` writes into the same streams
    copy_synchronised_fields(original, target)
    segments = source._get_segments_for_translation(locale, fallback=fallback)
    ingest_segments(original, target, source.locale, locale, segments)
    revision = _save(target, user)
    TranslationLog.objects.create(source=source, locale=locale, revision=revision)
    note_source(target, revision, made_from)
    if isinstance(target, Page):
        source.sync_view_restrictions(original, target)
    if not publish or not isinstance(target, DraftStateMixin):
        return target
    return _publish(target, revision, user)


def _save(target: Any, user: Any) -> Revision | None:
    """Save what is written as the newest revision, or as the row where there are no revisions."""
    if isinstance(target, Page):
        slug = slugify(target.slug)
        target.slug = find_available_slug(target.get_parent(), slug, ignore_page_id=target.pk)
    target.full_clean()
    if not isinstance(target, DraftStateMixin) or not target.live:
        target.save()  # the row of what is live is written by publishing alone
    return target.save_revision(user=user, clean=False) if isinstance(target, RevisionMixin) else None


def _publish(target: Any, revision: Revision, user: Any) -> Any:
    revision.publish(user=user)
    published = type(target)._default_manager.get(pk=target.pk)
    request = current_request()
    if request is not None and isinstance(published, Page):
        for after_publish in hooks.get_hooks("after_publish_page"):
            after_publish(request, published)  # an answer of its own has no place here
    return published


def _keep_errors(source: TranslationSource, locale: Locale, error: ValidationError) -> None:
    """Tell the translator at each text what is wrong with it."""
    strings = StringSegment.objects.filter(source=source).values("string")
    for field_name, errors in getattr(error, "error_dict", {}).items():
        place = {"context__object": source.object, "context__path": field_name, "locale": locale}
        for translation in StringTranslation.objects.filter(**place, translation_of__in=strings):
            translation.set_field_error(errors)
        for override in SegmentOverride.objects.filter(**place):
            override.set_field_error(errors)
