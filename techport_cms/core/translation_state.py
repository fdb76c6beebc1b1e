"""The state of translations: one question, asked here by the admin, the API and the page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Min
from wagtail.models import Locale, Page, TranslatableMixin

from .references import oldest_page


class TranslationState(StrEnum):
    SOURCE = "source"  # written in this language
    TRANSLATED = "translated"  # a translation; nobody here knows whether it is up to date
    CURRENT = "current"  # a translation of the source as it is published now
    OUTDATED = "outdated"  # the source has changed since
    FALLBACK = "fallback"  # shown in another language than the one that was asked for
    MISSING = "missing"  # not there for readers: a translation that is a draft


@dataclass(frozen=True)
class TranslationStatus:
    state: TranslationState
    outdated_since: datetime | None = None


Items = Sequence[TranslatableMixin]
Statuses = dict[Any, TranslationStatus]  # by primary key
Provider = Callable[[Items], Mapping[Any, TranslationStatus]]

_providers: list[Provider] = []


def register_provider(provider: Provider) -> None:
    """Let a room that knows more (`translations`) answer.

    A provider leaves out the items that it does not know; the first answer counts.
    """
    if provider not in _providers:
        _providers.append(provider)


def translation_status(items: Items, wanted: Locale | None = None) -> Statuses:
    """The status of each item, for a reader who wants them in `wanted` (default: as they are).

    The items are of one model, or pages of any types. The number of queries does not depend on
    that of the items: one for each provider, and one for the items that none of them knows.
    """
    found: Statuses = {}
    for answer in (*_providers, _by_age):
        unknown = [item for item in items if item.pk not in found]
        found.update(answer(unknown) if unknown else {})
    return {item.pk: _for_reader(item, found[item.pk], wanted) for item in items}


def _for_reader(
    item: TranslatableMixin, status: TranslationStatus, wanted: Locale | None
) -> TranslationStatus:
    if wanted is not None and item.locale_id != wanted.pk:
        return TranslationStatus(TranslationState.FALLBACK)
    if status.state != TranslationState.SOURCE and not getattr(item, "live", True):
        return TranslationStatus(TranslationState.MISSING)
    return status


def _by_age(items: Items) -> Statuses:
    """Without a desk the oldest of the siblings is taken for the source: it was there first."""
    keys = {item.translation_key for item in items}
    known = {key: oldest_page(key) for key in keys if isinstance(items[0], Page)}
    oldest = {pk for pk in known.values() if pk is not None}
    unknown = {key for key in keys if known.get(key) is None}
    if unknown:
        siblings = items[0].get_translation_model()._default_manager.filter(translation_key__in=unknown)
        firsts = siblings.order_by().values("translation_key").annotate(first=Min("pk"))
        oldest.update(firsts.values_list("first", flat=True))
    source, translated = map(TranslationStatus, (TranslationState.SOURCE, TranslationState.TRANSLATED))
    return {item.pk: source if item.pk in oldest else translated for item in items}


class StatusLoader:
    """The statuses of the items that are going to be shown, and of their public translations: the
    first question asks for all of them."""

    def __init__(self) -> None:
        self._expected: list[TranslatableMixin] = []
        self._found: Statuses = {}

    def expect(self, items: Items) -> None:
        self._expected += items

    def get(self, item: TranslatableMixin, wanted: Locale | None = None) -> TranslationStatus:
        if item.pk not in self._found:
            asked = {one.pk: one for one in (*self._expected, item)}
            self._expected.clear()
            self._found.update(translation_status(list(asked.values())))
        return _for_reader(item, self._found[item.pk], wanted)
