"""Many made-up articles and partners, for measuring how the site grows: load_demo --scale N

N items, half of them articles and half partners, each in Dutch and in English. They are written
in bulk, past Django's signals, so all that a publication brings along is done here: places in the
tree, search index, reference index, publication log. They have no revisions and no records of
wagtail-localize: an editor can change them; a translator sees them once they are submitted.
"""

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone
from modelsearch.backends import get_search_backends
from wagtail.models import Locale, Page, ReferenceIndex

from news.models import ArticlePage, NewsIndexPage, Topic
from partners.models import PartnerIndexPage, PartnerPage, Sector
from techport_cms.changes.log import record
from techport_cms.changes.models import Kind
from techport_cms.content.models import ContentImage

from . import source

BATCH = 500  # pages; each batch is a transaction, so that an interrupted run goes on where it was
AT_ONCE = 100  # rows in one statement: SQLite's longest list of values is short
RARE_WORD = "zeearend"  # in the texts of the first three of each
NEWEST = datetime.date(2012, 12, 31)  # older than the demo articles, so that those stay in front
PLACES = ("Velsen", "Beverwijk", "Heemskerk", "IJmuiden", "Haarlem", "Alkmaar", "Zaandam")

TEXTS = {
    "nl": {
        "article": "Voorbeeldbericht {number}",
        "partner": "Voorbeeldpartner {number}",
        "introduction": "Dit is verzonnen, om de site mee te meten: nummer {number} {rare}.",
        "heading": "Waarom dit er staat",
        "paragraph": "Een site met veel pagina's moet even snel zijn als een site met weinig. "
        "Deze tekst is zo lang als die van een gewone pagina, en staat op elke pagina die zo is gemaakt.",
    },
    "en": {
        "article": "Example message {number}",
        "partner": "Example partner {number}",
        "introduction": "This is made up, to measure the site with: number {number} {rare}.",
        "heading": "Why this is here",
        "paragraph": "A site of many pages must be as fast as one of few. "
        "This text is as long as that of an ordinary page, and is on every page that was made like this.",
    },
}


@dataclass(frozen=True)
class Shelf:
    """Where pages of one type in one language go, and what they point to."""

    model: type[Page]
    kind: str  # a key of TEXTS
    parent: Page
    terms: list[Any]  # topics or sectors
    images: list[ContentImage]

    @property
    def locale(self) -> Locale:
        return self.parent.locale


def load(number: int, report: Callable[[str], None]) -> None:
    """Make what is missing of so many items in each language. Needs the demo content."""
    share = {"article": (number + 1) // 2, "partner": number // 2}
    for shelf in _shelves():
        missing = list(_missing(shelf, share[shelf.kind]))
        for first in range(0, len(missing), BATCH):
            numbers = missing[first : first + BATCH]
            _add(shelf, numbers)
            report(f"{shelf.model.__name__} ({shelf.locale}): {first + len(numbers)} of {len(missing)} added")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # else the database plans its queries for the few that there were


def _shelves() -> Iterator[Shelf]:
    images = list(ContentImage.objects.order_by("pk"))
    for index, model, kind, term in (
        (NewsIndexPage, ArticlePage, "article", Topic),
        (PartnerIndexPage, PartnerPage, "partner", Sector),
    ):
        for parent in index.objects.filter(locale__language_code__in=TEXTS).select_related("locale"):
            terms = list(term.objects.filter(locale=parent.locale, live=True))
            yield Shelf(model, kind, parent, terms, images)


def _missing(shelf: Shelf, number: int) -> Iterator[int]:
    there = set(shelf.model.objects.filter(locale=shelf.locale).values_list("translation_key", flat=True))
    return (n for n in range(1, number + 1) if _key(shelf, n) not in there)


def _key(shelf: Shelf, number: int) -> uuid.UUID:
    return source.translation_key(f"scale/{shelf.kind}/{number}")


@transaction.atomic
def _add(shelf: Shelf, numbers: list[int]) -> None:
    parent = Page.objects.select_for_update().get(pk=shelf.parent.pk)
    last = parent.get_last_child()
    first_step = Page._str2int(last.path[-Page.steplen :]) + 1 if last else 1
    pages = [_page(shelf, parent, n, first_step + place) for place, n in enumerate(numbers)]
    _insert(shelf.model, pages)
    Page.objects.filter(pk=parent.pk).update(numchild=parent.numchild + len(pages))
    for backend in get_search_backends(with_auto_update=True):
        backend.add_bulk(shelf.model, pages)
    ReferenceIndex.objects.bulk_create(_references(pages), batch_size=1000)
    record(Kind.PUBLISH, *pages)


def _page(shelf: Shelf, parent: Page, number: int, step: int) -> Any:
    texts, now = TEXTS[shelf.locale.language_code], timezone.now()
    title = texts[shelf.kind].format(number=number)
    slug = title.lower().replace(" ", "-")
    rare = RARE_WORD if number <= 3 else ""
    page = shelf.model(
        title=title,
        draft_title=title,
        slug=slug,
        locale=shelf.locale,
        translation_key=_key(shelf, number),
        content_type=ContentType.objects.get_for_model(shelf.model),
        path=Page._get_path(parent.path, parent.depth + 1, step),
        depth=parent.depth + 1,
        url_path=f"{parent.url_path}{slug}/",
        live=True,
        first_published_at=now,
        last_published_at=now,
        introduction=texts["introduction"].format(number=number, rare=rare).replace(" .", "."),
    )
    fill = {"article": _fill_article, "partner": _fill_partner}[shelf.kind]
    fill(page, shelf, number, _body(texts, f"scale/{shelf.kind}/{number}"))
    return page


def _body(texts: dict[str, str], key: str) -> str:
    paragraph = {"type": "paragraph", "html": f"<p>{texts['paragraph']}</p>"}
    heading = {"type": "heading", "text": texts["heading"], "level": "h2"}
    return source.stream([heading, paragraph, paragraph], key, lambda _key: 0)


def _fill_article(page: Any, shelf: Shelf, number: int, body: str) -> None:
    page.date = NEWEST - datetime.timedelta(days=number % 5000)
    page.topic = _one_of(shelf.terms, number)
    page.hero_image = _one_of(shelf.images, number)
    page.body = body


def _fill_partner(page: Any, shelf: Shelf, number: int, body: str) -> None:
    page.kind = _one_of(PartnerPage.Kind.values, number)
    page.sector = _one_of(shelf.terms, number)
    page.partner_since = 2013 + number % 10
    page.place = _one_of(PLACES, number)
    page.latitude = Decimal(52_35000 + number * 7919 % 20000) / 100_000
    page.longitude = Decimal(4_55000 + number * 6101 % 45000) / 100_000
    page.story = body


def _one_of(items: Any, number: int) -> Any:
    return items[number % len(items)] if items else None


def _insert(model: type[Page], pages: list[Any]) -> None:
    """Rows of both tables: bulk_create refuses models with a parent that has a table of its own."""
    names = [field.attname for field in Page._meta.local_concrete_fields]
    bases = [Page(**{name: getattr(page, name) for name in names}) for page in pages]
    Page.objects.bulk_create(bases, batch_size=BATCH)
    for page, base in zip(pages, bases, strict=True):
        page.pk = page.page_ptr_id = base.pk
        page._state.adding = False
        page.wagtail_admin_comments = []  # known to be none; each page would ask
    for first in range(0, len(pages), AT_ONCE):
        rows, fields = pages[first : first + AT_ONCE], model._meta.local_concrete_fields
        model._base_manager._insert(rows, fields=fields, using=connection.alias)


def _references(pages: Iterable[Any]) -> Iterator[ReferenceIndex]:
    """As ReferenceIndex.create_or_update_for_object, for pages that have none yet."""
    base = ContentType.objects.get_for_model(Page)
    for page in pages:
        found = set(ReferenceIndex._extract_references_from_object(page))
        for to_type, to_id, model_path, content_path in found:
            yield ReferenceIndex(
                content_type=page.content_type,
                base_content_type=base,
                object_id=page.pk,
                to_content_type_id=to_type,
                to_object_id=to_id,
                model_path=model_path,
                content_path=content_path,
                content_path_hash=ReferenceIndex._get_content_path_hash(content_path),
            )
