"""English versions as real wagtail-localize translations: segments, all of them done."""

import copy
from collections.abc import Callable
from typing import Any

from django.db import transaction
from wagtail.models import Locale, Page
from wagtail_localize.models import (
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
)
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

Edit = Callable[[Any], None]


@transaction.atomic
def translate(original: Any, locale: Locale, edit: Edit, *, publish: bool = True, share: float = 1.0) -> Any:
    """Translate `original` (a page or snippet) into `locale`; return the translated instance.

    `edit` writes the translated values into an unsaved twin of the original; its segments become
    the string translations of the original's. `share` is how much of them a translator has done.
    ValueError where the two do not have the same segments.
    """
    pairs = _pair_segments(original, edit)
    source, _ = TranslationSource.get_or_create_from_instance(original)
    translation, _ = Translation.objects.get_or_create(source=source, target_locale=locale)
    segments = StringSegment.objects.filter(source=source).select_related("string", "context")
    by_place = {(segment.context.path, segment.order): segment for segment in segments}
    for place, text in pairs[: round(len(pairs) * share)]:
        segment = by_place[place]
        StringTranslation.objects.update_or_create(
            translation_of=segment.string,
            context=segment.context,
            locale=locale,
            defaults={"data": text, "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL},
        )
    translation.save_target(publish=False)  # a draft first: publishing belongs to this transaction
    translated = translation.get_target_instance()
    if publish:
        translated.get_latest_revision().publish()
        translated.refresh_from_db()
    return translated


def _pair_segments(original: Any, edit: Edit) -> list[tuple[tuple[str, int], str]]:
    twin = _twin(original)
    edit(twin)
    ours, theirs = _strings(original), _strings(twin)
    if [segment.path for segment in ours] != [segment.path for segment in theirs]:
        raise ValueError(f"{original!r}: the translation has other segments than the original")
    return [((mine.path, mine.order), their.string.data) for mine, their in zip(ours, theirs, strict=True)]


def _twin(original: Any) -> Any:
    if isinstance(original, Page):
        return original.with_content_json(original.serializable_data())
    return copy.copy(original)


def _strings(instance: Any) -> list[StringSegmentValue]:
    return [segment for segment in extract_segments(instance) if isinstance(segment, StringSegmentValue)]
