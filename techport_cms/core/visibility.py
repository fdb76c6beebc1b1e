"""What is public. Everything that shows content asks here: pages, lists, links, feeds, the API.

Public is what an anonymous visitor may see: live, and under no view restriction, its own
or inherited. Whether it is live does not depend on the clock (the scheduler publishes).
"""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import CharField, Exists, ExpressionWrapper, F, Model, OuterRef, Q, QuerySet, Subquery
from wagtail.documents import get_document_model
from wagtail.documents.models import AbstractDocument
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    DraftStateMixin,
    Page,
    PageQuerySet,
    PageViewRestriction,
)

from .kept import kept
from .together import once


def public_pages(queryset: PageQuerySet | None = None, passed: Iterable[int] = ()) -> PageQuerySet:
    """The public ones among these pages (all pages without an argument), in one query; with those that
    are open to somebody who has passed these view restrictions (ids)."""
    pages = Page.objects.all() if queryset is None else queryset
    return pages.filter(~is_restricted(passed), live=True)


def searchable_pages(home: str) -> PageQuerySet:
    """The public pages at and below this place of the tree, in terms that search backends know."""
    pages = Page.objects.filter(path__startswith=home, live=True)
    for path in kept("restricted paths", restricted_paths):
        pages = pages.exclude(path__startswith=path)
    return pages


def restricted_paths() -> list[str]:
    """Where a restriction stands, and where what it stands on has an alias. One query."""
    rows = PageViewRestriction.objects.values_list("page__path", "page__aliases__path").distinct()
    return sorted({path for row in rows for path in row if path})


def is_restricted(passed: Iterable[int] = ()) -> Exists:
    """For a queryset of pages: whether a restriction stands on the page or above it, or on what it,
    or a page above it, is an alias of; but for those that were passed (ids)."""
    # No join: the database might begin with the pages, of which there are more than restrictions.
    place = Page.objects.order_by().filter(pk=OuterRef("page_id")).values("path")
    aliases = Page.objects.filter(alias_of_id=OuterRef("page_id")).annotate(
        listed=ExpressionWrapper(OuterRef(OuterRef("path")), output_field=CharField())
    )
    standing = PageViewRestriction.objects.exclude(pk__in=passed)
    restrictions = standing.annotate(listed=_outer("path"), place=Subquery(place))
    return Exists(
        restrictions.filter(
            Q(listed__startswith=F("place")) | Exists(aliases.filter(listed__startswith=F("path")))
        )
    )


def pages_behind(restriction: PageViewRestriction) -> PageQuerySet:
    """All pages that this restriction hides, drafts too: see is_restricted."""
    places = [restriction.page, *restriction.page.aliases.all()]
    below = (Q(path__startswith=place.path) for place in places)
    return Page.objects.filter(reduce(or_, below))


def is_public(page: Page) -> bool:
    """Whether an anonymous visitor may see this page. One query, none for a draft."""
    return is_readable(page)


def is_readable(page: Page, passed: Iterable[int] = ()) -> bool:
    """Whether somebody may see this page who has passed these view restrictions (ids).

    Two queries, none for a draft. Nothing but a password restriction can be passed this way.
    """
    return page.live and not restrictions_of(page).exclude(pk__in=passed).exists()


def restrictions_of(page: Page) -> QuerySet[PageViewRestriction]:
    """All that stand on the page or above it, or on what it is an alias of."""
    return page.get_view_restrictions()


def public_snippets(queryset: QuerySet) -> QuerySet:
    """The published ones among these snippets; models without drafts are public as they are."""
    if issubclass(queryset.model, DraftStateMixin):
        return queryset.filter(live=True)
    return queryset


def is_public_snippet(snippet: Model | None) -> bool:
    return snippet is not None and getattr(snippet, "live", True)


def public_redirects(queryset: QuerySet) -> QuerySet:
    """The redirects of Wagtail's that lead somewhere, and to no page that is not public."""
    to_page = Q(redirect_page__in=public_pages().values("pk"))
    return queryset.filter(to_page | Q(redirect_page=None) & ~Q(redirect_link=""))


def public_collection_members(queryset: QuerySet) -> QuerySet:
    """The images or documents that are in no restricted collection and in no child of one."""
    restrictions = CollectionViewRestriction.objects.annotate(listed=_outer("collection__path")).filter(
        listed__startswith=F("collection__path")
    )
    return queryset.filter(~Exists(restrictions))


def is_public_file(file: AbstractImage | AbstractDocument) -> bool:
    """Whether it is in no restricted collection, nor below one. At most one query within `together`."""
    return file.collection_id not in once(_restricted_collections)


def _restricted_collections() -> frozenset[int]:
    return kept("restricted collections", restricted_collections)


def restricted_collections() -> frozenset[int]:
    """The ids of the collections that are restricted, themselves or above. One query."""
    above = CollectionViewRestriction.objects.annotate(listed=_outer("path"))
    restricted = Collection.objects.filter(Exists(above.filter(listed__startswith=F("collection__path"))))
    return frozenset(restricted.values_list("pk", flat=True))


def public_images() -> QuerySet:
    return public_collection_members(get_image_model().objects.all())


def public_documents() -> QuerySet:
    return public_collection_members(get_document_model().objects.all())


def _outer(path: str) -> ExpressionWrapper:
    return ExpressionWrapper(OuterRef(path), output_field=CharField())
