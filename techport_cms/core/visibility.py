"""What is public. Everything that shows content asks here: pages, lists, links, feeds, the API.

Public is what an anonymous visitor may see: live, under no view restriction, its own or inherited, and,
of a page, at or below the home page of a site, since elsewhere it has no address. Whether it is live does
not depend on the clock (the scheduler publishes).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    CharField,
    Exists,
    Expression,
    ExpressionWrapper,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.sql.compiler import SQLCompiler
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
    Site,
)

from .kept import kept
from .sites import root_paths
from .together import once


def public_pages(
    queryset: PageQuerySet | None = None, passed: Iterable[int] = (), site: Site | None = None
) -> PageQuerySet:
    """The public ones among these pages (all pages without an argument), in one query; with those that
    are open to somebody who has passed these view restrictions (ids). With a site those of it."""
    return open_pages(queryset, passed).filter(under_sites(site))


def open_pages(queryset: PageQuerySet | None = None, passed: Iterable[int] = ()) -> PageQuerySet:
    """The same, with those under no site: for a query that is written once, while sites come and go.

    Its author sees to the rest: the pages are below one that is public, or go through `is_under_sites`.
    """
    pages = Page.objects.all() if queryset is None else queryset
    return pages.filter(~is_restricted(passed), live=True)


def under_sites(site: Site | None = None) -> Q:
    """For a queryset of pages: the home pages, and what is below them, of this site (default: of all)
    in every language."""
    roots = Q(pk__in=[])
    for root in root_paths():
        if site is None or root.site_id == site.pk:
            roots |= Q(url_path__startswith=root.root_path)
    return roots


def is_under_sites(page: Page) -> bool:
    """Whether this page is a home page or below one. No query on a warm process."""
    return any(page.url_path.startswith(root.root_path) for root in root_paths())


def searchable_pages(home: str) -> PageQuerySet:
    """The public pages at and below this place of the tree, in terms that search backends know."""
    pages = Page.objects.filter(path__startswith=home, live=True)
    for path in kept("restricted paths", restricted_paths):
        pages = pages.exclude(path__startswith=path)
    return pages


def restricted_paths() -> list[str]:
    """Where a restriction stands, and where what it stands on has an alias. One query."""
    sql, params = Behind(_restricted()).places(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} SELECT path FROM places ORDER BY path", params)  # noqa: S608 - no values in it
        return [path for (path,) in cursor.fetchall()]


def is_restricted(passed: Iterable[int] = ()) -> Expression:
    """For a queryset of pages: whether a restriction stands on the page or above it, or on what it,
    or a page above it, is an alias of; but for those that were passed (ids)."""
    return Behind(_restricted(passed))


def pages_behind(restriction: PageViewRestriction) -> PageQuerySet:
    """All pages that this restriction hides, drafts too: see is_restricted."""
    return _pages_behind(restriction.page_id)


def pages_at(page: Page) -> PageQuerySet:
    """This page and what is below it and below its aliases, at any depth, drafts too: what a restriction of
    it would hide."""
    return _pages_behind(page.pk)


def _pages_behind(pk: int) -> PageQuerySet:
    return Page.objects.filter(Behind(Page.objects.filter(pk=pk)))


def is_restricted_place(url_path: str) -> bool:
    """Whether a page that not everybody may see is live at this Page.url_path or above it."""
    return not restricted_places().isdisjoint(line_of(url_path))


def restricted_places() -> frozenset[str]:
    """The url_paths of the highest of these pages. One query within `together`, none where it is kept."""
    return kept("restricted places", lambda: once(_read_restricted_places))


def _read_restricted_places() -> frozenset[str]:
    """In a members' area of thousands of pages it is the one above them."""
    found = Page.objects.filter(is_restricted(), live=True).order_by("path")
    highest: list[str] = []
    for url_path in found.values_list("url_path", flat=True):
        if not highest or not url_path.startswith(highest[-1]):
            highest.append(url_path)
    return frozenset(highest)


def line_of(url_path: str) -> list[str]:
    """This Page.url_path and those above it, the highest first."""
    parts = url_path.strip("/").split("/")
    return [f"/{'/'.join(parts[:number])}/" for number in range(1, len(parts) + 1)]


def _restricted(passed: Iterable[int] = ()) -> PageQuerySet:
    standing = PageViewRestriction.objects.exclude(pk__in=passed)
    return Page.objects.filter(pk__in=standing.values("page_id"))


class Behind(Expression):
    """For a queryset of pages: whether the page is one of these, or below one, or below an alias of one.

    An alias may be one of an alias, to any depth: the places are gathered by recursion, once for a
    query, since they do not depend on the page that is looked at. No join with it, either: the
    database might begin with the pages, of which there are more than places.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, pages: PageQuerySet) -> None:
        super().__init__()
        self.pages = pages.order_by().values("pk", "path")
        self.path: Any = F("path")

    def get_source_expressions(self) -> list[Any]:
        return [self.path]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.path,) = exprs

    # The SQL below is made of the names of tables and columns; values are parameters.

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        path, path_params = compiler.compile(self.path)
        sql, params = self.places(connection)
        below = f"SELECT 1 FROM places WHERE substr({path}, 1, length(places.path)) = places.path"  # noqa: S608
        return f"EXISTS ({sql} {below})", [*params, *path_params]

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> Any:
        # An array is made once for the query, and PostgreSQL's planner knows it. Of the subquery
        # above it thinks that every page makes it anew, and compiles the query for a tenth of a second.
        path, path_params = compiler.compile(self.path)
        sql, params = self.places(connection)
        paths = f"{sql} SELECT places.path::text FROM places"  # noqa: S608
        return f"({path} ^@ ANY(ARRAY({paths})))", [*path_params, *params]

    def places(self, connection: Any) -> tuple[str, list[Any]]:
        """The definition of the table `places`: the paths of these pages and of their aliases."""
        sql, params = self.pages.query.get_compiler(connection=connection).as_sql()
        quote = connection.ops.quote_name
        fields = (Page._meta.pk, Page._meta.get_field("alias_of"))
        table, pk, alias_of = (quote(Page._meta.db_table), *(quote(field.column) for field in fields))
        made, is_alias = "", f"one.{alias_of} = places.id"
        if connection.vendor == "sqlite":
            # Else it gathers the places anew for each page; and as hardly any page is an alias, its
            # statistics tell it to read all pages for those of one place, but for a range of them.
            made, is_alias = "MATERIALIZED", f"one.{alias_of} BETWEEN places.id AND places.id"
        aliases = f"SELECT one.{pk}, one.path FROM {table} one JOIN places ON {is_alias}"  # noqa: S608
        return f"WITH RECURSIVE places(id, path) AS {made} ({sql} UNION {aliases})", list(params)


def is_public(page: Page) -> bool:
    """Whether an anonymous visitor may see this page. One query, none for a draft."""
    return is_readable(page)


def is_readable(page: Page, passed: Iterable[int] = ()) -> bool:
    """Whether somebody may see this page who has passed these view restrictions (ids).

    Two queries, none for a draft. Nothing but a password restriction can be passed this way.
    """
    if not page.live or not is_under_sites(page):
        return False
    return not restrictions_of(page).exclude(pk__in=passed).exists()


def is_public_row(page: Page) -> bool:
    """The same of a page that was loaded with the annotation `is_restricted`."""
    return page.live and not page.is_restricted and is_under_sites(page)


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
    """Whether it is in no restricted collection, nor in a child of one. One query within `together`,
    none where it is kept."""
    return file.collection_id not in kept("restricted collections", lambda: once(restricted_collections))


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
