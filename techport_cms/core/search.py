"""What readers search for, and what is shown of a page that a search has found."""

import re
from collections.abc import Iterator

from django.utils.html import escape
from wagtail.models import Page
from wagtail.search import index

EXCERPT_LENGTH = 200  # characters
MOST_WORDS = 50  # of a search: a backend nests them, as deep as there are words


def words_of(query: str) -> list[str]:
    """What is searched for. Readers mean words; SQLite's search takes a quotation mark for its own
    (wagtail/wagtail#13227)."""
    return query.replace('"', " ").split()


def searched_text(page: Page) -> str:
    """All text of the page (of its own type) that the search index holds, but for the title."""
    fields = [field for field in page.get_search_fields() if type(field) is index.SearchField]
    values = [
        field.get_value(page) for field in fields if field.field_name not in {"title", "search_description"}
    ]
    parts = [part for value in values for part in (value if isinstance(value, list) else [value]) if part]
    return " ".join(" ".join(map(str, parts)).split())


def excerpt(text: str, query: str) -> str:
    """The part of the text around the first word of the query that is in it, cut at spaces."""
    lowered = text.lower()
    places = [place for word in words_of(query.lower()) if (place := lowered.find(word)) >= 0]
    start = max(0, min(places, default=0) - EXCERPT_LENGTH // 4)
    if start:
        start = text.find(" ", start) + 1
    part = text[start : start + EXCERPT_LENGTH]
    if start + EXCERPT_LENGTH < len(text):
        part = part.rsplit(" ", 1)[0] + " …"
    return f"… {part}" if start else part


def highlighted(text: str, query: str) -> str:
    """The text as HTML, with `<mark>` around the words that begin with one of the query's. All else is
    escaped, so that it can be put into a page as it is."""
    return "".join(
        f"<mark>{escape(part)}</mark>" if marked else escape(part) for part, marked in _parts(text, query)
    )


def _parts(text: str, query: str) -> Iterator[tuple[str, bool]]:
    words = sorted({re.escape(word) for word in re.findall(r"\w+", query)}, key=len, reverse=True)
    if not words:
        yield text, False
        return
    for number, part in enumerate(re.split(rf"(?i)(\b(?:{'|'.join(words)})\w*)", text)):
        yield part, number % 2 == 1
