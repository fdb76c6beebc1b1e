"""Pages of any type as a short list shows them: with their own picture, date and topic."""

from collections.abc import Iterable

from wagtail.models import Page

from techport_cms.core.pictures import expect_pictures
from techport_cms.core.specific import specific_pages


def for_cards(pages: Iterable[Page]) -> list[Page]:
    """These pages as their own types, with what a card shows of them; one query, and one for pictures."""
    cards = specific_pages(pages, with_streams=False)
    expect_pictures(getattr(page, "share_image", None) for page in cards)
    return cards
